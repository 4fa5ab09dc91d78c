"""An event's own drawing: a constellation of nodes and edges, the same for the same slug every time."""

from __future__ import annotations

import hashlib
import itertools
import math
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 800, 480


@dataclass(frozen=True, slots=True)
class Node:
    """A point of the drawing, in its own units; ``kind`` is hub, star or spark."""

    x: float
    y: float
    radius: float
    kind: str


@lru_cache(maxsize=256)
def constellation_svg(slug: str) -> SafeString:
    """Return the SVG for a slug: decorative, coloured by classes alone, hidden from screen readers."""
    random = Random(int.from_bytes(hashlib.sha256(slug.encode()).digest()[:8]))  # noqa: S311  a drawing
    clusters = _clusters(random)
    nodes = [node for cluster in clusters for node in cluster]
    edges = [edge for cluster in clusters for edge in _edges_within(cluster)] + _bridges(clusters)
    lines = "".join(
        f'<path class="{css}" d="M{a.x:.0f} {a.y:.0f}L{b.x:.0f} {b.y:.0f}"/>' for a, b, css in edges
    )
    dots = "".join(
        f'<circle class="{node.kind}" cx="{node.x:.0f}" cy="{node.y:.0f}" r="{node.radius:.1f}"/>'
        for node in nodes
    )
    return mark_safe(  # noqa: S308  numbers and our own words only
        f'<svg class="constellation" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="xMaxYMid slice" '
        f'aria-hidden="true" focusable="false"><g>{lines}</g><g>{dots}</g></svg>'
    )


def _clusters(random: Random) -> list[list[Node]]:
    """Place five to eight clusters apart from each other, each with a hub and its stars."""
    centres: list[tuple[float, float]] = []
    wanted = random.randint(6, 9)
    for _attempt in range(400):
        x, y = random.uniform(70, WIDTH - 60), random.uniform(60, HEIGHT - 60)
        if all(math.hypot(x - a, y - b) > 135 for a, b in centres):
            centres.append((x, y))
        if len(centres) == wanted:
            break
    return [_cluster(random, x, y, spark=index % 3 == 1) for index, (x, y) in enumerate(centres)]


def _cluster(random: Random, x: float, y: float, *, spark: bool) -> list[Node]:
    """Put three to six stars around a hub; one of them glows where ``spark`` is set."""
    nodes = [Node(x, y, random.uniform(6.5, 9.5), "hub")]
    count = random.randint(3, 6)
    turn = random.uniform(0, math.tau)
    for index in range(count):
        angle = turn + index * math.tau / count + random.uniform(-0.45, 0.45)
        distance = random.uniform(34, 74)
        kind = "spark" if spark and index == 0 else "star"
        nodes.append(
            Node(
                x + distance * math.cos(angle),
                y + distance * math.sin(angle) * 0.9,
                5.5 if kind == "spark" else random.uniform(2.4, 4.6),
                kind,
            )
        )
    return nodes


def _edges_within(cluster: list[Node]) -> list[tuple[Node, Node, str]]:
    """Tie each star to its hub, and neighbours that lie close to each other."""
    hub, *stars = cluster
    edges = [(hub, star, "tie") for star in stars]
    for one, other in itertools.pairwise(stars):
        if math.hypot(one.x - other.x, one.y - other.y) < 72:
            edges.append((one, other, "thin"))
    return edges


def _bridges(clusters: list[list[Node]]) -> list[tuple[Node, Node, str]]:
    """Join the clusters into one net by the shortest ways, nearest star to nearest star."""
    joined, rest = [clusters[0]], clusters[1:]
    bridges: list[tuple[Node, Node, str]] = []
    while rest:
        _length, one, other, cluster = min(
            (
                (math.hypot(a.x - b.x, a.y - b.y), a, b, candidate)
                for candidate in rest
                for a in candidate
                for known in joined
                for b in known
            ),
            key=lambda found: found[0],
        )
        bridges.append((one, other, "bridge"))
        rest = [candidate for candidate in rest if candidate is not cluster]
        joined.append(cluster)
    return bridges
