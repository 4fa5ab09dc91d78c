"""What links within a recording's page keep of the address by which one came."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import QueryDict

CHOSEN = ("camera", "sound", "transcript", "find")
LONGEST = 200


def kept_of(query: QueryDict, *, secret: str) -> dict[str, str]:
    """Return what was chosen, and the secret for those whom it alone lets in: their links would lead nowhere without."""
    found = {name: value.replace("\x00", "")[:LONGEST] for name in CHOSEN if (value := query.get(name))}
    return {"key": secret, **found} if secret else found


def with_kept(kept: Mapping[str, str]) -> str:
    """Return what follows the first value of a query, or nothing."""
    return f"&{urlencode(kept)}" if kept else ""


def in_another_language(language: str, kept: Mapping[str, str], second: str) -> str:
    """Return the query of the same page with the transcript in a language; words looked for in another one are left out."""
    same = {name: value for name, value in kept.items() if name not in ("transcript", "find")}
    place = {"t": second[:LONGEST]} if second else {}
    return f"?{urlencode({'transcript': language, **place, **same})}"
