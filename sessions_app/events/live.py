"""Sockets of an event's pages: a page hears numbers and reads the rest from the server.

So a lost message, a restart or a reconnect can never leave a page wrong.
"""

from __future__ import annotations

import asyncio
import random
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import structlog
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer

log = structlog.get_logger(__name__)
LONGEST = 1024  # characters of a message from a page; none is expected at all
MISSED_WITHIN = 3.0  # seconds over which the sockets of a process that was cut off are asked anew


def group_of(event_id: int, part: str) -> str:
    """Return the channel group of a part of an event's pages."""
    return f"event.{event_id}.{part}"


def send_to_groups(event_id: int, parts: Sequence[str], message: dict[str, Any]) -> None:
    """Tell the open pages of these parts; a lost channel layer is no error, pages also ask by themselves."""
    layer = get_channel_layer()
    if layer is None:
        return

    async def send() -> None:
        for part in parts:
            await layer.group_send(group_of(event_id, part), message)

    try:
        async_to_sync(send)()
    except Exception as error:
        log.warning("channel_layer_away", error=type(error).__name__)


class EventConsumer(AsyncJsonWebsocketConsumer):
    """Sends ``{name: n}`` on connecting; a kind of it passes later numbers on. Reads nothing."""

    part: ClassVar[str]
    name: ClassVar[str]
    event_id: int | None = None
    joined: Sequence[str] = ()

    @abstractmethod
    def find(self) -> int | None:
        """Return the event's key; None for who may not know of its part."""

    @abstractmethod
    def number(self) -> int:
        """Return the number as it is now."""

    def parts(self) -> list[str]:
        """Return whose groups the page that was found joins."""
        return [self.part]

    async def connect(self) -> None:
        """Join the event's groups, or refuse. The number is read afterwards: what comes between is heard twice, not never."""
        self.event_id = await self._found()
        if self.event_id is None:
            await self.close(code=4404)
            return
        self.joined = self.parts()  # as they are left again, whatever the reader has become meanwhile
        for part in self.joined:
            await self.channel_layer.group_add(group_of(self.event_id, part), self.channel_name)
        number = await self._number()
        await self.accept()
        await self.send_json({self.name: number})

    async def disconnect(self, code: int) -> None:
        """Leave the groups."""
        if self.event_id is not None:
            for part in self.joined:
                await self.channel_layer.group_discard(group_of(self.event_id, part), self.channel_name)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """Close: nothing is expected from the page."""
        await self.close(code=1009 if len(text_data or bytes_data or "") > LONGEST else 1008)

    async def missed(self, message: dict[str, Any]) -> None:
        """Tell the number as it is now: the process was cut off from the others for a while.

        Word that the person may not know of the part any more may have been lost as well: then this closes.
        """
        await asyncio.sleep(random.random() * MISSED_WITHIN)  # noqa: S311 - spreads a thousand pages
        if await self._found() is None:
            await self.close(code=4404)
        else:
            await self.send_json({self.name: await self._number()})

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
    def _found(self) -> int | None:
        return self.find()

    @database_sync_to_async
    def _number(self) -> int:
        return self.number()
