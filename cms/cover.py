"""An event's square picture for those who show it elsewhere: its constellation in its colour, as PNG."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from cms.constellation import HALO, drawing_of
from cms.look import brand_of
from sessions_app.events.colour import parse

SIDE = 1400  # pixels: the least that podcast directories take
FINE = 2  # times as large as it is drawn first, for smooth edges
PLAIN = "#1f4bb8"  # for a colour of which no readable ones can be made
SPARK = (255, 154, 112)  # --live in the dark theme


@lru_cache(maxsize=32)
def cover_png(slug: str, colour: str) -> bytes:
    """Return the picture for a slug and its event's colour (``#rrggbb``)."""
    from PIL import Image, ImageDraw

    brand = brand_of(colour) or brand_of(PLAIN)
    ground = parse(brand.light) if brand else parse(PLAIN)
    ink = tuple(round(channel + (255 - channel) * 0.88) for channel in ground)
    drawing = drawing_of(slug, "square")
    scale = SIDE * FINE / drawing.sheet.width
    sheet = Image.new("RGB", (SIDE * FINE, SIDE * FINE), ground)
    pen = ImageDraw.Draw(sheet)

    def mixed(share: float) -> tuple[int, ...]:
        return tuple(round(a * share + b * (1 - share)) for a, b in zip(ink, ground, strict=True))

    def dot(x: float, y: float, radius: float, fill: tuple[int, ...]) -> None:
        pen.ellipse(
            [(x - radius) * scale, (y - radius) * scale, (x + radius) * scale, (y + radius) * scale], fill
        )

    for hub in drawing.haloed:
        dot(hub.x, hub.y, hub.radius * HALO, mixed(0.14))
    for one, other, kind in drawing.edges:
        ends = [one.x * scale, one.y * scale, other.x * scale, other.y * scale]
        pen.line(ends, fill=mixed(0.55 if kind == "tie" else 0.3), width=round(1.6 * scale))
    for node in drawing.nodes:
        dot(node.x, node.y, node.radius * 1.2, SPARK if node.kind == "spark" else ink)
    body = BytesIO()
    sheet.resize((SIDE, SIDE), Image.Resampling.LANCZOS).quantize(64).save(body, "PNG", optimize=True)
    return body.getvalue()
