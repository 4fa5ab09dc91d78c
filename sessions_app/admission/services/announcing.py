"""Tells webhooks of tickets and of who was let in: codes and numbers, no names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sessions_app.admission.models import Scan, Ticket
from sessions_app.events.models import WebhookKind
from sessions_app.events.webhooks.announcing import Happening, announce


def announce_tickets(kind: WebhookKind, tickets: Sequence[Ticket], *, at: dt.datetime | None = None) -> None:
    """Tell of tickets of one event; ``at`` tells apart what may happen to a ticket several times."""
    if not tickets:
        return

    def happenings() -> list[Happening]:
        moment = f":{at.isoformat()}" if at else ""
        return [
            Happening(
                key=f"ticket:{ticket.pk}:{kind.value}{moment}",
                subject=ticket.registration.code,
                data={"ticket": {"registration": ticket.registration.code, "serial": ticket.serial}},
            )
            for ticket in tickets
        ]

    announce(event_id=tickets[0].event_id, kind=kind, happenings=happenings, now=at)


def announce_scan(kind: WebhookKind, scan: Scan, *, now: dt.datetime) -> None:
    """Tell that a scan is the entry of its ticket now, or that it was taken back."""

    def happenings() -> list[Happening]:
        if scan.ticket is None:
            return []
        code = scan.ticket.registration.code
        key = f"scan:{scan.pk}:{kind.value}:{now.isoformat()}"
        return [Happening(key=key, subject=code, data={"entry": _said(scan, code)})]

    announce(event_id=scan.event_id, kind=kind, happenings=happenings, now=now)


def _said(scan: Scan, code: str) -> dict[str, Any]:
    return {
        "registration": code,
        "serial": scan.ticket.serial if scan.ticket else None,
        "gate": scan.gate.slug if scan.gate else None,
        "at": scan.at.astimezone(dt.UTC).isoformat(timespec="milliseconds"),
        "nonce": scan.nonce,
        "offline": scan.is_offline,
    }
