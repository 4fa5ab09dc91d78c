"""A proposal is published whole or not at all, and everybody concerned is told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from matchmaking.errors import PlanOutdated, WrongState
from matchmaking.models import Block, Meeting, MeetingRequest, RunState, Slot, Table
from matchmaking.proposals import read_changes
from matchmaking.services.booking import book, cancel_meeting, move_meeting
from matchmaking.services.joining import leave_exchange
from matchmaking.services.marking import pin_meetings
from matchmaking.services.planning import publish_run
from matchmaking.services.running import discard_run
from network.delivery import deliver_due
from network.models import AuditEntry
from tests.factories import make_participant
from tests.matchmaking.planning.plans import agree, plan, published

pytestmark = pytest.mark.django_db


def test_everybody_concerned_gets_one_letter_with_the_reason(exchange, people, agreed):
    deliver_due()
    mail.outbox.clear()
    run = plan(exchange)
    publish_run(run=run, actor=None, reason="Table 2 was lost.")
    deliver_due()
    deliver_due()  # what is written twice is sent once
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(one.person.email for one in people)
    letter = next(one for one in mail.outbox if one.to == [people[0].person.email])
    assert "Table 2 was lost." in letter.body
    assert all(name in letter.body for name in ("Boris", "Clara", "Dmitri"))
    assert "Anna" not in letter.body.replace("Hello Anna", "")


def test_letters_speak_the_readers_language(exchange, people):
    anna, boris, *_others = people
    type(anna.person).objects.filter(pk=anna.person_id).update(locale="ru")
    agree(anna, boris)
    deliver_due()
    mail.outbox.clear()
    published(exchange)
    deliver_due()
    letter = next(one for one in mail.outbox if one.to == [anna.person.email])
    assert "Новые встречи" in letter.body


def test_a_proposal_does_not_apply_once_its_people_have_booked_elsewhere(exchange, people, agreed):
    run = plan(exchange)
    change = next(iter(read_changes(run.plan)))
    asked = MeetingRequest.objects.get(code=change.code)
    stranger = make_participant(exchange, name="Elena")
    slot = Slot.objects.get(pk=change.after.slot)
    other_table = Table.objects.filter(exchange=exchange).exclude(pk=change.after.table).first()
    book(low=asked.low, high=stranger, request=None, slot=slot, table=other_table, actor=None)
    with pytest.raises(PlanOutdated) as outdated:
        publish_run(run=run, actor=None)
    assert ("busy", asked.low.name) in outdated.value.reasons
    assert Meeting.objects.count() == 1  # that of the stranger; nothing of the plan was written
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_a_proposal_does_not_apply_once_its_table_is_gone_or_taken(exchange, people, agreed):
    run = plan(exchange)
    Table.objects.filter(exchange=exchange, number=1).update(is_active=False)
    with pytest.raises(PlanOutdated) as outdated:
        publish_run(run=run, actor=None)
    assert {reason for reason, _names in outdated.value.reasons} == {"table_lost"}
    Table.objects.filter(exchange=exchange).update(is_active=True)
    change = next(iter(read_changes(run.plan)))
    one, other = make_participant(exchange), make_participant(exchange)
    book(
        low=one, high=other, request=None, actor=None,
        slot=Slot.objects.get(pk=change.after.slot), table=Table.objects.get(pk=change.after.table),
    )  # fmt: skip
    with pytest.raises(PlanOutdated) as outdated:
        publish_run(run=run, actor=None)
    assert [reason for reason, _names in outdated.value.reasons] == ["table_taken"]


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (lambda request: leave_exchange(profile=request.low, actor=None), "request_ended"),
        (lambda request: Block.objects.create(profile=request.low, other=request.high), "apart"),
        (lambda request: MeetingRequest.objects.filter(pk=request.pk).delete(), "gone"),
        (
            lambda request: Slot.objects.update(start=timezone.now(), end=timezone.now() + dt.timedelta(1)),
            "begun",
        ),
    ],
)
def test_a_proposal_says_what_has_changed_since_it_was_made(exchange, people, happens, reason):
    request = agree(people[0], people[1])
    run = plan(exchange)
    if reason == "begun":
        slot = read_changes(run.plan)[0].after.slot
        Slot.objects.filter(pk=slot).update(start=timezone.now() - dt.timedelta(hours=1))
    else:
        happens(request)
    with pytest.raises(PlanOutdated) as outdated:
        publish_run(run=run, actor=None)
    assert [found for found, _names in outdated.value.reasons] == [reason]
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("happens", ["moved", "pinned", "ended"])
def test_a_meeting_that_was_touched_meanwhile_is_not_moved_by_an_old_proposal(exchange, people, happens):
    anna, boris, *_others = people
    agree(anna, boris)
    published(exchange)
    meeting = Meeting.objects.get()
    run = plan(exchange, away={str(anna.pk): [meeting.slot_id]})
    if happens == "moved":
        free = Slot.objects.filter(exchange=exchange).exclude(pk=meeting.slot_id).last()
        move_meeting(meeting=meeting, slot=free, actor=None)
    elif happens == "pinned":
        pin_meetings(meetings=[meeting], is_pinned=True, actor=None)
    else:
        cancel_meeting(meeting=meeting, by=None, actor=None, reason="")
    with pytest.raises(PlanOutdated) as outdated:
        publish_run(run=run, actor=None)
    assert [reason for reason, _names in outdated.value.reasons] == [happens]


def test_a_proposal_is_published_once(exchange, agreed):
    run = published(exchange)
    with pytest.raises(WrongState):
        publish_run(run=run, actor=None)
    with pytest.raises(WrongState):
        discard_run(run=run, actor=None)


def test_what_is_done_is_written_down(exchange, agreed):
    published(exchange)
    actions = set(AuditEntry.objects.filter(action__startswith="exchange.").values_list("action", flat=True))
    assert {"exchange.run_queued", "exchange.published"} <= actions
    assert AuditEntry.objects.filter(action="meeting.booked").count() == 6
