"""How the ranking's own process is told whom to compare, and how it answers: lines of JSON; no numpy, no Django."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TextIO

from matchmaking.ranking.learning import Answer, Habits
from matchmaking.ranking.model import Asking, Candidate, Item, Match, Participant, Readiness, Rules

VECTORS_A_LINE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is to be compared; ``vectors`` is an item's key to the matcher's name and what it made of the text.

    ``answers`` are those from which habits are learnt.
    """

    people: tuple[Participant, ...]
    rules: Rules
    vectors: Mapping[int, tuple[str, bytes]] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts that had no vector under this matcher, by the item's key."""

    matcher: str
    vectors: Mapping[int, bytes]


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate, her price, and the number of those in the list whose texts say the same; None for no text."""

    candidate: Candidate
    price: float
    kin: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A participant's candidates, the best first."""

    key: int
    found: tuple[Found, ...]


class BrokenAnswer(Exception):
    """The other process ended before it had said everything."""


def write_work(work: Work, to: TextIO) -> None:
    """Write the work: a line of rules, then one for each participant."""
    answers = [[one.judge, one.other, one.liked] for one in work.answers]
    _write(to, {"asking": work.rules.asking.value, "answers": answers})
    for person in work.people:
        _write(to, _person(person, work.vectors))


def read_work(lines: Iterable[str]) -> Work:
    """Return the work of these lines; what pages alone look at (free time, blocks, feedback) is not in them."""
    rows = iter(lines)
    head = json.loads(next(rows))
    people, vectors = [], {}
    for line in rows:
        row = json.loads(line)
        people.append(_read_person(row))
        for key, (matcher, data) in row["vectors"].items():
            vectors[int(key)] = (matcher, b64decode(data))
    return Work(
        people=tuple(people),
        rules=Rules(asking=Asking(head["asking"])),
        vectors=vectors,
        answers=tuple(Answer(*row) for row in head["answers"]),
    )


def write_encoded(encoded: Encoded, to: TextIO) -> None:
    """Write new vectors."""
    rows = {str(key): _text(data) for key, data in encoded.vectors.items()}
    _write(to, {"matcher": encoded.matcher, "vectors": rows})


def write_listed(listed: Listed, to: TextIO) -> None:
    """Write one participant's candidates."""
    _write(to, {"key": listed.key, "found": [_found(one) for one in listed.found]})


def write_habits(habits: Habits, to: TextIO) -> None:
    """Write what was learnt."""
    rows = {"weights": dict(habits.weights), "answers": habits.answers, "better": habits.better}
    _write(to, {"habits": rows})


def write_end(to: TextIO) -> None:
    """Say that this was all."""
    _write(to, {"end": True})


def read_answer(lines: Iterable[str]) -> Iterator[Encoded | Habits | Listed]:
    """Yield what the other process found; raise BrokenAnswer when its last word is missing."""
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BrokenAnswer from error
        if "end" in row:
            return
        if "vectors" in row:
            vectors = {int(key): b64decode(data) for key, data in row["vectors"].items()}
            yield Encoded(row["matcher"], vectors)
        elif "habits" in row:
            yield Habits(**row["habits"])
        else:
            yield Listed(row["key"], tuple(_read_found(one) for one in row["found"]))
    raise BrokenAnswer


def matches_as_json(matches: Iterable[Match]) -> list[list[float]]:
    """Return matches as [need, offer, how well]."""
    return [[one.need, one.offer, one.fit] for one in matches]


def matches_from_json(rows: Iterable[Iterable[float]]) -> tuple[Match, ...]:
    """Return the matches of ``matches_as_json``."""
    return tuple(Match(int(need), int(offer), float(fit)) for need, offer, fit in rows)


def _write(to: TextIO, row: Mapping[str, Any]) -> None:
    to.write(json.dumps(row, separators=(",", ":")) + "\n")


def _person(person: Participant, vectors: Mapping[int, tuple[str, bytes]]) -> dict[str, Any]:
    items = (*person.needs, *person.offers)
    kept = {one.key: vectors[one.key] for one in items if one.key in vectors}
    return {
        "key": person.key,
        "organisation": person.organisation,
        "cluster": person.cluster,
        "kind": person.kind,
        "region": person.region,
        "languages": sorted(person.languages),
        "needs": [_item(one) for one in person.needs],
        "offers": [_item(one) for one in person.offers],
        "shown": person.shown,
        "vectors": {str(key): (matcher, _text(data)) for key, (matcher, data) in kept.items()},
    }


def _read_person(row: Mapping[str, Any]) -> Participant:
    return Participant(
        key=row["key"],
        organisation=row["organisation"],
        cluster=row["cluster"],
        kind=row["kind"],
        region=row["region"],
        languages=frozenset(row["languages"]),
        needs=tuple(_read_item(one) for one in row["needs"]),
        offers=tuple(_read_item(one) for one in row["offers"]),
        shown=row["shown"],
    )


def _item(item: Item) -> list[Any]:
    return [
        item.key, item.text, sorted(item.topics), sorted(item.sectors), sorted(item.regions),
        item.cooperation, int(item.readiness),
    ]  # fmt: skip


def _read_item(row: list[Any]) -> Item:
    key, text, topics, sectors, regions, cooperation, readiness = row
    return Item(
        key=key,
        text=text,
        topics=frozenset(topics),
        sectors=frozenset(sectors),
        regions=frozenset(regions),
        cooperation=cooperation,
        readiness=Readiness(readiness),
    )


def _found(found: Found) -> list[Any]:
    one = found.candidate
    numbers = (one.mutual, one.gets, one.gives, found.price)
    return [
        one.partner, *(round(float(number), 4) for number in numbers), found.kin,
        matches_as_json(one.theirs), matches_as_json(one.ours),
    ]  # fmt: skip


def _read_found(row: list[Any]) -> Found:
    partner, mutual, gets, gives, price, kin, theirs, ours = row
    candidate = Candidate(
        partner=partner,
        gets=gets,
        gives=gives,
        mutual=mutual,
        theirs=matches_from_json(theirs),
        ours=matches_from_json(ours),
    )
    return Found(candidate, price, kin)


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")
