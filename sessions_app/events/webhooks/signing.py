"""Signs what is sent, by the scheme of Standard Webhooks: HMAC-SHA256 over id, time stamp and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"


def new_key() -> bytes:
    """Return a new key of 256 random bits."""
    return secrets.token_bytes(32)


def secret_of(key: bytes) -> str:
    """Return the key as receivers are given it: ``whsec_`` and base64."""
    return PREFIX + base64.b64encode(key).decode()


def signed_headers(*, message_id: str, moment: int, body: bytes, keys: Iterable[bytes]) -> dict[str, str]:
    """Return the three headers of a message; each key adds a signature, one of which must fit.

    ``moment`` is the time of the attempt in seconds since 1970, UTC.
    """
    said = f"{message_id}.{moment}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode() for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
