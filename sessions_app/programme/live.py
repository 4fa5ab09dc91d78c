"""Sockets: tell open programme pages that a new release is out.

A message carries only the number of the newest release. The page reads the rest from the
server, so a lost message, a restart or a reconnect never leaves it wrong.
"""

from __future__ import annotations

from typing import Any

import structlog
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer
from django.dispatch import receiver

from sessions_app.events.queries import for_viewer
from sessions_app.programme.queries import latest_release
from sessions_app.programme.signals import programme_released

log = structlog.get_logger(__name__)


def group_of(event_id: int) -> str:
    """Return the channel group of an event's programme."""
    return f"event.{event_id}.programme"


class ReleaseConsumer(AsyncJsonWebsocketConsumer):
    """Sends ``{"release": n}`` on connecting and after every release; reads nothing."""

    event_id: int | None = None

    async def connect(self) -> None:
        """Join the event's group; an event the viewer may not know of is refused."""
        found = await self._find(self.scope["url_route"]["kwargs"]["slug"])
        if found is None:
            await self.close(code=4404)
            return
        self.event_id, number = found
        await self.channel_layer.group_add(group_of(self.event_id), self.channel_name)
        await self.accept()
        await self.send_json({"release": number})

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        if self.event_id is not None:
            await self.channel_layer.group_discard(group_of(self.event_id), self.channel_name)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """Close: nothing is expected from the page."""
        await self.close(code=1009 if len(text_data or bytes_data or "") > 1024 else 1008)

    async def programme_released(self, message: dict[str, Any]) -> None:
        """Pass the number on."""
        await self.send_json({"release": message["number"]})

    @database_sync_to_async
    def _find(self, slug: str) -> tuple[int, int] | None:
        event = for_viewer(self.scope["user"]).filter(slug=slug).first()
        if event is None:
            return None
        release = latest_release(event)
        return event.pk, release.number if release else 0


@receiver(programme_released)
def announce_release(sender: object, event_id: int, number: int, **kwargs: Any) -> None:
    """Tell open pages of a release; a lost channel layer is no error, pages also ask by themselves."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group_of(event_id), {"type": "programme.released", "number": number})
    except Exception as error:
        log.warning("channel_layer_away", error=type(error).__name__)
