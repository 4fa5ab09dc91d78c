"""Letters that came back: each goes out under a return address of its own, by which its bounce is known.

A mail server that takes a letter may find out later that it cannot be delivered. It then writes a
report (RFC 3464) to the address in the envelope. With ``BOUNCE_ADDRESS`` set, that address names the
outbox's row and is signed, so that nobody else can say that a letter came back.
"""

from __future__ import annotations

import email
import email.policy
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from network.models import OutboxMessage, OutboxState
from network.services import record_audit

_OURS = re.compile(r"\+([0-9a-f]{32})-([0-9a-f]{16})@")
_STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")
LARGEST = 4 * 1024 * 1024  # bytes; reports quote the letter at most


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """A letter that cannot be delivered: its row in the outbox, and the status code such as 5.1.1."""

    message: uuid.UUID
    status: str


def return_address(message: uuid.UUID) -> str:
    """Return the envelope's sender for a letter; empty where bounces are not taken in."""
    address: str = settings.BOUNCE_ADDRESS
    if not address:
        return ""
    name, _at, domain = address.rpartition("@")
    return f"{name}+{message.hex}-{_signature(message, settings.SECRET_KEY)}@{domain}"


def _signature(message: uuid.UUID, secret: str) -> str:
    """Sign in digits that survive a server which writes addresses small."""
    return salted_hmac("network.bounces", message.hex, secret=secret, algorithm="sha256").hexdigest()[:16]


def _message_of(address: str) -> uuid.UUID | None:
    """Return the row that a return address names; None when it is none of ours."""
    found = _OURS.search(address.lower())
    if found is None:
        return None
    message = uuid.UUID(found[1])
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    signed = any(constant_time_compare(found[2], _signature(message, secret)) for secret in secrets)
    return message if signed else None


def read_bounce(raw: bytes, *, recipient: str = "") -> Bounce | None:
    """Return what a report says; None for anything that does not say "failed" of a letter of ours.

    Notes of absence and of delay come to the same address and mean nothing. ``recipient`` is the
    address that the report came to, where the mail server tells it.
    """
    report: EmailMessage = email.message_from_bytes(raw[:LARGEST], policy=email.policy.default)  # type: ignore[assignment]
    names = ("Delivered-To", "X-Original-To", "To")
    addresses = [recipient, *(str(value) for name in names for value in report.get_all(name, []))]
    message = next((found for address in addresses if (found := _message_of(address))), None)
    if message is None or report.get_content_type() != "multipart/report":
        return None
    for fields in _recipients(report):
        if str(fields.get("Action", "")).strip().lower() == "failed":
            status = _STATUS.search(str(fields.get("Status", "")))
            return Bounce(message=message, status=status[0] if status else "")
    return None


def _recipients(report: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the fields of each recipient of a delivery report."""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from part.iter_parts()  # type: ignore[attr-defined]


@transaction.atomic
def note_bounce(bounce: Bounce) -> bool:
    """Let the letter count as failed, so that its sender learns of it; False when that is known already."""
    letter = OutboxMessage.objects.select_for_update().filter(
        pk=bounce.message, kind="mail", state=OutboxState.DELIVERED
    )
    found = letter.first()
    if found is None:
        return False
    found.state = OutboxState.FAILED
    found.delivered_at = None
    found.last_error = f"came back {bounce.status}".strip()
    found.save(update_fields=["state", "delivered_at", "last_error"])
    record_audit(
        actor=None,
        action="outbox.came_back",
        subject=found,
        changes={"state": (OutboxState.DELIVERED.value, OutboxState.FAILED.value)},
        reason=bounce.status,
    )
    return True
