"""The menu of an event's pages."""

from __future__ import annotations

from typing import Any

from django import template

from sessions_app.events.models import Event
from sessions_app.events.sections import Section, sections_of

register = template.Library()


@register.simple_tag
def event_sections(event: Any) -> list[Section]:
    """Return the links that higher floors add to the event's menu."""
    return sections_of(event) if isinstance(event, Event) and event.pk else []
