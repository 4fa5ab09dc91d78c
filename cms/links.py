"""Addresses that editors write: which are let through, and how a name becomes one."""

from __future__ import annotations

import re

from anyascii import anyascii
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

_ALLOWED = re.compile(r"(https?://[^\s/]|mailto:[^\s@]+@|tel:\+?\d|/(?![/\\])|#)", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")


def safe_address(address: str) -> str:
    """Return the address when it leads to a page, a mail box or a telephone, else an empty text.

    Browsers skip white space and control characters inside ``java\\nscript:``; so does this.
    """
    plain = _INVISIBLE.sub("", address or "")
    return plain if _ALLOWED.match(plain) else ""


def validate_address(address: str) -> None:
    """Raise ValidationError unless the address is one that may stand in a page."""
    if not safe_address(address):
        raise ValidationError(
            _("Write an address that starts with https://, mailto:, tel: or / (a page of this site).")
        )


def slug_from(title: str, fallback: str = "page") -> str:
    """Return a slug in Latin letters for a title of any script; never empty.

    Letters are written in Latin ones ("Форум" becomes "forum"); a title without any letter
    or figure gives ``fallback``.
    """
    return slugify(anyascii(title))[:200].strip("-") or fallback
