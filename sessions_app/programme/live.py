"""Sockets: tell open programme pages that a new release is out, by its number."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from sessions_app.events.live import EventConsumer, send_to_group
from sessions_app.events.queries import for_viewer
from sessions_app.programme.queries import latest_release
from sessions_app.programme.signals import programme_released

PART = "programme"


class ReleaseConsumer(EventConsumer):
    """Sends ``{"release": n}`` on connecting and after every release."""

    part = PART
    name = "release"

    def find(self) -> tuple[int, int] | None:
        """Return the event's key and the number of its newest release, 0 before the first."""
        event = for_viewer(self.scope["user"]).filter(slug=self.slug).first()
        if event is None:
            return None
        release = latest_release(event)
        return event.pk, release.number if release else 0

    async def programme_released(self, message: dict[str, Any]) -> None:
        """Pass the number on."""
        await self.send_json({"release": message["number"]})


@receiver(programme_released)
def announce_release(sender: object, event_id: int, number: int, **kwargs: Any) -> None:
    """Tell open pages of a release."""
    send_to_group(event_id, PART, {"type": "programme.released", "number": number})
