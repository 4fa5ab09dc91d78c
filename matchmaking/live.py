"""Sockets: tell open pages of an exchange that something changed, by its version."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from matchmaking.models import Exchange
from sessions_app.events.live import EventConsumer, send_to_group

PART = "exchange"


def tell_of_change(event_id: int) -> None:
    """Tell open pages after the commit."""
    transaction.on_commit(lambda: _send_version(event_id), robust=True)


def tell_of_access(event_id: int, person_id: int) -> None:
    """Let the open pages of a person be asked anew whether she may see the exchange, after the commit."""
    message = {"type": "exchange.access", "person": person_id}
    transaction.on_commit(lambda: send_to_group(event_id, PART, message), robust=True)


def _send_version(event_id: int) -> None:
    version = Exchange.objects.filter(event_id=event_id).values_list("version", flat=True).first()
    send_to_group(event_id, PART, {"type": "exchange.changed", "version": version})


class ExchangeConsumer(EventConsumer):
    """Sends ``{"version": n}`` on connecting and after every change."""

    part = PART
    name = "version"

    def find(self) -> tuple[int, int] | None:
        """Return the event's key and the exchange's version, to who takes part in it or runs it."""
        from matchmaking.queries import exchange_for

        exchange = exchange_for(self.slug, self.scope["user"])
        return (exchange.event_id, exchange.version) if exchange else None

    async def exchange_changed(self, message: dict[str, Any]) -> None:
        """Pass the version on; what the page then reads is checked again by the server."""
        await self.send_json({"version": message["version"]})

    async def exchange_access(self, message: dict[str, Any]) -> None:
        """Close when this is the person's page and she may not see the exchange any more."""
        if message["person"] == self.scope["user"].pk:
            await self.leave_if_unknown()
