"""What a reader may rely on when partners are suggested to her."""

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.ranking.affinity import compare, compare_all
from matchmaking.ranking.model import Asking, Feedback, Item, Participant, ReasonCode, Rules, Why
from matchmaking.ranking.scoring import feedback_about, may_suggest, price_of, suggest, taste
from tests.matchmaking.ranking.people import crowds, words

ANY = Rules(asking=Asking.ANYBODY)
RULES = st.sampled_from(
    [
        ANY,
        Rules(),
        Rules(asking=Asking.OTHER_CLUSTER),
        Rules(asking=Asking.ANYBODY, pairs=frozenset({("buyer", "seller")})),
        Rules(asking=Asking.ANYBODY, needs_common_slot=True, needs_common_language=True),
    ]
)


def by_key(people):
    return {one.key: one for one in people}


def partners(reader, people, rules=ANY):
    return [one.partner for one in suggest(reader, compare_all(reader, people), by_key(people), rules)]


def maker(key, topic=1, **more):
    """Somebody who offers and seeks one topic, so that any two of a topic gain from each other."""
    one = frozenset({topic})
    return Participant(
        key=key, needs=(Item(key=key * 10, topics=one),), offers=(Item(key=key * 10 + 1, topics=one),), **more
    )


@given(crowds())
def test_what_two_gain_is_the_same_from_both_sides(people):
    one, other = people[:2]
    there, back = compare(one, other, words), compare(other, one, words)
    assert there.mutual == pytest.approx(back.mutual)
    assert (there.gets, there.gives, there.theirs, there.ours) == (
        back.gives,
        back.gets,
        back.ours,
        back.theirs,
    )
    assert 0 <= there.mutual <= 1


@given(crowds(), RULES)
def test_nobody_is_suggested_against_rules_blocks_or_requests(people, rules):
    reader = people[0]
    for one in suggest(reader, compare_all(reader, people, words), by_key(people), rules):
        partner = by_key(people)[one.partner]
        assert partner.key != reader.key
        assert partner.key not in reader.blocked | reader.asked
        assert reader.key not in partner.blocked | partner.asked
        if rules.asking is Asking.OTHER_CLUSTER and reader.cluster is not None:
            assert partner.cluster != reader.cluster
        if rules.asking is not Asking.ANYBODY and reader.organisation is not None:
            assert partner.organisation != reader.organisation
        if rules.pairs:
            assert "buyer" in reader.groups
            assert "seller" in partner.groups
        if rules.needs_common_slot:
            assert one.common == tuple(sorted(reader.free & partner.free)) != ()


@given(crowds(least=3), st.sampled_from(Why))
def test_a_no_never_lifts_those_like_it_and_leaves_the_others_where_they_are(people, why):
    reader = replace(people[0], blocked=frozenset(), asked=frozenset())
    passed = people[1]
    wiser = replace(reader, feedback=(feedback_about(reader, passed, why, compare(reader, passed, words)),))
    assert not may_suggest(wiser, passed, ANY)
    for partner in people[2:]:
        candidate = compare(reader, partner, words)
        assert taste(wiser, partner, candidate) <= taste(reader, partner, candidate) == 1.0
        again = replace(
            wiser, feedback=(*wiser.feedback, Feedback(partner=99, why=Why.REGION, region=partner.region))
        )
        assert taste(again, partner, candidate) <= taste(wiser, partner, candidate)


@given(crowds())
@settings(max_examples=30)
def test_the_order_does_not_hang_on_how_people_are_given(people):
    assert partners(people[0], people) == partners(people[0], people[::-1])


@pytest.mark.parametrize(
    ("why", "trait"),
    [
        (Why.REGION, {"region": "DE"}),
        (Why.KIND, {"kind": "company"}),
        (Why.KNOWN, {"organisation": 7}),
        (Why.TOPIC, {"topic": 2}),
    ],
)
def test_a_reason_puts_those_alike_after_the_others_at_once(why, trait):
    both = frozenset({1, 2})
    reader = replace(maker(1), needs=(Item(key=10, topics=both),), offers=(Item(key=11, topics=both),))
    people = [reader, maker(2, **trait), maker(3, **trait), maker(4)]
    assert partners(reader, people) == [2, 3, 4] or why is Why.REGION
    wiser = replace(reader, feedback=(feedback_about(reader, people[1], why, compare(reader, people[1])),))
    assert partners(wiser, people) == [4, 3]


def test_a_no_to_an_organisation_leaves_its_people_out():
    people = [maker(1), maker(2, organisation=7), maker(3, organisation=7), maker(4, organisation=8)]
    wiser = replace(people[0], feedback=(feedback_about(people[0], people[1], Why.ORGANISATION),))
    assert partners(wiser, people) == [4]


def test_who_gains_with_the_reader_comes_before_who_only_takes():
    reader = maker(1)
    taker = Participant(key=2, needs=(Item(key=20, topics=frozenset({1})),))
    assert partners(reader, [reader, taker, maker(3)]) == [3, 2]


def test_those_shown_often_come_later_and_the_new_first():
    people = [maker(1), maker(2, shown=60), maker(3, shown=20), maker(4, shown=0)]
    assert partners(people[0], people) == [4, 3, 2]
    assert price_of(60, 10) > price_of(10, 10) == 0 > price_of(0, 10)


def test_reasons_are_two_to_four_and_say_what_they_are_about():
    one = replace(maker(1), region="DE", languages=frozenset({"de", "en"}), free=frozenset({1, 2}), cluster=1)
    other = replace(maker(2), region="DE", languages=frozenset({"de"}), free=frozenset({2, 3}), cluster=2)
    (found,) = suggest(one, [compare(one, other)], by_key([one, other]), ANY)
    first, second, *more = found.reasons
    assert {first.code, second.code} == {ReasonCode.OFFERS_WHAT_YOU_SEEK, ReasonCode.SEEKS_WHAT_YOU_OFFER}
    assert {(first.need, first.offer), (second.need, second.offer)} == {(10, 21), (20, 11)}
    assert first.topics == (1,)
    assert [reason.code for reason in more] == [ReasonCode.SAME_REGION, ReasonCode.BOTH_SPEAK]
    assert found.common == (2,)


def test_pages_load_no_numpy():
    code = "import sys, matchmaking.ranking.scoring, matchmaking.ranking.affinity; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
