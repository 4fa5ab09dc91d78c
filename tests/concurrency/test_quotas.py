"""With N places exactly N are confirmed, however many press at once; without the lock it is not so."""

import contextlib
import threading
from collections import Counter

import pytest
from django.db import connection, transaction

from sessions_app.registration.errors import Busy
from sessions_app.registration.models import Quota, Registration, WaitingEntry
from sessions_app.registration.services import places
from sessions_app.registration.services.delegating import Frame, add_lines, open_delegation
from sessions_app.registration.services.delegation_sending import send_delegation
from sessions_app.registration.services.submitting import submit
from tests.factories import PersonFactory, make_draft, make_open_event

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("each_thread_a_process")]

on_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="on SQLite every writing transaction is alone"
)


def all_at_once(drafts: list[Registration]) -> tuple[list[str], list[Exception]]:
    """Submit all drafts at the same moment; return the states and the errors."""
    start = threading.Barrier(len(drafts))
    states, errors = [], []

    def press(draft: Registration) -> None:
        try:
            start.wait()
            for _attempt in range(10):  # Busy means 503: people press again
                try:
                    states.append(
                        submit(registration=draft, actor=draft.person, key=f"k{draft.pk}", digest="d").state
                    )
                    break
                except Busy:
                    continue
        except Exception as error:  # whatever it is, the test must hear of it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(draft,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return states, errors


def test_twelve_press_for_five_places():
    event, category = make_open_event(places=5)
    drafts = [make_draft(event, category) for _ in range(12)]
    states, errors = all_at_once(drafts)
    assert errors == []
    assert Counter(states) == {"confirmed": 5, "waiting": 7}
    quota = Quota.objects.get(pk=category.quota_id)
    assert (quota.taken, quota.places.count()) == (5, 5)
    assert sorted(WaitingEntry.objects.values_list("number", flat=True)) == list(range(1, 8))


class Meeting:
    """Holds the first threads that pass until another comes, so that both read before either writes."""

    def __init__(self) -> None:
        self.barrier = threading.Barrier(2)

    def lock(self, ids: list[int]) -> list[Quota]:
        found = list(Quota.objects.filter(pk__in=ids).order_by("pk"))
        with contextlib.suppress(threading.BrokenBarrierError):
            self.barrier.wait(timeout=2)
        return found


@on_postgresql
def test_without_the_lock_the_constraint_refuses(monkeypatch):
    event, category = make_open_event(places=1)
    monkeypatch.setattr(places, "_lock", Meeting().lock)
    states, errors = all_at_once([make_draft(event, category) for _ in range(2)])
    assert states == ["confirmed"]
    assert len(errors) == 1


@on_postgresql
def test_without_lock_and_constraint_it_oversells(monkeypatch):
    """The negative control: the tests above can fail."""
    event, category = make_open_event(places=1)
    drafts = [make_draft(event, category) for _ in range(2)]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE registration_quota DROP CONSTRAINT quota_never_oversold")
    try:
        monkeypatch.setattr(places, "_lock", Meeting().lock)
        states, _errors = all_at_once(drafts)
        assert states == ["confirmed", "confirmed"]
        assert Quota.objects.get(pk=category.quota_id).taken == 2
    finally:
        Quota.objects.update(size=9)
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE registration_quota ADD CONSTRAINT quota_never_oversold CHECK (taken <= size)"
            )


@on_postgresql
def test_a_lock_not_had_in_time_is_busy_and_nothing_is_written(monkeypatch):

    event, category = make_open_event(places=1)
    draft = make_draft(event, category)
    monkeypatch.setattr(places, "LOCK_SECONDS", 1)
    errors = []

    def press() -> None:
        try:
            submit(registration=draft, actor=draft.person, key="k", digest="d")
        except Busy as error:
            errors.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        places.lock_quotas([category.quota_id])
        thread = threading.Thread(target=press)
        thread.start()
        thread.join()
    assert len(errors) == 1
    assert Registration.objects.get(pk=draft.pk).state == "draft"


def test_a_delegation_of_ten_and_singles_press_for_twelve_places():
    """However they come in, twelve places are held, and all of the delegation or none of it has one."""
    event, category = make_open_event(places=12)
    head = PersonFactory()
    frame = Frame(category=category, organisation_name="Cluster", all_or_none=True)
    delegation = open_delegation(event=event, head=head, frame=frame)
    lines = [{"name": f"Member {n}", "email": f"member{n}@plenum.example"} for n in range(10)]
    add_lines(delegation=delegation, lines=lines)
    drafts = [make_draft(event, category) for _ in range(8)]
    errors = []

    def send() -> None:
        try:
            for _attempt in range(10):
                with contextlib.suppress(Busy):
                    send_delegation(delegation=delegation, actor=head)
                    break
        except Exception as error:  # whatever it is, the test must hear of it
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=send)
    thread.start()
    states, failed = all_at_once(drafts)
    thread.join()
    assert (errors, failed) == ([], [])
    members = Counter(delegation.registrations.values_list("state", flat=True))
    singles = Counter(states)
    assert members in ({"invited": 10}, {"waiting": 10})
    if "invited" in members:
        assert singles == {"confirmed": 2, "waiting": 6}
    else:  # more than two came before it; who came after it waits behind it, though there are places
        assert 2 < singles["confirmed"] <= 8
        assert singles["confirmed"] + singles["waiting"] == 8
    quota = Quota.objects.get(pk=category.quota_id)
    held = members["invited"] + singles["confirmed"]
    assert (quota.taken, quota.places.count()) == (held, held)
