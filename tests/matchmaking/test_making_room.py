"""When all seems full, one other meeting makes room: its people are told, and nothing else changes."""

import datetime as dt

import pytest
from django.core import mail

from matchmaking.errors import NoCommonTime
from matchmaking.models import Exchange, Meeting, MeetingRequest, Table
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask
from matchmaking.services.booking import book
from matchmaking.services.joining import set_own_time
from matchmaking.services.marking import pin_meetings
from matchmaking.states import MeetingState
from network.delivery import deliver_due
from network.models import AuditEntry
from tests.factories import make_exchange, make_participant

pytestmark = pytest.mark.django_db


@pytest.fixture
def exchange():
    return make_exchange(tables=1)


@pytest.fixture
def slots(exchange):
    return list(exchange.slots.all())


def only_in(profile, *wanted):
    """Let the participant have these slots only."""
    busy = [slot.pk for slot in profile.exchange.slots.all() if slot not in wanted]
    set_own_time(profile=profile, busy=busy, actor=None)
    return profile


def meet(one, two, slot=None, request=None):
    low, high = sorted([one, two], key=lambda profile: profile.pk)
    return book(low=low, high=high, request=request, slot=slot, actor=None)


def test_a_meeting_at_any_time_goes_elsewhere_and_its_people_hear_why(exchange, slots):
    anna, boris = make_participant(exchange), make_participant(exchange)
    other = meet(anna, boris, slots[0])
    clara = only_in(make_participant(exchange), slots[0])
    made = meet(clara, make_participant(exchange))
    other.refresh_from_db()
    assert made.slot == slots[0]
    assert other.slot != slots[0]
    assert {one.slot_id for one in other.occupations.all()} == {other.slot_id}
    assert other.sequence == 1
    assert AuditEntry.objects.filter(action="meeting.made_room", object_id=str(other.pk)).exists()
    deliver_due()
    told = {letter.to[0] for letter in mail.outbox if "to make room for a meeting" in letter.body}
    assert told == {anna.person.email, boris.person.email}


def test_ones_own_other_meeting_can_be_what_moves(exchange, slots):
    anna, boris, clara = (make_participant(exchange) for _ in range(3))
    other = meet(anna, boris, slots[0])
    made = meet(anna, only_in(clara, slots[0]))
    other.refresh_from_db()
    assert made.slot == slots[0]
    assert other.slot != slots[0]


@pytest.mark.parametrize(
    "why", ["pinned", "agreed time", "begins soon", "people not free elsewhere", "has begun", "switched off"]
)
def test_what_must_not_move_stays_and_nothing_is_written(exchange, slots, why, monkeypatch):
    anna, boris = make_participant(exchange), make_participant(exchange)
    request = None
    if why == "agreed time":
        request = accept(
            request=ask(sender=anna, recipient=boris, actor=None, slot=slots[0]), by=boris, actor=None
        )
        other = Meeting.objects.get(request=request)
    else:
        other = meet(anna, boris, slots[0])
    now = None
    if why == "pinned":
        pin_meetings(meetings=[other], is_pinned=True, actor=None)
    elif why == "begins soon":
        now = slots[0].start - dt.timedelta(minutes=20)
    elif why == "switched off":
        Exchange.objects.update(makes_room=False)
    elif why == "has begun":
        now = slots[0].start
    elif why == "people not free elsewhere":
        only_in(anna, slots[0])
    clara, doris = only_in(make_participant(exchange), slots[0]), make_participant(exchange)
    low, high = sorted([clara, doris], key=lambda profile: profile.pk)
    with pytest.raises(NoCommonTime):
        book(low=low, high=high, request=None, slot=None, actor=None, now=now)
    assert list(Meeting.objects.all()) == [other]
    other.refresh_from_db()
    assert (other.slot, other.sequence) == (slots[0], 0)


@pytest.mark.parametrize(("settled", "is_moved"), [(90, False), (30, True)])
def test_the_exchange_says_how_long_before_it_begins_a_meeting_stays(exchange, slots, settled, is_moved):
    Exchange.objects.update(settled_minutes=settled)
    other = meet(make_participant(exchange), make_participant(exchange), slots[0])
    clara, doris = only_in(make_participant(exchange), slots[0]), make_participant(exchange)
    low, high = sorted([clara, doris], key=lambda profile: profile.pk)
    now = slots[0].start - dt.timedelta(minutes=60)
    if is_moved:
        book(low=low, high=high, request=None, slot=None, actor=None, now=now)
    else:
        with pytest.raises(NoCommonTime):
            book(low=low, high=high, request=None, slot=None, actor=None, now=now)
    other.refresh_from_db()
    assert (other.slot != slots[0]) is is_moved


def test_an_agreed_time_still_lets_the_table_change(exchange, slots):
    Table.objects.filter(exchange=exchange).update(step_free=True)
    Table.objects.create(exchange=exchange, number=2, step_free=False)
    anna, boris = make_participant(exchange), make_participant(exchange)
    asked = ask(sender=anna, recipient=boris, actor=None, slot=slots[0])
    accept(request=asked, by=boris, actor=None)
    Meeting.objects.update(table=Table.objects.get(exchange=exchange, number=1))
    wheels = only_in(make_participant(exchange, needs_step_free=True), slots[0])
    made = meet(wheels, make_participant(exchange))
    other = Meeting.objects.exclude(pk=made.pk).get()
    assert (other.slot, other.table.number) == (slots[0], 2)
    assert (made.slot, made.table.number) == (slots[0], 1)


def test_nobody_is_moved_while_there_is_a_place_or_for_a_named_time(exchange, slots):
    anna, boris = make_participant(exchange), make_participant(exchange)
    other = meet(anna, boris, slots[0])
    meet(make_participant(exchange), make_participant(exchange))
    other.refresh_from_db()
    assert (other.slot, other.sequence) == (slots[0], 0)


def test_a_yes_by_mail_finds_its_place_so_too(exchange, slots):
    anna, boris = make_participant(exchange), make_participant(exchange)
    meet(anna, boris, slots[0])
    clara, doris = only_in(make_participant(exchange), slots[0]), make_participant(exchange)
    asked = ask(sender=clara, recipient=doris, actor=None)
    accept(request=asked, by=doris, actor=None)
    made = Meeting.objects.get(request=asked)
    assert (made.slot, made.state) == (slots[0], MeetingState.BOOKED)
    assert MeetingRequest.objects.get().state == "accepted"


def test_a_named_table_is_not_changed_for_another(exchange, slots):
    named = Table.objects.get(exchange=exchange)
    other = Table.objects.create(exchange=exchange, number=2)
    anna, boris = make_participant(exchange), make_participant(exchange)
    low, high = sorted([anna, boris], key=lambda profile: profile.pk)
    for slot in slots:  # the named table is taken throughout, the other one is free
        one, two = make_participant(exchange), make_participant(exchange)
        book(low=one, high=two, request=None, slot=slot, actor=None, table=named)
    with pytest.raises(NoCommonTime):
        book(low=low, high=high, request=None, slot=None, actor=None, table=named)
    assert not Meeting.objects.filter(table=other).exists()
