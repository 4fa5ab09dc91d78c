"""Lists of suggestions ask live who may be shown, and say why in words."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone, translation

from matchmaking.models import Dismissal, ExchangeProfile, Offer, Suggestion
from matchmaking.pages.suggestions import cards, suggested
from matchmaking.services.asking import ask, decline
from matchmaking.services.booking import book
from matchmaking.services.joining import block, dismiss, leave_exchange
from matchmaking.services.suggesting import rank_exchange
from network.models import Topic
from tests.factories import OrganisationFactory, make_participant
from tests.matchmaking.suggestions.kept import (
    POWDER_NEED,
    POWDER_OFFER,
    SENSOR_NEED,
    SENSOR_OFFER,
    keep,
    shown,
)
from tests.matchmaking.visiting import at, client_of, text_of

pytestmark = pytest.mark.django_db


def test_until_people_were_compared_topics_make_the_order(exchange, anna, boris, carla):
    steel = Topic.objects.create(slug="steel", name_en="steel", name_ru="сталь")
    anna.person.offers.get(kind="need").topics.add(steel)
    carla.person.offers.get(kind="offer").topics.add(steel)
    assert shown(anna) == ["Carla", "Борис"]
    keep(anna, boris)
    assert shown(anna) == ["Борис", "Carla"]


@pytest.mark.parametrize(
    "why", ["left", "blocked", "blocks", "asked", "declined", "met", "cluster", "passed"]
)
def test_who_may_not_be_shown_is_gone_at_once(exchange, anna, boris, carla, why):
    keep(anna, boris)
    assert shown(anna) == ["Борис", "Carla"]
    match why:
        case "left":
            leave_exchange(profile=boris, actor=None)
        case "blocked":
            block(profile=anna, other=boris, actor=None)
        case "blocks":
            block(profile=boris, other=anna, actor=None)
        case "asked":
            ask(sender=boris, recipient=anna, actor=None)
        case "declined":
            made = ask(sender=anna, recipient=boris, actor=None)
            decline(request=made, by=boris, actor=None, reason="no_time")
        case "met":
            book(low=anna, high=boris, request=None, slot=None, actor=None)
        case "cluster":
            cluster = OrganisationFactory(kind="cluster")
            ExchangeProfile.objects.filter(pk__in=(anna.pk, boris.pk)).update(cluster=cluster)
            type(exchange).objects.update(asking="other_cluster")
        case "passed":
            dismiss(profile=anna, partner=boris, reason="other")
    assert shown(anna) == ["Carla"]


@pytest.mark.parametrize("reason", ["region", "kind", "known", "topic"])
def test_a_no_with_its_reason_lowers_those_alike_without_a_worker(exchange, anna, reason):
    steel = Topic.objects.create(slug="steel", name_en="steel", name_ru="сталь")
    mill = OrganisationFactory(kind="company")
    alike = {"region": "RU-PRI", "organisation": mill} if reason != "topic" else {}
    people = [make_participant(exchange, name=name, **alike) for name in ("Passed", "Alike")]
    people.append(make_participant(exchange, name="Different", region="RU-MOS"))
    for rank, one in enumerate(people, start=1):
        need = anna.person.offers.get(kind="need").pk
        found = Offer.objects.create(person=one.person, event=exchange.event, kind="offer", text="Parts")
        topics = [steel.pk] if one.name != "Different" else []
        keep(anna, one, rank, 0.9 - rank / 10, topics, theirs=[[need, found.pk, 0.5]])
    assert shown(anna) == ["Passed", "Alike", "Different"]
    answer = client_of(anna).post(at(exchange, "pass", people[0].code), {"reason": reason})
    words = text_of(client_of(anna).get(answer.headers["Location"]))
    assert "Passed is not suggested any more." in words
    assert shown(anna) == ["Different", "Alike"]
    Dismissal.objects.all().delete()
    assert shown(anna) == ["Passed", "Alike", "Different"]


def test_another_topic_lowers_those_who_say_the_same_in_another_language(exchange):
    anna = make_participant(exchange, name="Anna", needs=POWDER_NEED)
    Offer.objects.create(person=anna.person, event=exchange.event, kind="need", text=SENSOR_NEED)
    passed = make_participant(exchange, name="Passed", offers=POWDER_OFFER)
    make_participant(exchange, name="Alike", offers="We produce titanium powders for metal printers.")
    make_participant(exchange, name="Different", offers=SENSOR_OFFER)
    rank_exchange(exchange.pk)
    kin = dict(Suggestion.objects.filter(profile=anna).values_list("partner__name", "kin"))
    assert kin["Passed"] == kin["Alike"] != kin["Different"]
    before = shown(anna)
    assert {*before} == {"Passed", "Alike", "Different"}
    dismiss(profile=anna, partner=passed, reason="other")
    assert shown(anna) == [name for name in before if name != "Passed"]
    dismiss(profile=anna, partner=passed, reason="topic")
    assert shown(anna) == ["Different", "Alike"]


def test_a_text_that_changed_since_is_no_reason_any_more(exchange, anna, boris):
    rank_exchange(exchange.pk)
    Offer.objects.filter(person=boris.person, kind="offer").update(
        text="Catering", changed_at=timezone.now() + dt.timedelta(seconds=1)
    )
    words = text_of(client_of(anna).get(at(exchange, "people")))
    assert "Catering; you seek" not in words
    assert "you offer: Industrial gas detectors" in words


def test_every_card_has_two_to_four_reasons_in_both_languages(exchange, anna, boris, carla):
    rank_exchange(exchange.pk)
    for language in ("en", "ru"):
        with translation.override(language):
            reader = ExchangeProfile.objects.select_related("exchange__event", "person").get(pk=anna.pk)
            best = suggested(reader.exchange, reader)
            for card in cards(reader, best.people, best.own, None, best.kept):
                assert 2 <= len(card.reasons) <= 4


@pytest.mark.parametrize("ranked", [True, False])
def test_pages_ask_as_often_with_thirty_people_as_with_one(
    exchange, anna, boris, ranked, django_assert_max_num_queries
):
    steel = Topic.objects.create(slug="steel", name_en="steel", name_ru="сталь")

    def more(count: int, first: int) -> None:
        for number in range(first, first + count):
            other = make_participant(exchange, name=f"P{number}", offers="Steel", languages=["ru"])
            made = other.person.offers.get()
            made.topics.add(steel)
            if ranked:
                need = anna.person.offers.get(kind="need").pk
                keep(anna, other, number, 0.5, [steel.pk], theirs=[[need, made.pk, 0.6]])

    more(1, 1)
    dismiss(profile=anna, partner=boris, reason="topic")
    client = client_of(anna)
    address = f"{at(exchange, 'people')}?passed={boris.code}"
    client.get(address)
    with django_assert_max_num_queries(15) as one:
        assert "is not suggested any more" in text_of(client.get(address))
    more(29, 2)
    with django_assert_max_num_queries(len(one)):
        client.get(address)
    for name in ("search", "mine"):
        with django_assert_max_num_queries(15):
            client.get(at(exchange, name))
