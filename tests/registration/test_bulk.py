"""One step on many registrations: nobody twice, each refusal named, taken up again after a fall."""

import pytest

from network.delivery import deliver_due
from network.models import AuditEntry, OutboxMessage
from sessions_app.registration.models import BulkAction, BulkJob, Entry, Message
from sessions_app.registration.services import bulk
from tests.factories import PersonFactory, make_category, make_open_event, make_registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    return PersonFactory()


def pending(event, number, **fields):
    category = make_category(event, entry=Entry.APPROVAL, **fields)
    return category, [make_registration(event, category) for _n in range(number)]


def begin(event, actor, action, rows, key="k", **options):
    job, _new = bulk.begin_bulk(
        event=event, actor=actor, action=action, ids=[r.pk for r in rows], key=key, options=options
    )
    return bulk.run_bulk(job.pk)


def states(rows):
    for row in rows:
        row.refresh_from_db()
    return [row.state for row in rows]


def test_those_without_a_place_are_named_and_the_others_approved(actor):
    event, _open = make_open_event()
    _category, rows = pending(event, 3, places=2, has_waiting_list=False)
    job = begin(event, actor, BulkAction.APPROVE, rows)
    assert states(rows) == ["confirmed", "confirmed", "pending"]
    assert (job.done, [(code, why) for code, why, _detail in job.refused]) == (2, [(rows[2].code, "Full")])
    assert AuditEntry.objects.filter(action="registration.bulk_approve", actor=actor).count() == 1


def test_approving_many_takes_nobody_in_again_who_gave_up(actor):
    event, _open = make_open_event()
    _category, rows = pending(event, 1)
    begin(event, actor, BulkAction.CANCEL, rows)
    job = begin(event, actor, BulkAction.APPROVE, rows, key="other")
    assert states(rows) == ["cancelled"]
    assert job.refused[0][1] == "WrongState"


def test_a_second_press_is_the_same_job_and_writes_nothing_more(actor):
    event, category = make_open_event()
    rows = [make_registration(event, category) for _n in range(2)]
    words = {"subject": {"en": "Buses"}, "body": {"en": "Dear {name}, at nine."}}
    first = begin(event, actor, BulkAction.MESSAGE, rows, **words)
    again = begin(event, actor, BulkAction.MESSAGE, rows, **words)
    assert first.pk == again.pk
    assert Message.objects.filter(kind="free").count() == 2
    # Even a job that is done over again after a fall.
    BulkJob.objects.update(position=0, finished_at=None)
    bulk.run_bulk(first.pk)
    assert Message.objects.filter(kind="free").count() == 2
    assert AuditEntry.objects.filter(action="registration.message").count() == 2


def test_each_is_written_to_in_her_language(actor):
    event, category = make_open_event()
    rows = [make_registration(event, category, locale=code) for code in ("en", "ru")]
    begin(
        event, actor, BulkAction.MESSAGE, rows,
        subject={"en": "Buses", "ru": "Автобусы"}, body={"en": "At nine.", "ru": "В девять."},
    )  # fmt: skip
    assert [row.messages.get(kind="free").subject for row in rows] == ["Buses", "Автобусы"]


def test_template_syntax_stays_as_it_is_written(actor):
    event, category = make_open_event()
    row = make_registration(event, category, name="{link} {{ 7|add:7 }} {x.__class__}", locale="en")
    begin(event, actor, BulkAction.MESSAGE, [row], subject={"en": "Hello {name}"}, body={"en": "{% now %}"})
    assert row.messages.get(kind="free").subject == "Hello {link} {{ 7|add:7 }} {x.__class__}"


def test_declining_gives_places_on_and_tells_why(actor):
    event, category = make_open_event(places=1, offer_hours=0)
    first, second = make_registration(event, category), make_registration(event, category)
    begin(event, actor, BulkAction.DECLINE, [first], reason="The hall is small.")
    assert states([first, second]) == ["declined", "confirmed"]
    assert first.reason == "The hall is small."


def test_moving_needs_a_place_there(actor):
    event, category = make_open_event()
    small = make_category(event, places=1)
    rows = [make_registration(event, category) for _n in range(2)]
    job = begin(event, actor, BulkAction.MOVE, rows, category=small.pk)
    assert (job.done, job.refused[0][1]) == (1, "Full")
    small.quota.refresh_from_db()
    assert small.quota.taken == 1


def test_another_events_category_and_registrations_are_left_alone(actor):
    event, category = make_open_event()
    other, foreign = make_open_event()
    mine, theirs = make_registration(event, category), make_registration(other, foreign)
    job = begin(event, actor, BulkAction.MOVE, [mine], category=foreign.pk)
    assert job.refused[0][1] == "WrongState"
    begin(event, actor, BulkAction.CANCEL, [theirs], key="x")
    assert states([theirs]) == ["confirmed"]


def test_many_are_left_to_a_worker_which_goes_on_where_it_stopped(actor, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    monkeypatch.setattr(bulk, "CHUNK", 1)
    event, category = make_open_event()
    rows = [make_registration(event, category) for _n in range(3)]
    OutboxMessage.objects.all().delete()
    job, _new = bulk.begin_bulk(
        event=event, actor=actor, action=BulkAction.CANCEL, ids=[r.pk for r in rows], key="k"
    )
    job = bulk.run_bulk(job.pk, seconds=-1)  # a worker whose time is up at once
    assert (job.position, job.finished_at) == (0, None)
    deliver_due()
    job.refresh_from_db()
    assert (job.done, job.finished_at is not None) == (3, True)
    assert states(rows) == ["cancelled"] * 3
