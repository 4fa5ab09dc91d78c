"""The payload of a ticket's QR code, version 1.

``P1`` and then, in base32 (RFC 4648, no padding), 14 bytes and their Ed25519 signature (RFC 8032):

====== ===== ==============================================
offset bytes what
====== ===== ==============================================
0      2     number of the event's signing key
2      4     event id
6      5     registration id
11     3     serial of the ticket
14     64    signature over ``P1`` and the 14 bytes before it
====== ===== ==============================================

All numbers are unsigned, most significant byte first. Digits and capital letters alone let a QR code
use its denser alphanumeric mode; there is nothing personal in it.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

VERSION = "P1"
SIGNED_BYTES = 14
SIGNATURE_BYTES = 64
LENGTH = len(VERSION) + -(-(SIGNED_BYTES + SIGNATURE_BYTES) * 8 // 5)
WIDTHS = (2, 4, 5, 3)


@dataclass(frozen=True)
class Payload:
    """What a ticket's code says: which key signed it, which event, registration and serial it is for."""

    key: int
    event: int
    registration: int
    serial: int


@dataclass(frozen=True)
class Signed:
    """A payload as it was read, with what is needed to check its signature."""

    payload: Payload
    body: bytes
    signature: bytes


class NotACode(ValueError):
    """The text is no code of a ticket, of no version that is known."""


def sign(payload: Payload, key: Ed25519PrivateKey) -> str:
    """Return the text of the QR code; raise OverflowError when a number is too large for its field."""
    body = b"".join(
        number.to_bytes(width)
        for number, width in zip(
            (payload.key, payload.event, payload.registration, payload.serial), WIDTHS, strict=True
        )
    )
    signature = key.sign(VERSION.encode() + body)
    return VERSION + base64.b32encode(body + signature).decode().rstrip("=")


def read(text: str) -> Signed:
    """Return what the text says, its signature unchecked; raise NotACode when it is no ticket's code.

    Blanks around it and small letters are forgiven: scanners that type may add or change them.
    """
    code = text.strip().upper()
    if len(code) != LENGTH or not code.startswith(VERSION) or not code.isascii():
        raise NotACode
    encoded = code[len(VERSION) :]
    try:
        raw = base64.b32decode(encoded + "=" * (-len(encoded) % 8))
    except binascii.Error as error:
        raise NotACode from error
    body, numbers, start = raw[:SIGNED_BYTES], [], 0
    for width in WIDTHS:
        numbers.append(int.from_bytes(body[start : start + width]))
        start += width
    return Signed(Payload(*numbers), body, raw[SIGNED_BYTES:])


def is_genuine(signed: Signed, public_key: bytes) -> bool:
    """Tell whether the key (32 raw bytes) signed it."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            signed.signature, VERSION.encode() + signed.body
        )
    except (InvalidSignature, ValueError):
        return False
    return True
