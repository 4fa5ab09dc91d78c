"""In which language a short text is written, as far as script and a few words tell; plain, without a model."""

from __future__ import annotations

import re
from collections.abc import Collection

_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
# Kazakh, Tatar, Ukrainian, Serbian and other letters that Russian texts do not have.
_NOT_RUSSIAN = re.compile(r"[іїєґўәғқңөұүһҗјљњћђџѓќ]", re.IGNORECASE)
# Latin letters beyond A to Z: a text with them is not English.
_NOT_ENGLISH = re.compile(r"[À-ɏ]")
# Words that stand in almost every English sentence, and in those of no other language people name here.
_ENGLISH = re.compile(r"\b(the|and|of|for|with|our|we|from|your|are|is)\b", re.IGNORECASE)
LATIN_SPOKEN = frozenset({"en", "de", "fr", "es", "it", "pt", "tr", "uz"})


def language_of_text(text: str, spoken: Collection[str] = ()) -> str:
    """Return the code of the language that a text is written in, "" where it cannot be told.

    ``spoken`` are the languages of its author, empty when they are not known. Cyrillic counts as Russian unless it
    has letters that Russian lacks. Latin counts as English when English words stand in it or its author speaks
    no other language of that script; as her other one when she has one alone and nothing speaks for English.
    """
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if cyrillic == latin:
        return ""
    if cyrillic > latin:
        return "" if _NOT_RUSSIAN.search(text) else "ru"
    known = LATIN_SPOKEN.intersection(spoken) or {"en"}
    if not _NOT_ENGLISH.search(text) and (known == {"en"} or _ENGLISH.search(text)):
        return "en"
    others = known - {"en"}
    return next(iter(others)) if len(others) == 1 else ""
