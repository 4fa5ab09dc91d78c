"""Parts of an event's pages that higher floors bring along, so that the menu need not know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.dispatch import Signal

from sessions_app.events.models import Event

# Asked with ``event``: receivers return a ``Section`` that everybody may open who sees the event, or None.
event_sections_asked = Signal()


@dataclass(frozen=True, slots=True)
class Section:
    """A link of an event's menu; ``key`` is what its pages call ``section``."""

    key: str
    title: str
    url: str


def sections_of(event: Event) -> list[Section]:
    """Return what higher floors add to the event's menu, in the active language."""
    answers: list[tuple[Any, Any]] = event_sections_asked.send(sender=Event, event=event)
    return [section for _receiver, section in answers if section is not None]
