"""An event's colours, made from the one its organisers chose and measured on both grounds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sessions_app.events.colour import WHITE, LowContrastError, brand_pair, contrast, parse, readable_on

LIGHT_GROUND = (246, 247, 249)  # --bg in the light theme
DARK_SURFACE = (22, 30, 40)  # --surface in the dark theme
DARK_INK = (11, 23, 51)


@dataclass(frozen=True, slots=True)
class Brand:
    """Colours as #rrggbb: for the light theme, for the dark one, what stands on them, and soft grounds."""

    light: str
    dark: str
    on_light: str
    on_dark: str
    soft_light: str
    soft_dark: str


@lru_cache(maxsize=256)
def brand_of(colour: str) -> Brand | None:
    """Return the colours for ``#rrggbb``, or None when no readable ones can be made."""
    try:
        light, dark = brand_pair(colour)
        soft_light = _mixed(light, WHITE, 0.11)
        soft_dark = _mixed(dark, DARK_SURFACE, 0.17)
        # Text in the colour also stands on the page's ground and on its own soft ground.
        light = readable_on(readable_on(light, LIGHT_GROUND), parse(soft_light))
        dark = readable_on(dark, parse(soft_dark))
    except LowContrastError:
        return None
    return Brand(
        light=light,
        dark=dark,
        on_light="#ffffff",
        on_dark="#0b1733" if contrast(parse(dark), DARK_INK) >= 4.5 else "#000000",
        soft_light=soft_light,
        soft_dark=soft_dark,
    )


def _mixed(colour: str, ground: tuple[int, int, int], share: float) -> str:
    """Return ``share`` of the colour over the ground."""
    pairs = zip(parse(colour), ground, strict=True)
    return "#{:02x}{:02x}{:02x}".format(*(round(one * share + other * (1 - share)) for one, other in pairs))
