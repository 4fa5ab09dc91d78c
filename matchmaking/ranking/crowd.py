"""The participants of an exchange as arrays, so that all pairs are compared at once; numpy, workers only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matchmaking.ranking import affinity
from matchmaking.ranking.learning import subjects_of
from matchmaking.ranking.model import Asking, Item, Participant, Rules

type Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Pile:
    """Needs or offers of everybody in the order of their owners; ``first`` is where each owner's begin."""

    items: tuple[Item, ...]
    owner: Numbers
    first: Numbers
    topics: Numbers
    sectors: Numbers
    cooperation: Numbers
    readiness: Numbers
    elsewhere: Numbers  # item × region: True where the item is not wanted

    def of(self, person: int) -> range:
        """Return the positions of one owner's."""
        return range(int(self.first[person]), int(self.first[person + 1]))


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody in the order of keys; regions, languages and groups as numbers, -1 or a zero row for none."""

    people: tuple[Participant, ...]
    needs: Pile
    offers: Pile
    region: Numbers
    languages: Numbers
    groups: Numbers
    organisation: Numbers
    cluster: Numbers
    kind: Numbers
    subjects: Numbers  # person × topic, of all that she offers and seeks
    may_ask: Numbers | None  # group × group, None for all

    @classmethod
    def of(cls, people: Iterable[Participant], rules: Rules) -> Crowd:
        """Return the participants as arrays."""
        rows = tuple(sorted(people, key=lambda one: one.key))
        numbering = _Numbering.of(rows)
        groups = _numbers(group for pair in rules.pairs or () for group in pair)
        by_language = [one.languages for one in rows]
        return cls(
            people=rows,
            needs=numbering.pile([one.needs for one in rows]),
            offers=numbering.pile([one.offers for one in rows]),
            region=np.array([numbering.regions.get(one.region, -1) for one in rows], dtype=np.int32),
            languages=_flags(by_language, _numbers(code for codes in by_language for code in codes)),
            groups=_flags([one.groups for one in rows], groups),
            organisation=_keys([one.organisation for one in rows]),
            cluster=_keys([one.cluster for one in rows]),
            kind=_keys([one.kind or None for one in rows]),
            subjects=_flags([subjects_of(one) for one in rows], numbering.topics),
            may_ask=None if rules.pairs is None else _may_ask(rules.pairs, groups),
        )

    def fits(self, needs: Numbers, offers: Numbers, words: Numbers) -> Numbers:
        """Return how well each of these offers answers each of these needs; see ``affinity.fit``."""
        seek, have = self.needs, self.offers
        proved = 1 - (
            (1 - affinity.WORDS * words)
            * (1 - affinity.TOPICS * _overlap(seek.topics[needs], have.topics[offers]))
            * (1 - affinity.SECTORS * _overlap(seek.sectors[needs], have.sectors[offers]))
        )
        wanted, given = seek.cooperation[needs][:, None], have.cooperation[offers][None, :]
        proved *= np.where((wanted >= 0) & (given >= 0) & (wanted != given), affinity.OTHER_COOPERATION, 1.0)
        seeker, provider = self.region[seek.owner[needs]], self.region[have.owner[offers]]
        away = seek.elsewhere[needs][:, provider] & (provider >= 0)[None, :]
        proved *= np.where(away, affinity.OTHER_REGION, 1.0)
        away = have.elsewhere[offers][:, seeker].T & (seeker >= 0)[:, None]
        proved *= np.where(away, affinity.OTHER_REGION, 1.0)
        stage, reached = seek.readiness[needs][:, None], have.readiness[offers][None, :]
        early = np.where((stage > 0) & (reached > 0), np.maximum(stage - reached, 0), 0)
        return np.asarray(proved * affinity.TOO_EARLY**early, dtype=np.float32)

    def nearness(self, person: int) -> Numbers:
        """Return the factor of ``affinity.nearness`` to everybody."""
        own = self.languages[person]
        strange = (own.sum() > 0) & (self.languages.sum(axis=1) > 0) & (self.languages @ own == 0)
        away = (self.region[person] >= 0) & (self.region >= 0) & (self.region != self.region[person])
        near = np.where(strange, affinity.NO_LANGUAGE, 1.0) * np.where(away, affinity.ELSEWHERE, 1.0)
        return np.asarray(near, dtype=np.float32)

    def traits(self, person: int) -> Numbers:
        """Return the traits of the person with everybody, person × trait; see ``learning.traits_of``."""
        known = (self.cluster[person] >= 0) & (self.cluster >= 0)
        columns = (
            (self.region[person] >= 0) & (self.region == self.region[person]),
            self.languages @ self.languages[person] > 0,
            known & (self.cluster != self.cluster[person]),
            (self.kind[person] >= 0) & (self.kind == self.kind[person]),
            self.subjects @ self.subjects[person] > 0,
        )
        return np.stack(columns, axis=1).astype(np.float32)

    def may_be_asked(self, person: int, asking: Asking) -> Numbers:
        """Tell of everybody whether the rules let the person ask them; see ``scoring.may_ask``."""
        allowed = np.ones(len(self.people), dtype=bool)
        allowed[person] = False
        if self.may_ask is not None:
            allowed &= (self.groups @ (self.groups[person] @ self.may_ask)) > 0
        if asking is not Asking.ANYBODY:
            allowed &= (self.organisation < 0) | (self.organisation != self.organisation[person])
        if asking is Asking.OTHER_CLUSTER:
            allowed &= (self.cluster < 0) | (self.cluster != self.cluster[person])
        return allowed


def _overlap(one: Numbers, other: Numbers) -> Numbers:
    shared = one @ other.T
    least = np.minimum(one.sum(axis=1)[:, None], other.sum(axis=1)[None, :])
    return np.asarray(shared / np.maximum(least, 1), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Numbering:
    """Which column of an array a topic, sector, kind of cooperation or region has."""

    topics: dict[int, int]
    sectors: dict[str, int]
    kinds: dict[str, int]
    regions: dict[str, int]

    @classmethod
    def of(cls, people: Sequence[Participant]) -> _Numbering:
        items = [item for one in people for item in (*one.needs, *one.offers)]
        return cls(
            topics=_numbers(topic for item in items for topic in item.topics),
            sectors=_numbers(sector for item in items for sector in item.sectors),
            kinds=_numbers(item.cooperation for item in items if item.cooperation),
            regions=_numbers(one.region for one in people if one.region),
        )

    def pile(self, owned: Sequence[tuple[Item, ...]]) -> Pile:
        items = tuple(item for own in owned for item in own)
        counts = [len(own) for own in owned]
        elsewhere = np.zeros((len(items), max(len(self.regions), 1)), dtype=bool)
        for number, item in enumerate(items):
            if item.regions:
                elsewhere[number] = True
                elsewhere[number, [self.regions[one] for one in item.regions if one in self.regions]] = False
        return Pile(
            items=items,
            owner=np.repeat(np.arange(len(owned)), counts),
            first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            topics=_flags([item.topics for item in items], self.topics),
            sectors=_flags([item.sectors for item in items], self.sectors),
            cooperation=np.array([self.kinds.get(item.cooperation, -1) for item in items], dtype=np.int32),
            readiness=np.array([item.readiness for item in items], dtype=np.int32),
            elsewhere=elsewhere,
        )


def _numbers[T: (int, str)](names: Iterable[T]) -> dict[T, int]:
    return {name: number for number, name in enumerate(sorted(set(names)))}


def _flags[T](sets: Sequence[frozenset[T]], columns: dict[T, int]) -> Numbers:
    flags = np.zeros((len(sets), max(len(columns), 1)), dtype=np.float32)
    for number, names in enumerate(sets):
        flags[number, [columns[name] for name in names if name in columns]] = 1
    return flags


def _keys[T: (int, str)](keys: Sequence[T | None]) -> Numbers:
    known = _numbers(key for key in keys if key is not None)
    return np.array([-1 if key is None else known[key] for key in keys], dtype=np.int64)


def _may_ask(pairs: frozenset[tuple[str, str]], groups: dict[str, int]) -> Numbers:
    allowed = np.zeros((max(len(groups), 1),) * 2, dtype=np.float32)
    for asker, asked in pairs:
        allowed[groups[asker], groups[asked]] = 1
    return allowed
