"""Versions of texts to which people consent; plain thinking."""

from __future__ import annotations

import datetime as dt
import re

_END = re.compile(r"^(.*?)(\d+)$", re.DOTALL)
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
LONGEST = 40


def next_version(version: str, *, today: dt.date) -> str:
    """Return a version that may follow: the last number plus one, or today's date after a date."""
    text = version.strip()
    if _DATE.match(text) and today.isoformat() > text:
        return today.isoformat()
    found = _END.match(text)
    if found is None:
        return f"{text} 2".strip()[-LONGEST:]
    return f"{found[1]}{int(found[2]) + 1}"[-LONGEST:]
