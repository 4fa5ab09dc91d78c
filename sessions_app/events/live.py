"""Sockets of an event's pages: a page hears numbers and reads the rest from the server.

So a lost message, a restart or a reconnect can never leave a page wrong.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import structlog
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer

log = structlog.get_logger(__name__)
LONGEST = 1024  # characters of a message from a page; none is expected at all


def group_of(event_id: int, part: str) -> str:
    """Return the channel group of a part of an event's pages."""
    return f"event.{event_id}.{part}"


def send_to_group(event_id: int, part: str, message: dict[str, Any]) -> None:
    """Tell open pages; a lost channel layer is no error, pages also ask by themselves."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group_of(event_id, part), message)
    except Exception as error:
        log.warning("channel_layer_away", error=type(error).__name__)


class EventConsumer(AsyncJsonWebsocketConsumer):
    """Sends ``{name: n}`` on connecting; a kind of it passes later numbers on. Reads nothing."""

    part: ClassVar[str]
    name: ClassVar[str]
    event_id: int | None = None

    @abstractmethod
    def find(self) -> tuple[int, int] | None:
        """Return the event's key and the number as it is now; None for who may not know of them."""

    async def connect(self) -> None:
        """Join the event's group, or refuse. The number is read again then: a change before that was told to others only."""
        found = await self._found()
        if found is not None:
            self.event_id = found[0]
            await self.channel_layer.group_add(group_of(self.event_id, self.part), self.channel_name)
            found = await self._found()
        if found is None:
            await self.close(code=4404)
            return
        _event_id, number = found
        await self.accept()
        await self.send_json({self.name: number})

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        if self.event_id is not None:
            await self.channel_layer.group_discard(group_of(self.event_id, self.part), self.channel_name)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """Close: nothing is expected from the page."""
        await self.close(code=1009 if len(text_data or bytes_data or "") > LONGEST else 1008)

    async def leave_if_unknown(self) -> None:
        """Close when the person may not know of the event's part any more."""
        if await self._found() is None:
            await self.close(code=4404)

    @property
    def slug(self) -> str:
        """The event's address."""
        slug: str = self.scope["url_route"]["kwargs"]["slug"]
        return slug

    @database_sync_to_async
    def _found(self) -> tuple[int, int] | None:
        return self.find()
