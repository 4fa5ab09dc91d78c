"""Countries and the regions of Russia by their ISO 3166 codes, for forms and lists.

Names of countries are those of Unicode's CLDR as Babel has them; it knows no regions. The codes below
are those of ISO 3166-2, the English names follow CLDR 48, the Russian ones stand with our translations.
"""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

REGIONS_OF_RUSSIA = {
    "RU-AD": pgettext_lazy("region", "Adygea"),
    "RU-AL": pgettext_lazy("region", "Altai Republic"),
    "RU-ALT": pgettext_lazy("region", "Altai Krai"),
    "RU-AMU": pgettext_lazy("region", "Amur Oblast"),
    "RU-ARK": pgettext_lazy("region", "Arkhangelsk Oblast"),
    "RU-AST": pgettext_lazy("region", "Astrakhan Oblast"),
    "RU-BA": pgettext_lazy("region", "Bashkortostan"),
    "RU-BEL": pgettext_lazy("region", "Belgorod Oblast"),
    "RU-BRY": pgettext_lazy("region", "Bryansk Oblast"),
    "RU-BU": pgettext_lazy("region", "Buryatia"),
    "RU-CE": pgettext_lazy("region", "Chechnya"),
    "RU-CHE": pgettext_lazy("region", "Chelyabinsk Oblast"),
    "RU-CHU": pgettext_lazy("region", "Chukotka Okrug"),
    "RU-CU": pgettext_lazy("region", "Chuvashia"),
    "RU-DA": pgettext_lazy("region", "Dagestan"),
    "RU-IN": pgettext_lazy("region", "Ingushetia"),
    "RU-IRK": pgettext_lazy("region", "Irkutsk Oblast"),
    "RU-IVA": pgettext_lazy("region", "Ivanovo Oblast"),
    "RU-KAM": pgettext_lazy("region", "Kamchatka Krai"),
    "RU-KB": pgettext_lazy("region", "Kabardino-Balkaria"),
    "RU-KC": pgettext_lazy("region", "Karachay-Cherkessia"),
    "RU-KDA": pgettext_lazy("region", "Krasnodar Krai"),
    "RU-KEM": pgettext_lazy("region", "Kemerovo Oblast"),
    "RU-KGD": pgettext_lazy("region", "Kaliningrad Oblast"),
    "RU-KGN": pgettext_lazy("region", "Kurgan Oblast"),
    "RU-KHA": pgettext_lazy("region", "Khabarovsk Krai"),
    "RU-KHM": pgettext_lazy("region", "Khanty-Mansi Okrug"),
    "RU-KIR": pgettext_lazy("region", "Kirov Oblast"),
    "RU-KK": pgettext_lazy("region", "Khakassia"),
    "RU-KL": pgettext_lazy("region", "Kalmykia"),
    "RU-KLU": pgettext_lazy("region", "Kaluga Oblast"),
    "RU-KO": pgettext_lazy("region", "Komi Republic"),
    "RU-KOS": pgettext_lazy("region", "Kostroma Oblast"),
    "RU-KR": pgettext_lazy("region", "Karelia"),
    "RU-KRS": pgettext_lazy("region", "Kursk Oblast"),
    "RU-KYA": pgettext_lazy("region", "Krasnoyarsk Krai"),
    "RU-LEN": pgettext_lazy("region", "Leningrad Oblast"),
    "RU-LIP": pgettext_lazy("region", "Lipetsk Oblast"),
    "RU-MAG": pgettext_lazy("region", "Magadan Oblast"),
    "RU-ME": pgettext_lazy("region", "Mari El"),
    "RU-MO": pgettext_lazy("region", "Mordovia"),
    "RU-MOS": pgettext_lazy("region", "Moscow Oblast"),
    "RU-MOW": pgettext_lazy("region", "Moscow"),
    "RU-MUR": pgettext_lazy("region", "Murmansk Oblast"),
    "RU-NEN": pgettext_lazy("region", "Nenets Okrug"),
    "RU-NGR": pgettext_lazy("region", "Novgorod Oblast"),
    "RU-NIZ": pgettext_lazy("region", "Nizhny Novgorod Oblast"),
    "RU-NVS": pgettext_lazy("region", "Novosibirsk Oblast"),
    "RU-OMS": pgettext_lazy("region", "Omsk Oblast"),
    "RU-ORE": pgettext_lazy("region", "Orenburg Oblast"),
    "RU-ORL": pgettext_lazy("region", "Oryol Oblast"),
    "RU-PER": pgettext_lazy("region", "Perm Krai"),
    "RU-PNZ": pgettext_lazy("region", "Penza Oblast"),
    "RU-PRI": pgettext_lazy("region", "Primorsky Krai"),
    "RU-PSK": pgettext_lazy("region", "Pskov Oblast"),
    "RU-ROS": pgettext_lazy("region", "Rostov Oblast"),
    "RU-RYA": pgettext_lazy("region", "Ryazan Oblast"),
    "RU-SA": pgettext_lazy("region", "Sakha (Yakutia)"),
    "RU-SAK": pgettext_lazy("region", "Sakhalin Oblast"),
    "RU-SAM": pgettext_lazy("region", "Samara Oblast"),
    "RU-SAR": pgettext_lazy("region", "Saratov Oblast"),
    "RU-SE": pgettext_lazy("region", "North Ossetia-Alania"),
    "RU-SMO": pgettext_lazy("region", "Smolensk Oblast"),
    "RU-SPE": pgettext_lazy("region", "Saint Petersburg"),
    "RU-STA": pgettext_lazy("region", "Stavropol Krai"),
    "RU-SVE": pgettext_lazy("region", "Sverdlovsk Oblast"),
    "RU-TA": pgettext_lazy("region", "Tatarstan"),
    "RU-TAM": pgettext_lazy("region", "Tambov Oblast"),
    "RU-TOM": pgettext_lazy("region", "Tomsk Oblast"),
    "RU-TUL": pgettext_lazy("region", "Tula Oblast"),
    "RU-TVE": pgettext_lazy("region", "Tver Oblast"),
    "RU-TY": pgettext_lazy("region", "Tuva"),
    "RU-TYU": pgettext_lazy("region", "Tyumen Oblast"),
    "RU-UD": pgettext_lazy("region", "Udmurtia"),
    "RU-ULY": pgettext_lazy("region", "Ulyanovsk Oblast"),
    "RU-VGG": pgettext_lazy("region", "Volgograd Oblast"),
    "RU-VLA": pgettext_lazy("region", "Vladimir Oblast"),
    "RU-VLG": pgettext_lazy("region", "Vologda Oblast"),
    "RU-VOR": pgettext_lazy("region", "Voronezh Oblast"),
    "RU-YAN": pgettext_lazy("region", "Yamalo-Nenets Okrug"),
    "RU-YAR": pgettext_lazy("region", "Yaroslavl Oblast"),
    "RU-YEV": pgettext_lazy("region", "Jewish Autonomous Oblast"),
    "RU-ZAB": pgettext_lazy("region", "Zabaykalsky Krai"),
}
# Two letters that name no country: groups of states, test codes, islands that belong to one.
_NO_COUNTRY = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])


def regions() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the choices of a form in the reader's language, by heading: regions of Russia, then countries."""
    own = sorted(((code, str(name)) for code, name in REGIONS_OF_RUSSIA.items()), key=lambda pair: pair[1])
    others = [(code, name) for code, name in _countries(_language()) if code != "RU"]
    return [(_("Regions of Russia"), own), (_("Other countries"), others)]


def region_name(code: str) -> str:
    """Return the name of a region or a country in the reader's language, or the code when it is not known."""
    if code in REGIONS_OF_RUSSIA:
        return str(REGIONS_OF_RUSSIA[code])
    return dict(_countries(_language())).get(code, code)


def is_region(code: str) -> bool:
    """Tell whether the code is one that ``regions`` offers."""
    return code in REGIONS_OF_RUSSIA or (code != "RU" and code in dict(_countries("en")))


def _language() -> str:
    return (get_language() or "en").split("-")[0]


@lru_cache(maxsize=8)
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    """Return code and name of each country, by name."""
    names = Locale.parse(language).territories
    found = (
        (code, name)
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    )
    return tuple(sorted(found, key=lambda pair: pair[1].replace("Ё", "Е")))
