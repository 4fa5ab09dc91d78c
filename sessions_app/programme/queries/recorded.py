"""Which sessions can be watched afterwards, as higher floors know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sessions_app.events.models import Event
from sessions_app.programme.signals import recordings_asked


def recordings_of(event_id: int) -> Mapping[str, str]:
    """Return codes of sessions whose recordings are out to the recordings' codes."""
    found: dict[str, str] = {}
    answers: list[tuple[Any, Any]] = recordings_asked.send(sender=Event, event_id=event_id)
    for _receiver, answer in answers:
        found |= answer
    return found
