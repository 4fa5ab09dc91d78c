"""Which sounds of a recording are published and what language they are in; knows no Django.

Cameras and mixers tag sounds by ISO 639-2 in three letters; viewers' browsers know BCP 47, which prefers two.
"""

from __future__ import annotations

from collections.abc import Mapping

FLOOR = "mul"  # ISO 639-2: several languages, as they are spoken in the hall
MOST = 32  # sounds of one file that can be published
_SHORT = {
    "ara": "ar", "arm": "hy", "aze": "az", "bel": "be", "chi": "zh", "cze": "cs", "deu": "de", "dut": "nl", "eng": "en",
    "fin": "fi", "fra": "fr", "fre": "fr", "geo": "ka", "ger": "de", "gre": "el", "heb": "he", "hin": "hi", "hun": "hu",
    "hye": "hy", "ita": "it", "jpn": "ja", "kat": "ka", "kaz": "kk", "kir": "ky", "kor": "ko", "pol": "pl", "por": "pt",
    "rum": "ro", "rus": "ru", "spa": "es", "swe": "sv", "tat": "tt", "tgk": "tg", "tur": "tr", "ukr": "uk", "uzb": "uz",
    "vie": "vi", "zho": "zh",
}  # fmt: skip
_UNKNOWN = {"", "und", "mis", "zxx", "qaa"}


def language_of(tag: str) -> str:
    """Return a file's language tag as BCP 47 writes it, in lower case; empty when it says nothing.

    MPEG-TS may name several, as in ``rus,eng``: that is the floor.
    """
    if "," in tag:
        return FLOOR
    plain = "".join(c for c in tag.strip().lower()[:12] if c.isascii() and (c.isalnum() or c == "-"))
    return "" if plain in _UNKNOWN else _SHORT.get(plain, plain)


def languages_known() -> set[str]:
    """Return the languages that have a name of two letters here."""
    return set(_SHORT.values())


def published_at_first(tags: Mapping[int, str]) -> list[int]:
    """Return the indexes to publish until an editor chooses, of index to language: one a language where there are several, else the first."""
    by_language: dict[str, int] = {}
    for index, tag in tags.items():
        language = language_of(tag)
        if language:
            by_language.setdefault(language, index)
    chosen = sorted(by_language.values())[:MOST]
    return chosen if len(chosen) > 1 else list(tags)[:1]


def heard_instead(tags: Mapping[int, str], *, language: str) -> int | None:
    """Return which of the sounds that are not silent (index to language) stands in for a silent default.

    It is the first in that language (BCP 47), in which people expect to hear the event, else the first of all; None of none.
    """
    own = (index for index, tag in tags.items() if language_of(tag).split("-")[0] == language.split("-")[0])
    return next(own, next(iter(tags), None))


def rendition_name(index: int, *, is_default: bool) -> str:
    """Return what the rendition of a sound is called; the default one as where there is only one."""
    return "sound" if is_default else f"sound{index + 1}"


def index_of(name: str, *, default: int) -> int:
    """Return which audio track (from 0) the rendition of this name holds."""
    return int(name[5:]) - 1 if name[5:] else default
