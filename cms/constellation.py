"""An event's own drawing: a constellation of nodes and edges, the same for the same slug every time."""

from __future__ import annotations

import hashlib
import itertools
import math
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True, slots=True)
class Format:
    """A sheet to draw on: its size, how many clusters it takes, and how far apart they keep."""

    width: int
    height: int
    clusters: tuple[int, int]
    distance: float


FORMATS = {
    "wide": Format(800, 480, (7, 10), 140),
    "card": Format(400, 200, (4, 5), 88),
    "square": Format(600, 600, (8, 10), 150),
}


@dataclass(frozen=True, slots=True)
class Node:
    """A point of the drawing, in its own units; ``kind`` is hub, star or spark."""

    x: float
    y: float
    radius: float
    kind: str


Edge = tuple[Node, Node, str]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn, from the back to the front: halos around some hubs, edges, nodes."""

    sheet: Format
    haloed: tuple[Node, ...]
    edges: tuple[Edge, ...]
    nodes: tuple[Node, ...]


HALO = 2.6  # times the radius of its hub


def drawing_of(slug: str, format_name: str) -> Drawing:
    """Return the constellation of a slug on one of the sheets."""
    sheet = FORMATS[format_name]
    random = Random(int.from_bytes(hashlib.sha256(slug.encode()).digest()[:8]))  # noqa: S311  a drawing
    clusters = _clusters(random, sheet)
    edges = [edge for cluster in clusters for edge in _edges_within(cluster)] + _bridges(clusters)
    return Drawing(
        sheet,
        tuple(cluster[0] for cluster in clusters[::2]),
        tuple(edges),
        tuple(node for cluster in clusters for node in cluster),
    )


@lru_cache(maxsize=512)
def constellation_svg(slug: str, format_name: str = "wide") -> SafeString:
    """Return the SVG for a slug: decorative, coloured by classes alone, hidden from screen readers."""
    drawing = drawing_of(slug, format_name)
    sheet = drawing.sheet
    halos = "".join(
        f'<circle class="halo" cx="{hub.x:.0f}" cy="{hub.y:.0f}" r="{hub.radius * HALO:.1f}"/>'
        for hub in drawing.haloed
    )
    lines = "".join(
        f'<path class="{css}" d="M{a.x:.0f} {a.y:.0f}L{b.x:.0f} {b.y:.0f}"/>' for a, b, css in drawing.edges
    )
    dots = "".join(
        f'<circle class="{node.kind}" cx="{node.x:.0f}" cy="{node.y:.0f}" r="{node.radius:.1f}"/>'
        for node in drawing.nodes
    )
    return mark_safe(  # noqa: S308  numbers and our own words only
        f'<svg class="constellation" viewBox="0 0 {sheet.width} {sheet.height}" '
        f'preserveAspectRatio="xMaxYMid slice" aria-hidden="true" focusable="false">{halos}{lines}{dots}</svg>'
    )


def _clusters(random: Random, sheet: Format) -> list[list[Node]]:
    """Place the clusters apart from each other, each with a hub and its stars."""
    centres: list[tuple[float, float]] = []
    wanted = random.randint(*sheet.clusters)
    for _attempt in range(600):
        x, y = random.uniform(40, sheet.width - 40), random.uniform(36, sheet.height - 36)
        if all(math.hypot(x - a, y - b) > sheet.distance for a, b in centres):
            centres.append((x, y))
        if len(centres) == wanted:
            break
    return [
        _cluster(random, x, y, reach=sheet.distance / 2, spark=index % 3 == 1)
        for index, (x, y) in enumerate(centres)
    ]


def _cluster(random: Random, x: float, y: float, *, reach: float, spark: bool) -> list[Node]:
    """Put three to seven stars around a hub; one of them glows where ``spark`` is set."""
    nodes = [Node(x, y, random.uniform(6.5, 10.5), "hub")]
    count = random.randint(3, 7)
    turn = random.uniform(0, math.tau)
    for index in range(count):
        angle = turn + index * math.tau / count + random.uniform(-0.4, 0.4)
        distance = random.uniform(0.45, 1.05) * reach
        kind = "spark" if spark and index == 0 else "star"
        radius = 5.5 if kind == "spark" else random.uniform(2.6, 5.2)
        nodes.append(Node(x + distance * math.cos(angle), y + distance * math.sin(angle), radius, kind))
    return nodes


def _edges_within(cluster: list[Node]) -> list[Edge]:
    """Tie each star to its hub, and neighbours that lie close to each other."""
    hub, *stars = cluster
    edges: list[Edge] = [(hub, star, "tie") for star in stars]
    edges += [(one, other, "thin") for one, other in itertools.pairwise(stars) if _apart(one, other) < 70]
    return edges


def _bridges(clusters: list[list[Node]]) -> list[Edge]:
    """Join the clusters into one net by the shortest ways, nearest star to nearest star."""
    joined, rest = [clusters[0]], clusters[1:]
    bridges: list[Edge] = []
    while rest:
        one, other, index = min(
            (
                (one, other, index)
                for index, candidate in enumerate(rest)
                for one in candidate
                for known in joined
                for other in known
            ),
            key=lambda found: _apart(found[0], found[1]),
        )
        bridges.append((one, other, "bridge"))
        joined.append(rest.pop(index))
    return bridges


def _apart(one: Node, other: Node) -> float:
    return math.hypot(one.x - other.x, one.y - other.y)
