"""Event colours: measured, darkened or refused, by WCAG 2.2's contrast formula."""

from __future__ import annotations

import colorsys
import re

WHITE = (255, 255, 255)
DARK_GROUND = (22, 30, 40)  # --surface in the dark theme
MINIMUM = 4.5


class LowContrastError(ValueError):
    """The colour cannot be made readable without becoming another colour."""


def parse(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue (0-255) of ``#rrggbb``; raise LowContrastError for anything else."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise LowContrastError("Write the colour as #rrggbb, for example #1f4bb8.")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(rgb: tuple[int, int, int]) -> float:
    """Return the relative luminance (WCAG 2.2, definition of relative luminance), 0 to 1."""
    parts = [value / 255 for value in rgb]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Return the contrast ratio (WCAG 2.2), 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable_on(colour: str, ground: tuple[int, int, int]) -> str:
    """Return the colour, moved in lightness until its contrast on ``ground`` is 4.5 or better."""
    red, green, blue = (value / 255 for value in parse(colour))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    step = -0.01 if luminance(ground) > 0.5 else 0.01
    while 0 <= lightness <= 1:
        parts = colorsys.hls_to_rgb(hue, lightness, saturation)
        rgb = (round(parts[0] * 255), round(parts[1] * 255), round(parts[2] * 255))
        if contrast(rgb, ground) >= MINIMUM:
            return "#{:02x}{:02x}{:02x}".format(*rgb)
        lightness += step
    raise LowContrastError("This colour cannot be made readable.")


def check_brand_colour(colour: str) -> None:
    """Raise LowContrastError when darkening would take more than a third of the lightness scale.

    A pale yellow darkened to brown is no longer the event's colour; it is refused instead.
    """
    red, green, blue = (value / 255 for value in parse(colour))
    before = colorsys.rgb_to_hls(red, green, blue)[1]
    after = colorsys.rgb_to_hls(*(value / 255 for value in parse(readable_on(colour, WHITE))))[1]
    if before - after > 0.34:
        raise LowContrastError("This colour is too light: text in it could not be read. Choose a darker one.")


def brand_pair(colour: str) -> tuple[str, str]:
    """Return the event's colour for the light theme (on white) and for the dark one."""
    return readable_on(colour, WHITE), readable_on(colour, DARK_GROUND)
