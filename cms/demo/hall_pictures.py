"""Draws an invented hall as two cameras see it: stage, screen with the session's title, a speaker, the audience."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 640, 360
FINE = 3  # everything is drawn so many times larger, for smooth edges

Box = tuple[float, float, float, float]
Colour = tuple[int, int, int]

NIGHT, WALL, STAGE = (13, 18, 32), (27, 36, 58), (92, 66, 52)
SCREENS: tuple[tuple[Colour, Colour], ...] = (
    ((18, 62, 110), (38, 128, 150)),
    ((70, 40, 104), (150, 74, 120)),
    ((20, 84, 84), (96, 148, 92)),
)
SKIN, HAIR, SUIT, SHIRT = (214, 170, 140), (58, 42, 36), (38, 46, 66), (232, 234, 238)
WOOD, WOOD_LIGHT = (120, 82, 58), (150, 106, 76)


def font_file() -> Path:
    """Return a font that has Latin and Cyrillic letters, from the package that brings it."""
    import fontpkg_ibm_plex_sans

    folder = Path(next(iter(fontpkg_ibm_plex_sans.__path__)))
    return next(path for path in sorted(folder.rglob("*.ttf")) if "Italic" not in path.name)


def _scaled(*numbers: float) -> tuple[float, ...]:
    return tuple(number * FINE for number in numbers)


def _gradient(size: tuple[int, int], top: Colour, bottom: Colour, *, sideways: bool = False) -> Image.Image:
    ramp = Image.linear_gradient("L")
    if sideways:
        ramp = ramp.rotate(90)
    return Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), ramp.resize(size))


def _glow(picture: Image.Image, box: Box, colour: Colour, strength: int, blur: float) -> None:
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).ellipse(_scaled(*box), fill=strength)
    mask = mask.filter(ImageFilter.GaussianBlur(blur * FINE))
    picture.paste(Image.new("RGB", picture.size, colour), (0, 0), mask)


def _screen(picture: Image.Image, box: Box, title: str, hue: int) -> None:
    """Draw the screen with the title, broken into lines that fit."""
    left, top, right, bottom = (round(value) for value in _scaled(*box))
    size = (right - left, bottom - top)
    shown = _gradient(size, *SCREENS[hue % len(SCREENS)], sideways=True)
    draw = ImageDraw.Draw(shown)
    for n in range(5):  # faint rings give the slide some depth
        reach = size[1] * (0.5 + 0.28 * n)
        middle = (size[0] * 0.96, size[1] * 1.02)
        draw.ellipse(
            (middle[0] - reach, middle[1] - reach, middle[0] + reach, middle[1] + reach),
            outline=tuple(min(255, value + 22) for value in SCREENS[hue % len(SCREENS)][1]),
            width=FINE,
        )
    lines, font = _fitted(draw, title, size[0] * 0.84, size[1] * 0.62)
    step = font.size * 1.2
    y = size[1] * 0.5 - step * len(lines) / 2
    draw.rectangle(
        (size[0] * 0.08, y - step * 0.42, size[0] * 0.16, y - step * 0.42 + FINE * 1.5), fill=(255, 214, 130)
    )
    for line in lines:
        draw.text((size[0] * 0.08, y), line, font=font, fill=(248, 250, 252))
        y += step
    picture.paste(shown, (left, top))


def _fitted(
    draw: ImageDraw.ImageDraw, title: str, width: float, height: float
) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """Return the title in lines and the largest font in which they fit."""
    for size in range(int(height / 2.2), 8, -2):
        font = ImageFont.truetype(str(font_file()), size)
        lines = [""]
        for word in title.split():
            longer = f"{lines[-1]} {word}".strip()
            if draw.textlength(longer, font=font) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        fits = all(draw.textlength(line, font=font) <= width for line in lines)
        if fits and len(lines) * size * 1.2 <= height:
            return [line for line in lines if line], font
    return [title[:40]], ImageFont.truetype(str(font_file()), 10)


def _finished(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width // FINE, picture.height // FINE), Image.Resampling.LANCZOS)


def farther(title: str, hue: int) -> Image.Image:
    """Return the whole hall without its speaker."""
    picture = _gradient((WIDTH * FINE, HEIGHT * FINE), NIGHT, WALL)
    _glow(picture, (90, -10, 550, 300), (70, 96, 140), 120, 60)
    draw = ImageDraw.Draw(picture)
    for n in range(11):  # panels of the back wall
        x = 20 + 60 * n
        draw.line(_scaled(x, 0, x, 232), fill=(24, 32, 52), width=FINE)
    _screen(picture, (150, 36, 490, 204), title, hue)
    picture.paste(_gradient((560 * FINE, 34 * FINE), (148, 106, 78), STAGE), (40 * FINE, 226 * FINE))
    ImageDraw.Draw(picture).rectangle(_scaled(40, 258, 600, 272), fill=(52, 38, 34))
    _glow(picture, (60, 214, 190, 258), (255, 224, 170), 96, 14)
    _audience(picture)
    return _finished(picture)


def _audience(picture: Image.Image) -> None:
    rng = random.Random(7)  # noqa: S311 - seats are no secret
    draw = ImageDraw.Draw(picture)
    for row, (y, size) in enumerate(((282, 11), (304, 14), (332, 18))):
        shade: Colour = (30 - 7 * row, 36 - 8 * row, 54 - 11 * row)
        x = -8.0 + 9 * (row % 2)
        while x < WIDTH + 20:
            tall = y + rng.uniform(-3, 3)
            if rng.random() < 0.93:
                draw.ellipse(
                    _scaled(x - size * 0.62, tall - size, x + size * 0.62, tall + size * 0.5), fill=shade
                )
                draw.rounded_rectangle(
                    _scaled(x - size * 1.35, tall + size * 0.55, x + size * 1.35, HEIGHT + 20),
                    radius=size * FINE,
                    fill=shade,
                )
            x += size * 3.1 + rng.uniform(-2, 2)


def closer(title: str, hue: int) -> Image.Image:
    """Return the stage behind the speaker, with a part of the screen out of focus."""
    picture = _gradient((WIDTH * FINE, HEIGHT * FINE), WALL, NIGHT)
    _glow(picture, (250, -60, 700, 380), (84, 104, 146), 130, 70)
    _screen(picture, (24, 40, 330, 212), title, hue)
    _glow(picture, (380, 20, 620, 330), (255, 214, 160), 58, 50)
    return _finished(picture.filter(ImageFilter.GaussianBlur(0.8 * FINE)))


def _sprite(width: int, height: int, paint: Callable[[ImageDraw.ImageDraw], None]) -> Image.Image:
    picture = Image.new("RGBA", (width * FINE, height * FINE), (0, 0, 0, 0))
    paint(ImageDraw.Draw(picture))
    return _finished(picture)


def body() -> Image.Image:
    """Return the closer camera's speaker from the shoulders down."""

    def paint(draw: ImageDraw.ImageDraw) -> None:
        draw.rounded_rectangle(_scaled(10, 30, 190, 320), radius=62 * FINE, fill=SUIT)
        draw.polygon([_scaled(76, 28), _scaled(124, 28), _scaled(100, 118)], fill=SHIRT)
        draw.polygon([_scaled(95, 44), _scaled(105, 44), _scaled(109, 100), _scaled(100, 114), _scaled(91, 100)],
                     fill=(140, 48, 56))  # fmt: skip
        draw.polygon(
            [_scaled(72, 28), _scaled(84, 26), _scaled(100, 122), _scaled(88, 112)], fill=(50, 60, 84)
        )
        draw.polygon(
            [_scaled(128, 28), _scaled(116, 26), _scaled(100, 122), _scaled(112, 112)], fill=(50, 60, 84)
        )
        draw.rounded_rectangle(_scaled(82, 2, 118, 48), radius=14 * FINE, fill=(196, 150, 122))

    return _sprite(200, 240, paint)


def head() -> Image.Image:
    """Return the closer camera's speaker's head, drawn plainly."""

    def paint(draw: ImageDraw.ImageDraw) -> None:
        draw.ellipse(_scaled(6, 0, 94, 96), fill=HAIR)
        draw.ellipse(_scaled(12, 16, 88, 122), fill=SKIN)
        draw.pieslice(_scaled(10, 6, 90, 74), 180, 360, fill=HAIR)
        for x in (35, 65):
            draw.ellipse(_scaled(x - 3.5, 58, x + 3.5, 64), fill=(52, 40, 38))
            draw.rounded_rectangle(_scaled(x - 8, 48, x + 8, 51), radius=FINE, fill=(84, 62, 52))
        draw.arc(_scaled(44, 66, 58, 82), 20, 140, fill=(176, 128, 104), width=2 * FINE)
        draw.rounded_rectangle(_scaled(40, 95, 60, 99), radius=2 * FINE, fill=(168, 96, 90))

    return _sprite(100, 124, paint)


def desk(width: int, height: int) -> Image.Image:
    """Return a lectern with its microphone."""

    def paint(draw: ImageDraw.ImageDraw) -> None:
        top = height * 0.3
        draw.polygon(
            [
                _scaled(0, top),
                _scaled(width, top),
                _scaled(width * 0.93, height),
                _scaled(width * 0.07, height),
            ],
            fill=WOOD,
        )
        draw.rounded_rectangle(_scaled(0, top, width, top + height * 0.1), radius=FINE, fill=WOOD_LIGHT)
        draw.line(_scaled(width * 0.62, top, width * 0.54, height * 0.06), fill=(20, 22, 28), width=FINE)
        draw.ellipse(_scaled(width * 0.5, 0, width * 0.5 + height * 0.09, height * 0.11), fill=(20, 22, 28))

    return _sprite(width, height, paint)


def figure() -> Image.Image:
    """Return the farther camera's speaker, standing."""

    def paint(draw: ImageDraw.ImageDraw) -> None:
        draw.rounded_rectangle(_scaled(2, 13, 26, 70), radius=9 * FINE, fill=SUIT)
        draw.polygon([_scaled(11, 14), _scaled(17, 14), _scaled(14, 28)], fill=SHIRT)
        draw.ellipse(_scaled(7.5, 0, 20.5, 16), fill=HAIR)
        draw.ellipse(_scaled(8.5, 3, 19.5, 17), fill=SKIN)

    return _sprite(28, 70, paint)
