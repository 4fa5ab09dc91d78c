"""Texts as paper needs them: which scripts the typefaces have, which way they run, what a file is called."""

from __future__ import annotations

import re
import unicodedata

COVERED = ("LATIN", "CYRILLIC", "GREEK", "ARABIC", "MODIFIER", "COMBINING")
LONGEST_NAME = 80  # characters of a file's name without its ending
FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]')


def is_covered(text: str) -> bool:
    """Tell whether the typefaces have the text's letters: Latin, Cyrillic, Greek and Arabic ones."""
    return all(
        unicodedata.name(sign, "").startswith(COVERED)
        for sign in text
        if unicodedata.category(sign).startswith(("L", "M"))
    )


def runs_left(text: str) -> bool:
    """Tell whether the text runs from right to left, by its first letter."""
    for sign in text:
        direction = unicodedata.bidirectional(sign)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def plain(text: str) -> str:
    """Return the text on one line, without control characters; everything else is printed as it stands."""
    kept = "".join(
        " " if sign.isspace() else sign
        for sign in text
        if sign.isspace() or unicodedata.category(sign) != "Cc"
    )
    return " ".join(kept.split())


def line(text: str) -> dict[str, object]:
    """Return a text for a template, with the way it runs."""
    flat = plain(text)
    return {"text": flat, "rtl": runs_left(flat)}


def two_names(name: str, latin: str) -> tuple[str, str]:
    """Return what a badge says large and below it; a name in letters nobody has here gives way to its Latin form."""
    main, second = plain(name), plain(latin)
    if second and (not main or not is_covered(main)):
        return second, ""
    return main or second, "" if second.casefold() == main.casefold() else second


def file_name(*parts: str, ending: str) -> str:
    """Return a name that every system can keep; letters of all scripts stay."""
    joined = " ".join(plain(part) for part in parts if part)
    safe = FORBIDDEN.sub("", unicodedata.normalize("NFC", joined)).strip(" .")
    while len(safe.encode()) > 200 or len(safe) > LONGEST_NAME:
        safe = safe[:-1].rstrip()
    return f"{safe or 'plenum'}.{ending}"
