"""What answers teach: nothing from few or from chance, a habit where there is one; and the way to the other process."""

import io
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings

from matchmaking.ranking import process
from matchmaking.ranking.batch import compare_everybody, mutual_row
from matchmaking.ranking.bench import RULES, vectors_of
from matchmaking.ranking.crowd import Crowd
from matchmaking.ranking.learning import (
    ENOUGH,
    TRAITS,
    Answer,
    Habits,
    Lesson,
    learn,
    traits_of,
)
from matchmaking.ranking.measures import ndcg_at
from matchmaking.ranking.model import Rules
from matchmaking.ranking.simulation import read_pairs, simulate
from matchmaking.ranking.text_stems import StemMatcher
from matchmaking.ranking.wire import BrokenAnswer, Encoded, Listed, Work, read_answer, read_work, write_work
from tests.matchmaking.ranking.people import crowds
from tests.matchmaking.ranking.test_batch import DATA


def lessons(count: int, likes) -> list[Lesson]:
    """So many answers of which region alone decides, or nothing."""
    rng = Random(3)
    found = []
    for _one in range(count):
        near = float(rng.random() < 0.5)
        liked = rng.random() < (likes if near else 1 - likes)
        found.append(Lesson(rng.random() / 2, (near, 1.0, 0.0, float(rng.random() < 0.5), 0.0), liked))
    return found


def test_a_habit_is_learnt_where_there_is_one():
    found = learn(lessons(400, 0.85))
    assert found.weights["same_region"] > 0.3
    assert abs(found.weights["same_kind"]) < 0.3
    assert found.better > 0.1
    assert found.factor((1.0, 1.0, 0.0, 0.0, 0.0)) > found.factor((0.0, 1.0, 0.0, 0.0, 0.0))


def test_chance_and_few_answers_teach_nothing():
    assert learn(lessons(400, 0.5)).weights == {}
    assert learn(lessons(ENOUGH, 0.9)).weights == {}
    assert learn([]).factor((0.0,) * len(TRAITS)) == 1.0


@given(crowds())
@settings(max_examples=40, deadline=None)
def test_traits_of_all_at_once_are_those_of_pairs(people):
    crowd = Crowd.of(people, Rules())
    for place, one in enumerate(crowd.people):
        rows = crowd.traits(place).tolist()
        for other, row in zip(crowd.people, rows, strict=True):
            if other.key != one.key:
                assert tuple(row) == traits_of(one, other) == traits_of(other, one)


def test_answers_of_an_event_make_its_lists_better():
    pairs = read_pairs(DATA / "pairs.toml")
    event = simulate(pairs.pairs, people=150, seed=7)
    # Everybody here is drawn to her own region, which no text says.
    event = replace(
        event, characters=tuple(replace(one, stays_near=0.9, choosy=0.2) for one in event.characters)
    )
    rng = Random(1)
    answers = []
    for _one in range(1500):
        judge, other = rng.sample(range(len(event.people)), 2)
        liked = rng.random() < event.interest(judge, other)
        answers.append(Answer(event.people[judge].key, event.people[other].key, liked))
    matcher = StemMatcher()
    kept = compare_everybody(event.people, vectors_of(matcher, event.people), matcher, RULES, answers=answers)
    assert kept.habits.weights["same_region"] > 0.2
    plain, learnt = (
        sum(judged(event, kept.gains, reader, habits) for reader in range(60))
        for habits in (Habits(), kept.habits)
    )
    assert learnt > 1.02 * plain


def judged(event, gains, reader, habits) -> float:
    row = mutual_row(gains, reader, habits)
    truth = [event.success(reader, other) for other in range(len(event.people)) if other != reader]
    order = sorted((other for other in range(len(row)) if other != reader), key=lambda one: (-row[one], one))
    return ndcg_at([event.success(reader, other) for other in order[:5]], truth, 5)


@given(crowds())
@settings(max_examples=20, deadline=None)
def test_people_reach_the_other_process_and_lists_come_back(people):
    sent = tuple(
        replace(
            one,
            topics=frozenset(),
            groups=frozenset(),
            free=frozenset(),
            is_new=False,
            blocked=frozenset(),
            asked=frozenset(),
        )
        for one in people
    )
    answers = (Answer(sent[0].key, sent[1].key, liked=False),)
    vectors = {item.key: ("stems-1", b"{}") for one in sent for item in (*one.needs[:1], *one.offers[:1])}
    work = Work(people=sent, rules=Rules(), vectors=vectors, answers=answers)
    wire = io.StringIO()
    write_work(work, wire)
    assert read_work(wire.getvalue().splitlines()) == work
    out = io.StringIO()
    process.answer(work, out, StemMatcher())
    found = list(read_answer(out.getvalue().splitlines()))
    lists = {one.key: one.found for one in found if isinstance(one, Listed)}
    assert lists.keys() == {one.key for one in sent}
    fresh = {key for one in found if isinstance(one, Encoded) for key in one.vectors}
    assert fresh == {item.key for one in sent for item in (*one.needs, *one.offers)} - vectors.keys()
    for key, rows in lists.items():
        for found in rows:
            back = {one.candidate.partner: one.candidate for one in lists[found.candidate.partner]}
            assert back[key].mutual == pytest.approx(found.candidate.mutual, abs=1e-3)
            assert found.candidate.mutual > 0


def test_half_an_answer_is_no_answer():
    for words in ("", '{"key":1,"found":[]}\n', '{"key":1,"fou'):
        with pytest.raises(BrokenAnswer):
            list(read_answer(words.splitlines()))
