"""Tags of an event's own look: its colours and its constellation."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from cms.constellation import constellation_svg
from cms.look import Brand, brand_of
from sessions_app.events.models import Event

register = template.Library()


@register.simple_tag
def brand_colours(event: Event) -> Brand | None:
    """Return the event's colours for both themes, or None when its colour cannot be read on our grounds."""
    return brand_of(event.brand_colour)


@register.simple_tag
def constellation(event: Event, sheet: str = "wide") -> SafeString:
    """Draw the event's own constellation on a wide sheet or on that of a card."""
    return constellation_svg(event.slug, sheet)
