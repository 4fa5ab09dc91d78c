"""The eight track hues as colours that other programs show."""

from __future__ import annotations

import colorsys
import re

COLOURS = ("#1f4bb8", "#0f7c8a", "#17703f", "#6b7a00", "#b36b00", "#b3361e", "#b01e6b", "#6a35b8")

_HEX = re.compile(r"#?([0-9a-f]{6})", re.IGNORECASE)


def colour_of(hue: int) -> str:
    """Return the colour of hue 1-8 as ``#rrggbb``."""
    return COLOURS[(hue - 1) % len(COLOURS)]


def hue_of(colour: str) -> int:
    """Return the nearest of the hues 1-8 for ``#rrggbb``, 0 when the text is no colour or a grey."""
    match = _HEX.fullmatch(colour.strip())
    if match is None:
        return 0
    angle, saturation = _angle(match[1])
    if saturation < 0.1:
        return 0
    distances = [min(gap := abs(angle - _angle(known[1:])[0]), 1 - gap) for known in COLOURS]
    return distances.index(min(distances)) + 1


def _angle(digits: str) -> tuple[float, float]:
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, saturation, _ = colorsys.rgb_to_hsv(red, green, blue)
    return hue, saturation
