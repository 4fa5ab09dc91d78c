"""Sockets: tell open pages of an exchange that something changed, by version only.

A message carries the exchange's version. The page reads the rest from the server, so a lost message,
a restart or a reconnect never leaves it wrong.
"""

from __future__ import annotations

from typing import Any

import structlog
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer
from django.db import transaction

from matchmaking.models import Exchange

log = structlog.get_logger(__name__)


def group_of(event_id: int) -> str:
    """Return the channel group of an event's exchange."""
    return f"event.{event_id}.exchange"


def tell_of_change(event_id: int) -> None:
    """Tell open pages after the commit; a lost channel layer is no error, pages also ask by themselves."""
    transaction.on_commit(lambda: _send(event_id), robust=True)


def tell_of_access(event_id: int, person_id: int) -> None:
    """Let the open pages of a person be asked anew whether she may see the exchange, after the commit."""
    message = {"type": "exchange.access", "person": person_id}
    transaction.on_commit(lambda: _group_send(event_id, message), robust=True)


def _send(event_id: int) -> None:
    version = Exchange.objects.filter(event_id=event_id).values_list("version", flat=True).first()
    _group_send(event_id, {"type": "exchange.changed", "version": version})


def _group_send(event_id: int, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group_of(event_id), message)
    except Exception as error:
        log.warning("channel_layer_away", error=type(error).__name__)


class ExchangeConsumer(AsyncJsonWebsocketConsumer):
    """Sends ``{"version": n}`` on connecting and after every change; reads nothing."""

    event_id: int | None = None

    async def connect(self) -> None:
        """Join the event's group; whoever takes no part in the exchange and does not run it is refused."""
        found = await self._find(self.scope["url_route"]["kwargs"]["slug"])
        if found is None:
            await self.close(code=4404)
            return
        self.event_id, version = found
        await self.channel_layer.group_add(group_of(self.event_id), self.channel_name)
        await self.accept()
        await self.send_json({"version": version})

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        if self.event_id is not None:
            await self.channel_layer.group_discard(group_of(self.event_id), self.channel_name)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """Close: nothing is expected from the page."""
        await self.close(code=1009 if len(text_data or bytes_data or "") > 1024 else 1008)

    async def exchange_changed(self, message: dict[str, Any]) -> None:
        """Pass the version on; what the page then reads is checked again by the server."""
        await self.send_json({"version": message["version"]})

    async def exchange_access(self, message: dict[str, Any]) -> None:
        """Close when this is the person's page and she may not see the exchange any more."""
        if message["person"] != self.scope["user"].pk:
            return
        if await self._find(self.scope["url_route"]["kwargs"]["slug"]) is None:
            await self.close(code=4404)

    @database_sync_to_async
    def _find(self, slug: str) -> tuple[int, int] | None:
        from matchmaking.queries import exchange_for

        exchange = exchange_for(slug, self.scope["user"])
        return (exchange.event_id, exchange.version) if exchange else None
