"""All pairs at once give what one pair at a time gives; attention is spread; texts find each other."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from matchmaking.ranking.affinity import compare
from matchmaking.ranking.balance import balance
from matchmaking.ranking.batch import compare_everybody
from matchmaking.ranking.bench import RULES, found_texts, judged_event, vectors_of
from matchmaking.ranking.measures import coverage, exposure, gini, ndcg_at, recall_at, reciprocal_rank
from matchmaking.ranking.model import Asking, Rules
from matchmaking.ranking.scoring import may_ask, suggest
from matchmaking.ranking.simulation import Pairs, read_pairs, simulate
from matchmaking.ranking.text import best_matcher
from matchmaking.ranking.text_stems import StemMatcher
from matchmaking.ranking.text_words import Lexicon
from tests.matchmaking.ranking.people import crowds, words

DATA = Path(__file__).parent / "data"


class Drawn:
    """A matcher whose texts are numbers."""

    name = "drawn"

    def vectors(self, texts):
        return [text.encode() for text in texts]

    def rows(self, needs, offers):
        for need in needs:
            yield [words(int(need), int(offer)) for offer in offers]


def keys_of(people):
    return {item.key: str(item.key).encode() for one in people for item in (*one.needs, *one.offers)}


@given(crowds(most=5))
@settings(max_examples=60, deadline=None)
def test_all_at_once_is_one_by_one(people):
    by_key = {one.key: one for one in people}
    for rules in (Rules(asking=Asking.OTHER_CLUSTER), Rules(pairs=frozenset({("buyer", "seller")}))):
        for key, candidates in compare_everybody(people, keys_of(people), Drawn(), rules).candidates():
            allowed = {one.key for one in people if one.key != key and may_ask(by_key[key], one, rules)}
            assert {one.partner for one in candidates} == allowed
            for found in candidates:
                known = compare(by_key[key], by_key[found.partner], words)
                assert (found.gets, found.gives) == pytest.approx((known.gets, known.gives), abs=1e-3)
                assert found.mutual == pytest.approx(known.mutual, abs=1e-3)


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return read_pairs(DATA / "pairs.toml")


@pytest.fixture(scope="module")
def kept(pairs):
    event = simulate(pairs.pairs, people=200, seed=4)
    return compare_everybody(event.people, vectors_of(StemMatcher(), event.people), StemMatcher(), RULES)


def test_balanced_lists_show_nearly_everybody_and_nobody_too_much(kept):
    people = {one.key: one for one in kept.people}
    prices = balance(kept)
    assert prices == balance(kept)
    lists = []
    for key, candidates in kept.candidates():
        found = suggest(people[key], candidates, people, RULES, prices=prices, most=10)
        assert all(2 <= len(one.reasons) <= 4 for one in found)
        lists.append([one.partner for one in found])
    shown = exposure(lists, people, 10)
    assert coverage(shown.values()) >= 0.95
    assert gini(shown.values()) <= 0.5
    new = [shown[key] for key, one in people.items() if one.is_new]
    assert sum(new) / len(new) >= 0.7 * sum(shown.values()) / len(shown)


def test_both_languages_find_each_other(pairs):
    found = found_texts(best_matcher(), pairs)
    assert found["recall_at_5"] >= 0.9
    assert found["mrr"] >= 0.85


def test_stems_find_what_is_said_alike(pairs):
    found = found_texts(StemMatcher(), pairs)
    assert found["recall_at_5"] >= 0.5
    assert found["hit_at_5"] >= 0.9


def test_thinking_of_both_sides_finds_more_than_of_one(pairs):
    judged = judged_event(best_matcher(), simulate(pairs.pairs, people=200, seed=5))
    assert judged["ndcg_at_5_reciprocal"] >= 1.05 * judged["ndcg_at_5_one_sided"]


@pytest.mark.parametrize("matcher", [best_matcher(), StemMatcher()], ids=lambda one: one.name)
def test_empty_odd_and_endless_texts_are_compared_too(matcher):
    texts = ["", "   ", "12", "титан " * 20_000, "<b>titanium</b>", "日本語", "\x00"]
    kept = matcher.vectors(texts)
    assert kept == matcher.vectors(texts)
    rows = [list(row) for row in matcher.rows(kept, kept[:3])]
    assert [len(row) for row in rows] == [3] * len(texts)
    assert all(0 <= value <= 1 for row in rows for value in row)
    assert [list(row) for row in matcher.rows(kept, [])] == [[]] * len(texts)


def test_nobody_and_people_without_offers_are_no_trouble():
    assert balance(compare_everybody([], {}, StemMatcher(), RULES)) == {}


def test_measures_by_hand():
    assert recall_at([3, 1, 2], {1, 9}, 2) == 0.5
    assert reciprocal_rank([3, 1, 2], {2}) == pytest.approx(1 / 3)
    assert ndcg_at([1, 0], [0, 1], 2) == 1
    assert gini([1, 1, 1]) == pytest.approx(0)
    assert gini([0, 0, 0, 4]) == pytest.approx(0.75)


def test_a_rare_word_in_another_language_brings_two_texts_together():
    matcher = best_matcher()
    if matcher.name == StemMatcher.name:
        pytest.skip("the encoder is not installed")
    offers = [
        "Порошки титановых сплавов, паспорт на партию.",
        "Порошковая покраска металла.",
        "Печать плакатов.",
    ]
    needs = ["We look for titanium in any form"] * 2 + ["Posters for a festival"]
    first, again, posters = (
        list(row) for row in matcher.rows(matcher.vectors(needs), matcher.vectors(offers * 2))
    )
    assert first == pytest.approx(again, abs=1e-5)
    assert first[:3] == pytest.approx(first[3:], abs=1e-5)
    assert first[0] == max(first)
    assert posters[2] == max(posters)


def test_words_are_alike_the_same_both_ways_and_nothing_is_like_no_words():
    lexicon = Lexicon.of([["iron", "ore"], ["ore", "mine"], []], lambda words: np.eye(len(words), 512))
    rows = lexicon.numbers([["iron", "ore"], ["ore", "mine"], []])
    there, back = lexicon.alike(rows[0], rows[1:2])[0], lexicon.alike(rows[1], rows[:1])[0]
    assert there == pytest.approx(back)
    assert 0 < there < lexicon.alike(rows[0], rows[:1])[0]
    assert lexicon.alike(rows[2], rows).tolist() == [0, 0, 0]
    assert lexicon.alike(rows[0], rows)[2] == 0


def test_texts_that_say_the_same_have_one_number_whatever_their_language():
    matcher = best_matcher()
    texts = ["Titanium powder for 3D printing", "Catering", "Титановый порошок для 3D-печати", "Catering"]
    numbered = matcher.kin(dict(enumerate(matcher.vectors(texts), start=5)))
    numbers = numbered([5, 6, 7, 8])
    assert numbers[1] == numbers[3] != numbers[0]
    assert numbers[0] == numbers[2] or matcher.name == StemMatcher.name
    assert numbered([]) == []
