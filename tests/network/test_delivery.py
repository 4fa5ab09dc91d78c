"""The outbox: what is due is delivered, failures wait longer and longer, poison is set aside."""

import datetime as dt
import smtplib
import time

import pytest
from django.core.cache import cache
from django.db import transaction

from network import delivery
from network.delivery import (
    LEASE,
    Lane,
    NotNow,
    Undeliverable,
    deliver_due,
    deliverer,
    has_due,
    pause_after,
    postpone,
    take_one,
)
from network.models import AuditEntry, OutboxMessage, OutboxState, Person
from network.services import CannotSendAgain, delete_finished, enqueue, purge_payloads, send_again
from network.tasks import deliver_outbox, wake_outbox

NOW = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(monkeypatch):
    """Register a deliverer for the kind "trial" and return what it was given and what it raises."""
    monkeypatch.setattr(delivery, "_deliverers", dict(delivery._deliverers))
    seen, errors = [], {}

    @deliverer("trial", attempts=3)
    def handle(message):
        seen.append(message.key)
        if message.key in errors:
            raise errors[message.key]

    return seen, errors


def put(key, due_at=NOW, kind="trial"):
    return enqueue(kind=kind, key=key, payload={"n": 1}, due_at=due_at)


def test_delivers_what_is_due_and_nothing_else(trial):
    seen, _errors = trial
    put("now")
    put("later", NOW + dt.timedelta(seconds=1))
    assert deliver_due(now=NOW) == 1
    assert seen == ["now"]
    done = OutboxMessage.objects.get(key="now")
    assert (done.state, done.delivered_at, done.attempts) == (OutboxState.DELIVERED, NOW, 1)
    assert deliver_due(now=NOW) == 0


def test_one_key_is_written_once(trial):
    first = put("same")
    assert put("same").pk == first.pk
    assert deliver_due(now=NOW) == 1


def test_a_failure_waits_longer_each_time_and_then_ends_as_failed(trial):
    seen, errors = trial
    put("bad")
    put("good")
    errors["bad"] = ConnectionRefusedError(111, "no route to vera@example.org")
    assert deliver_due(now=NOW) == 1
    bad = OutboxMessage.objects.get(key="bad")
    assert (bad.state, bad.attempts, bad.due_at) == (OutboxState.WAITING, 1, NOW + pause_after(1))
    assert deliver_due(now=NOW + dt.timedelta(seconds=9)) == 0
    assert deliver_due(now=NOW + dt.timedelta(seconds=10)) == 0
    assert deliver_due(now=NOW + dt.timedelta(days=1)) == 0
    bad.refresh_from_db()
    assert (bad.state, bad.attempts, seen.count("bad")) == (OutboxState.FAILED, 3, 3)
    assert bad.last_error == "ConnectionRefusedError 111"
    assert deliver_due(now=NOW + dt.timedelta(days=2)) == 0


def test_an_error_kept_with_a_message_holds_no_address(trial):
    _seen, errors = trial
    put("bad")
    errors["bad"] = smtplib.SMTPRecipientsRefused({"vera@example.org": (451, b"vera@example.org: later")})
    deliver_due(now=NOW)
    assert "vera" not in OutboxMessage.objects.get(key="bad").last_error


def test_what_can_never_be_delivered_is_not_tried_again(trial):
    seen, errors = trial
    put("gone")
    errors["gone"] = Undeliverable("recipient refused 550")
    deliver_due(now=NOW)
    gone = OutboxMessage.objects.get(key="gone")
    assert (gone.state, gone.last_error, seen) == (OutboxState.FAILED, "recipient refused 550", ["gone"])


def test_an_unknown_kind_waits_for_a_newer_worker_then_fails():
    put("strange", kind="of a later version")
    for day in range(4):
        deliver_due(now=NOW + dt.timedelta(days=day))
    strange = OutboxMessage.objects.get(key="strange")
    assert (strange.state, strange.last_error) == (OutboxState.FAILED, "UnknownKind")


def test_a_lease_keeps_others_away_until_it_runs_out(trial):
    seen, _errors = trial
    put("mine")
    assert take_one(now=NOW).key == "mine"
    assert take_one(now=NOW + LEASE / 2) is None
    assert deliver_due(now=NOW + LEASE) == 1
    assert seen == ["mine"]


def test_a_lease_holds_when_the_clock_jumps_back(trial):
    put("mine")
    take_one(now=NOW)
    assert deliver_due(now=NOW - dt.timedelta(hours=1)) == 0


def test_a_worker_that_lost_its_lease_does_not_book_its_result(trial, monkeypatch):
    put("slow")
    slow = take_one(now=NOW)
    assert deliver_due(now=NOW + LEASE) == 1
    assert delivery._book(slow, state=OutboxState.FAILED, last_error="late") is False
    assert OutboxMessage.objects.get(key="slow").state == OutboxState.DELIVERED


def test_a_message_that_kills_each_worker_ends_as_failed(trial):
    seen, _errors = trial
    put("killer")
    for turn in range(3):
        take_one(now=NOW + turn * LEASE)
    deliver_due(now=NOW + 3 * LEASE)
    killer = OutboxMessage.objects.get(key="killer")
    assert (killer.state, killer.last_error, seen) == (OutboxState.FAILED, "worker lost", [])


def test_a_rolled_back_change_tells_nobody(trial):
    with transaction.atomic():
        put("never")
        transaction.set_rollback(True)
    assert deliver_due(now=NOW) == 0


def test_a_failed_message_can_be_sent_again_by_staff(trial):
    seen, errors = trial
    message = put("bad")
    errors["bad"] = Undeliverable("wrong")
    deliver_due(now=NOW)
    errors.clear()
    staff = Person.objects.create_user("staff@example.org", name="Staff")
    send_again(message=message, actor=staff, now=NOW)
    assert deliver_due(now=NOW) == 1
    assert seen == ["bad", "bad"]
    assert AuditEntry.objects.get(action="outbox.send_again").actor == staff
    with pytest.raises(CannotSendAgain):
        send_again(message=message, actor=staff, now=NOW)


def test_content_is_purged_when_nobody_needs_it_and_the_key_stays(trial):
    put("old")
    put("new", NOW + dt.timedelta(days=6))
    deliver_due(now=NOW)
    deliver_due(now=NOW + dt.timedelta(days=6))
    assert purge_payloads(now=NOW + dt.timedelta(days=8)) == 1
    assert purge_payloads(now=NOW + dt.timedelta(days=8)) == 0
    assert OutboxMessage.objects.get(key="old").payload == {}
    assert OutboxMessage.objects.get(key="new").payload == {"n": 1}
    put("old")
    assert deliver_due(now=NOW + dt.timedelta(days=9)) == 0


def test_pauses_grow_to_six_hours():
    assert [pause_after(n).total_seconds() for n in (1, 2, 3, 4)] == [10, 30, 90, 270]
    assert pause_after(50) == dt.timedelta(hours=6)


@pytest.fixture
def strangers(monkeypatch):
    """Register a deliverer in the strangers' lane; return what it was given and what to do then."""
    monkeypatch.setattr(delivery, "_deliverers", dict(delivery._deliverers))
    seen, acts = [], {}

    @deliverer("far", attempts=3, lane=Lane.STRANGERS)
    def handle(message):
        seen.append(message.key)
        if message.key in acts:
            acts[message.key]()

    return seen, acts


def test_lanes_do_not_wait_for_each_other(trial, strangers):
    own, _errors = trial
    far, _acts = strangers
    put("far", kind="far")
    put("own", NOW + dt.timedelta(seconds=1))
    assert deliver_due(now=NOW + dt.timedelta(seconds=1)) == 1
    assert (own, far) == (["own"], [])
    assert has_due(Lane.STRANGERS, now=NOW)
    assert deliver_due(now=NOW, lane=Lane.STRANGERS) == 1
    assert (own, far) == (["own"], ["far"])


def test_a_kind_that_nobody_knows_counts_as_our_own(strangers):
    put("strange", kind="of a later version")
    assert take_one(now=NOW, lane=Lane.STRANGERS) is None
    assert take_one(now=NOW).key == "strange"


def test_one_worker_at_a_time_is_in_the_strangers_lane(strangers):
    far, _acts = strangers
    put("slow", kind="far")
    put("next", kind="far")
    assert take_one(now=NOW, lane=Lane.STRANGERS).key == "slow"
    assert deliver_due(now=NOW, lane=Lane.STRANGERS) == 0
    assert deliver_due(now=NOW + LEASE, lane=Lane.STRANGERS) == 2
    assert sorted(far) == ["next", "slow"]


def test_a_run_in_the_strangers_lane_is_short(strangers, monkeypatch):
    far, acts = strangers
    for number in range(3):
        put(f"far {number}", kind="far")
        acts[f"far {number}"] = lambda: time.sleep(0.15)
    monkeypatch.setattr(delivery, "SLOW_RUN_SECONDS", 0.1)
    assert deliver_due(now=NOW, lane=Lane.STRANGERS) == 1
    assert far == ["far 0"]
    assert has_due(Lane.STRANGERS, now=NOW)


def test_what_is_asked_to_wait_has_lost_no_attempt(trial):
    seen, errors = trial
    put("later")
    errors["later"] = NotNow(NOW + dt.timedelta(minutes=5))
    assert deliver_due(now=NOW) == 0
    later = OutboxMessage.objects.get(key="later")
    assert (later.state, later.attempts, later.due_at) == (
        OutboxState.WAITING, 0, NOW + dt.timedelta(minutes=5),
    )  # fmt: skip
    del errors["later"]
    assert deliver_due(now=NOW + dt.timedelta(minutes=4)) == 0
    assert deliver_due(now=NOW + dt.timedelta(minutes=5)) == 1
    assert len(seen) == 2


def test_postponing_spares_what_is_taken_and_what_is_anothers(trial):
    for key in ("a:1", "a:2", "ab:1"):
        put(key)
    assert take_one(now=NOW).key == "a:1"
    until = NOW + dt.timedelta(minutes=1)
    assert postpone(kind="trial", key_start="a:", until=until) == 1
    assert dict(OutboxMessage.objects.values_list("key", "due_at")) == {"a:1": NOW, "a:2": until, "ab:1": NOW}


def test_finished_messages_of_a_kind_are_deleted_and_waiting_ones_stay(trial):
    put("done")
    deliver_due(now=NOW)
    put("waits")
    put("other", kind="other")
    OutboxMessage.objects.update(created_at=NOW)
    assert delete_finished(kind="trial", before=NOW) == 0
    assert delete_finished(kind="trial", before=NOW + dt.timedelta(seconds=1)) == 1
    assert set(OutboxMessage.objects.values_list("key", flat=True)) == {"waits", "other"}


def test_a_worker_is_asked_once_until_it_begins(settings, monkeypatch):
    settings.REDIS_URL = "redis://any"
    cache.delete_many(["outbox:asked:own", "outbox:asked:strangers"])
    asked = []
    monkeypatch.setattr(deliver_outbox, "apply_async", lambda lane, **_more: asked.append(*lane))
    for lane in ("own", "own", "strangers"):
        wake_outbox(lane)
    assert asked == ["own", "strangers"]
    deliver_outbox("own")
    wake_outbox("own")
    assert asked == ["own", "strangers", "own"]
    settings.REDIS_URL = ""
    wake_outbox("own")
    assert asked[3:] == ["own"]
