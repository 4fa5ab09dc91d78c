"""Sockets: tell open programme pages that a new release is out, by its number."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from sessions_app.events.live import EventConsumer, send_to_groups
from sessions_app.events.models import Event
from sessions_app.events.queries import for_viewer
from sessions_app.programme.queries import latest_release
from sessions_app.programme.signals import programme_released

PART = "programme"


class ReleaseConsumer(EventConsumer):
    """Sends ``{"release": n}`` on connecting and after every release."""

    part = PART
    name = "release"
    event: Event | None = None

    def find(self) -> int | None:
        """Return the key of the event, to who may see it."""
        self.event = for_viewer(self.scope["user"]).filter(slug=self.slug).first()
        return self.event.pk if self.event else None

    def number(self) -> int:
        """Return the number of the event's newest release, 0 before the first."""
        release = latest_release(self.event) if self.event else None
        return release.number if release else 0

    async def programme_released(self, message: dict[str, Any]) -> None:
        """Pass the number on."""
        await self.send_json({"release": message["number"]})


@receiver(programme_released)
def announce_release(sender: object, event_id: int, number: int, **kwargs: Any) -> None:
    """Tell open pages of a release."""
    send_to_groups(event_id, [PART], {"type": "programme.released", "number": number})
