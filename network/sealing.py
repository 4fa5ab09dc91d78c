"""Seals what must be kept but not read from a copy of the database, with keys derived from the platform's secret."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(content: bytes, *, purpose: str) -> bytes:
    """Return the content encrypted; only ``unseal`` with the same purpose opens it."""
    return next(_seals(purpose)).encrypt(content)


def unseal(sealed: bytes | memoryview, *, purpose: str) -> bytes | None:
    """Return what was sealed; None when the platform's secret has changed since and is no fallback any more."""
    for one in _seals(purpose):
        try:
            return one.decrypt(bytes(sealed))
        except InvalidToken:
            continue
    return None


def _seals(purpose: str) -> Iterator[Fernet]:
    """Return what seals with the platform's secret, and then with those it had before."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        derived = HKDF(hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())
        yield Fernet(base64.urlsafe_b64encode(derived))
