"""All pairs of an exchange compared at once, and for each participant the partners worth keeping; workers only.

The formulas are those of ``affinity``, over arrays. For 5,000 people with two needs and two offers each about
0.5 GB are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matchmaking.ranking import affinity
from matchmaking.ranking.crowd import Crowd, Numbers
from matchmaking.ranking.learning import NOTHING_LEARNT, TRAITS, Answer, Habits, Lesson, learn
from matchmaking.ranking.model import Candidate, Match, Participant, Rules
from matchmaking.ranking.reasons import SAYS_ENOUGH
from matchmaking.ranking.text import TextMatcher

KEEP = 60  # partners kept for each, so that filters and feedback leave enough to show
SURE = 15  # and at least the best of those for whom she is one of so many best, so that nobody is in no list
_BLOCK = 128


@dataclass(frozen=True, slots=True)
class Gains:
    """Who gains what from whom: ``gain[a, b]`` is a's; ``best[n, b]`` how well b's offer ``which[n, b]`` answers need n."""

    crowd: Crowd
    gain: Numbers
    best: Numbers
    which: Numbers


@dataclass(frozen=True, slots=True)
class Kept:
    """The partners kept for each participant, the best first: positions in the crowd, and what both gain."""

    gains: Gains
    partners: tuple[Numbers, ...]
    mutual: tuple[Numbers, ...]
    habits: Habits = NOTHING_LEARNT

    @property
    def people(self) -> tuple[Participant, ...]:
        """Everybody, in the order of positions."""
        return self.gains.crowd.people

    def candidates(self) -> Iterator[tuple[int, list[Candidate]]]:
        """Yield each participant's key with her candidates, to be kept for the pages."""
        for position, person in enumerate(self.people):
            yield person.key, self._candidates_of(position)

    def _candidates_of(self, reader: int) -> list[Candidate]:
        gain, partners = self.gains.gain, self.partners[reader]
        own, other = gain[reader, partners].tolist(), gain[partners, reader].tolist()
        theirs, ours = self._theirs(reader), self._ours(reader)
        return [
            Candidate(
                partner=self.people[partner].key,
                gets=affinity.worth(own[place], other[place]),
                gives=affinity.worth(other[place], own[place]),
                mutual=mutual,
                theirs=theirs[place],
                ours=ours[place],
            )
            for place, (partner, mutual) in enumerate(
                zip(partners.tolist(), self.mutual[reader].tolist(), strict=True)
            )
        ]

    def _theirs(self, reader: int) -> list[tuple[Match, ...]]:
        """Return for each partner the reader's needs that her offers answer."""
        crowd, partners = self.gains.crowd, self.partners[reader]
        needs = crowd.needs.of(reader)
        fits = self.gains.best[needs.start : needs.stop, partners].T.tolist()
        which = self.gains.which[needs.start : needs.stop, partners].T + crowd.offers.first[partners][:, None]
        return [
            _named(crowd, zip(needs, row, places, strict=True))
            for row, places in zip(fits, which.tolist(), strict=True)
        ]

    def _ours(self, reader: int) -> list[tuple[Match, ...]]:
        """Return for each partner her needs that the reader's offers answer."""
        crowd, partners = self.gains.crowd, self.partners[reader].tolist()
        own = [crowd.needs.of(partner) for partner in partners]
        needs = np.array([need for run in own for need in run], dtype=np.int64)
        fits = self.gains.best[needs, reader].tolist()
        which = (self.gains.which[needs, reader] + crowd.offers.first[reader]).tolist()
        found, at = [], 0
        for run in own:
            upto = at + len(run)
            found.append(_named(crowd, zip(run, fits[at:upto], which[at:upto], strict=True)))
            at = upto
        return found


def _named(crowd: Crowd, matches: Iterable[tuple[int, float, int]]) -> tuple[Match, ...]:
    """Return the matches worth naming, from positions of a need and an offer, the best first."""
    worthy = [one for one in matches if one[1] >= SAYS_ENOUGH]
    if len(worthy) > 1:
        worthy.sort(key=lambda one: (-one[1], one[0]))
    return tuple(
        Match(crowd.needs.items[need].key, crowd.offers.items[offer].key, round(fit, 3))
        for need, fit, offer in worthy[: affinity.KEPT]
    )


def compare_everybody(
    people: Iterable[Participant],
    vectors: Mapping[int, bytes],
    matcher: TextMatcher,
    rules: Rules,
    *,
    keep: int = KEEP,
    answers: Sequence[Answer] = (),
) -> Kept:
    """Compare all participants and keep the best partners of each whom she may ask.

    ``vectors`` are ``matcher``'s by the item's key; an item without one counts by what was ticked. What
    ``answers`` teach changes what a pair is worth.
    """
    crowd = Crowd.of(people, rules)
    gains = _gains(crowd, vectors, matcher)
    habits = _habits(gains, answers)
    count = len(crowd.people)
    partners: list[Numbers] = []
    wanted: list[list[int]] = [[] for _person in range(count)]
    for person in range(count):
        best = _best(mutual_row(gains, person, habits), crowd.may_be_asked(person, rules.asking), keep)
        partners.append(best)
        for other in best[:SURE]:
            wanted[other].append(person)
    all_partners, mutual = [], []
    for person in range(count):
        row, allowed = mutual_row(gains, person, habits), crowd.may_be_asked(person, rules.asking)
        chosen = np.union1d(partners[person], np.array(wanted[person], dtype=np.int64))
        chosen = chosen[allowed[chosen]]
        chosen = chosen[np.lexsort((chosen, -row[chosen]))]
        all_partners.append(chosen)
        mutual.append(row[chosen])
    return Kept(gains, tuple(all_partners), tuple(mutual), habits)


def _best(row: Numbers, allowed: Numbers, keep: int) -> Numbers:
    scores = np.where(allowed, row, -1.0)
    chosen = np.arange(len(scores))
    if keep < len(scores):
        chosen = np.sort(np.argpartition(-scores, keep)[:keep])
    chosen = chosen[scores[chosen] >= 0]
    return np.asarray(chosen[np.lexsort((chosen, -scores[chosen]))])


def _habits(gains: Gains, answers: Sequence[Answer]) -> Habits:
    """Return what the answers of those who still take part teach."""
    places = {one.key: place for place, one in enumerate(gains.crowd.people)}
    by_judge: dict[int, list[tuple[int, bool]]] = {}
    for one in answers:
        if one.judge in places and one.other in places:
            by_judge.setdefault(places[one.judge], []).append((places[one.other], one.liked))
    lessons = []
    for judge, rows in sorted(by_judge.items()):
        mutual, traits = mutual_row(gains, judge), gains.crowd.traits(judge)
        lessons += [
            Lesson(float(mutual[other]), tuple(traits[other].tolist()), liked) for other, liked in rows
        ]
    return learn(lessons)


def mutual_row(gains: Gains, person: int, habits: Habits = NOTHING_LEARNT) -> Numbers:
    """Return what the person and each of the others gain together; see ``affinity.compare``."""
    own, other = gains.gain[person], gains.gain[:, person]
    gets = 1 - (1 - own) * (1 - affinity.CUSTOMER * other)
    gives = 1 - (1 - other) * (1 - affinity.CUSTOMER * own)
    mean = 2 * gets * gives / np.maximum(gets + gives, 1e-9)
    if habits.weights:
        weights = np.array([habits.weights[name] for name in TRAITS])
        mean = mean * np.exp(gains.crowd.traits(person) @ weights - habits.highest)
    return np.asarray(mean * gains.crowd.nearness(person), dtype=np.float32)


def _gains(crowd: Crowd, vectors: Mapping[int, bytes], matcher: TextMatcher) -> Gains:
    count, needs = len(crowd.people), len(crowd.needs.items)
    gain = np.zeros((count, count), dtype=np.float32)
    best = np.zeros((needs, count), dtype=np.float16)
    which = np.zeros((needs, count), dtype=np.uint8)
    owners = np.flatnonzero(np.diff(crowd.offers.first))
    if needs and len(owners):
        rows = _rows(crowd, vectors, matcher)
        everything = np.arange(len(crowd.offers.items))
        for people in _blocks(crowd.needs.first):
            block = np.arange(crowd.needs.first[people[0]], crowd.needs.first[people[-1] + 1])
            words = np.stack([next(rows) for _need in block])
            fits, chosen = _by_owner(crowd, crowd.fits(block, everything, words), owners)
            best[np.ix_(block, owners)], which[np.ix_(block, owners)] = fits, chosen
            _add_gains(gain, crowd, people, fits, owners)
    return Gains(crowd, gain, best, which)


def _blocks(first: Numbers) -> Iterator[Numbers]:
    """Yield runs of people who have needs, about a block of needs together."""
    run: list[int] = []
    for person in np.flatnonzero(np.diff(first)):
        run.append(int(person))
        if first[person + 1] - first[run[0]] >= _BLOCK:
            yield np.array(run)
            run = []
    if run:
        yield np.array(run)


def _rows(crowd: Crowd, vectors: Mapping[int, bytes], matcher: TextMatcher) -> Iterator[Numbers]:
    """Yield for every need how alike all offers are by their words; 0 where one has no vector."""
    known_needs = [vectors[item.key] for item in crowd.needs.items if item.key in vectors]
    known = np.array([n for n, item in enumerate(crowd.offers.items) if item.key in vectors], dtype=np.int64)
    rows = matcher.rows(known_needs, [vectors[crowd.offers.items[n].key] for n in known])
    for need in crowd.needs.items:
        row = np.zeros(len(crowd.offers.items), dtype=np.float32)
        if need.key in vectors:
            row[known] = next(iter(rows))
        yield row


def _by_owner(crowd: Crowd, fits: Numbers, owners: Numbers) -> tuple[Numbers, Numbers]:
    """Return for each need and owner of offers the best fit, and which of the owner's offers it is."""
    first = crowd.offers.first[owners]
    best = np.maximum.reduceat(fits, first, axis=1)
    size = crowd.offers.first[owners + 1] - first
    which = np.zeros(best.shape, dtype=np.uint8)
    for place in range(min(int(size.max()), 255) - 1, -1, -1):
        has = size > place
        hit = fits[:, first[has] + place] == best[:, has]
        which[:, has] = np.where(hit, place, which[:, has])
    return best, which


def _add_gains(gain: Numbers, crowd: Crowd, people: Numbers, fits: Numbers, owners: Numbers) -> None:
    starts = crowd.needs.first[people] - crowd.needs.first[people[0]]
    top = np.maximum.reduceat(fits, starts, axis=0)
    rest = np.add.reduceat(np.log1p(-affinity.FURTHER * fits), starts, axis=0)
    rest -= np.log1p(-affinity.FURTHER * top)
    gain[np.ix_(people, owners)] = 1 - (1 - top) * np.exp(rest)
