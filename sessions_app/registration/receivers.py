"""What registration does when the programme tells it something."""

from __future__ import annotations

import uuid
from typing import Any

from django.dispatch import receiver

from sessions_app.events.models import Event
from sessions_app.programme.signals import programme_released, sign_ups_asked
from sessions_app.registration.seat_queries import signed_up
from sessions_app.registration.services.seats import follow_release


@receiver(programme_released)
def follow(event_id: int, **_more: Any) -> None:
    """Give the seats that a release has added to those who wait for them."""
    event = Event.objects.filter(pk=event_id).first()
    if event is not None:
        follow_release(event=event)


@receiver(sign_ups_asked)
def sign_ups(event: Event, **_more: Any) -> dict[uuid.UUID, int]:
    """Tell the programme's team who has a seat, so that no room becomes too small without a word."""
    return signed_up(event)
