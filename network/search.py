"""Searching names in any script on any database."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q


def name_contains(fields: Iterable[str], text: str) -> Q:
    """Match rows one of whose fields contains the text, whatever its case.

    SQLite compares only Latin letters without regard to case, so the usual spellings are tried.
    """
    text = " ".join(text.split())
    spellings = {text, text.lower(), text.upper(), text.title(), text.capitalize()}
    return reduce(or_, (Q(**{f"{field}__icontains": one}) for field in fields for one in spellings), Q())
