"""Meetings keep their place: moved, cancelled, marked, and never two in one place."""

import datetime as dt

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.utils import timezone

from matchmaking.errors import HasMeetings, NoCommonTime, NotComing, SlotTaken, WrongState
from matchmaking.free_time import free_time
from matchmaking.models import (
    ExchangeHours,
    Meeting,
    MeetingRequest,
    Occupation,
    OccupationKind,
    Offer,
    Slot,
)
from matchmaking.queries import clashes_with_programme, shown_contacts, timeline_of, yield_of
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask
from matchmaking.services.booking import book, cancel_meeting, move_meeting
from matchmaking.services.joining import cluster_of, join_exchange, leave_exchange, save_profile, set_own_time
from matchmaking.services.marking import give_feedback, mark_meeting, tell_late
from matchmaking.services.setting_up import remove_table, save_exchange
from matchmaking.states import MeetingState
from network.delivery import deliver_due
from network.models import Membership, OutboxMessage, Person
from network.queries import personal_data
from network.services import erase_account
from sessions_app.programme.models import Star
from sessions_app.programme.services.releasing import release_programme
from sessions_app.registration.services.registering import cancel
from tests.factories import (
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    SessionRoleFactory,
    make_exchange,
    make_open_event,
    make_participant,
    make_registration,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def exchange():
    return make_exchange()


def slots(exchange) -> list[Slot]:
    return list(exchange.slots.all())


def letters() -> list[EmailMessage]:
    """Let a worker make and send what is due; return all that was sent."""
    deliver_due()
    return mail.outbox


def meet(exchange, one=None, two=None, slot=None) -> Meeting:
    one, two = one or make_participant(exchange), two or make_participant(exchange)
    low, high = sorted([one, two], key=lambda profile: profile.pk)
    return book(low=low, high=high, request=None, slot=slot, actor=None)


def test_slots_fill_the_hours_with_their_pauses(exchange):
    zone = exchange.event.zone
    assert [f"{slot.start.astimezone(zone):%H:%M}–{slot.end.astimezone(zone):%H:%M}" for slot in slots(exchange)] == [
        "10:00–10:25", "10:30–10:55", "11:00–11:25", "11:30–11:55", "12:00–12:25", "12:30–12:55",
    ]  # fmt: skip


def test_the_database_refuses_a_second_meeting_at_a_table_and_of_a_person(exchange):
    meeting = meet(exchange, slot=slots(exchange)[0])
    one, two = make_participant(exchange), make_participant(exchange)
    with pytest.raises(IntegrityError, match=r"one_table_one_slot|table_id"), transaction.atomic():
        Meeting.objects.create(exchange=exchange, low=one, high=two, slot=meeting.slot, table=meeting.table)
    with pytest.raises(IntegrityError, match=r"one_person_one_slot|profile_id"), transaction.atomic():
        Occupation.objects.create(profile=meeting.low, slot=meeting.slot, kind=OccupationKind.OWN)


def test_adjacent_slots_are_both_allowed(exchange):
    anna = make_participant(exchange)
    meet(exchange, anna, slot=slots(exchange)[0])
    meet(exchange, anna, slot=slots(exchange)[1])
    assert anna.occupations.count() == 2


def test_moving_into_a_taken_slot_keeps_the_old_place(exchange):
    anna = make_participant(exchange)
    first, second = (
        meet(exchange, anna, slot=slots(exchange)[0]),
        meet(exchange, anna, slot=slots(exchange)[1]),
    )
    table = first.table
    with pytest.raises(SlotTaken) as refusal:
        move_meeting(meeting=first, slot=second.slot, actor=None)
    assert second.slot not in refusal.value.free
    first.refresh_from_db()
    assert (first.slot, first.table, first.state, first.sequence) == (slots(exchange)[0], table, "booked", 0)
    assert first.occupations.count() == 2


def test_a_moved_meeting_leaves_its_place_and_is_told(exchange):
    meeting = meet(exchange, slot=slots(exchange)[0])
    before = OutboxMessage.objects.count()
    move_meeting(meeting=meeting, slot=slots(exchange)[3], actor=None, by=meeting.low)
    meeting.refresh_from_db()
    assert (meeting.slot, meeting.sequence) == (slots(exchange)[3], 1)
    assert set(meeting.occupations.values_list("slot", flat=True)) == {slots(exchange)[3].pk}
    assert OutboxMessage.objects.count() == before + 1  # who moved it knows
    meet(exchange, meeting.low, slot=slots(exchange)[0])


def test_a_cancelled_meeting_frees_slot_and_table_at_once():
    exchange = make_exchange(tables=1)
    anna, boris = make_participant(exchange), make_participant(exchange)
    request = ask(sender=anna, recipient=boris, actor=None, slot=slots(exchange)[0])
    accept(request=request, by=boris, actor=None)
    with pytest.raises(SlotTaken):
        meet(exchange, slot=slots(exchange)[0])
    cancel_meeting(meeting=Meeting.objects.get(), by=anna, actor=None, reason="Ill")
    assert MeetingRequest.objects.get().state == "cancelled"
    assert meet(exchange, anna, slot=slots(exchange)[0]).table == exchange.tables.get()
    with pytest.raises(WrongState):
        cancel_meeting(meeting=Meeting.objects.get(state="cancelled"), by=anna, actor=None, reason="")


def test_the_other_side_hears_of_being_late(exchange):
    meeting = meet(exchange)
    before = OutboxMessage.objects.count()
    tell_late(meeting=meeting, by=meeting.low, minutes=10, actor=None)
    assert OutboxMessage.objects.count() == before + 1
    letter = letters()[-1]
    assert letter.to == [meeting.high.person.email]
    assert "10 minutes late" in letter.body


def test_what_came_of_it_is_each_sides_own(exchange):
    meeting = meet(exchange)
    mark_meeting(meeting=meeting, state=MeetingState.NO_SHOW, actor=None)
    mark_meeting(meeting=meeting, state=MeetingState.HELD, actor=None)
    give_feedback(meeting=meeting, by=meeting.low, rating=4, outcome="project", note="Call in May")
    give_feedback(meeting=meeting, by=meeting.low, rating=3, outcome="project", note="Call in June")
    assert meeting.feedback.get().rating == 3
    with pytest.raises(WrongState):
        give_feedback(meeting=meeting, by=make_participant(exchange), rating=1, outcome="", note="")


def test_who_speaks_is_not_free_then_and_a_later_release_frees_her(
    exchange, django_capture_on_commit_callbacks
):
    event, slot = exchange.event, slots(exchange)[2]
    anna = make_participant(exchange)
    session = SessionFactory(event=event, start=slot.start, end=slot.end)
    SessionRoleFactory(session=session, person=anna.person)
    with django_capture_on_commit_callbacks(execute=True):
        release_programme(event=event, actor=None, note="One")
    assert list(anna.occupations.values_list("slot", "kind")) == [(slot.pk, "programme")]
    with pytest.raises(SlotTaken):
        meet(exchange, anna, slot=slot)
    session.start, session.end = session.start + dt.timedelta(days=1), session.end + dt.timedelta(days=1)
    session.save()
    with django_capture_on_commit_callbacks(execute=True):
        release_programme(event=event, actor=None, note="Two")
    assert not anna.occupations.exists()


def test_a_meeting_that_a_release_runs_into_stays_and_is_named(exchange, django_capture_on_commit_callbacks):
    slot = slots(exchange)[2]
    meeting = meet(exchange, slot=slot)
    session = SessionFactory(event=exchange.event, start=slot.start, end=slot.end)
    SessionRoleFactory(session=session, person=meeting.low.person)
    with django_capture_on_commit_callbacks(execute=True):
        release_programme(event=exchange.event, actor=None, note="One")
    meeting.refresh_from_db()
    assert meeting.state == "booked"
    assert clashes_with_programme(exchange) == [(meeting.low, slot)]


def test_starred_sessions_are_kept_free_unless_she_says_so_herself(
    exchange, django_capture_on_commit_callbacks
):
    slot = slots(exchange)[0]
    session = SessionFactory(event=exchange.event, start=slot.start, end=slot.end)
    with django_capture_on_commit_callbacks(execute=True):
        release_programme(event=exchange.event, actor=None, note="One")
    anna = make_participant(exchange)
    Star.objects.create(person=anna.person, session=session)
    assert slot not in free_time(exchange, [anna]).of(anna)
    assert meet(exchange, anna).slot != slot  # any time
    assert meet(exchange, anna, slot=slot).slot == slot  # named
    boris = make_participant(exchange, keeps_starred_free=False)
    Star.objects.create(person=boris.person, session=session)
    assert slot in free_time(exchange, [boris]).of(boris)


def test_own_time_is_kept_and_meetings_stay(exchange):
    anna = make_participant(exchange)
    meeting = meet(exchange, anna, slot=slots(exchange)[0])
    kept = set_own_time(profile=anna, busy=[slots(exchange)[0].pk, slots(exchange)[1].pk], actor=None)
    assert kept == [meeting.slot]
    assert dict(anna.occupations.values_list("slot", "kind")) == {
        slots(exchange)[0].pk: "meeting", slots(exchange)[1].pk: "own",
    }  # fmt: skip
    set_own_time(profile=anna, busy=[], actor=None)
    assert anna.occupations.count() == 1


def test_a_day_has_no_more_meetings_than_wanted(exchange):
    anna = make_participant(exchange, meetings_a_day=2)
    meet(exchange, anna), meet(exchange, anna)
    with pytest.raises(NoCommonTime):
        meet(exchange, anna)


def test_slots_that_have_begun_take_no_meeting(exchange):
    anna, boris = make_participant(exchange), make_participant(exchange)
    with pytest.raises(NoCommonTime):
        book(low=anna, high=boris, request=None, slot=None, actor=None, now=slots(exchange)[-1].start)


def test_a_step_free_table_is_given_to_who_needs_it():
    exchange = make_exchange(tables=3)
    exchange.tables.filter(number__lt=3).update(step_free=False)
    meeting = meet(exchange, make_participant(exchange, needs_step_free=True))
    assert meeting.table.number == 3


def test_on_line_when_one_side_is_remote():
    exchange = make_exchange(tables=0, room_link="https://rooms.example/{code}")
    meeting = meet(exchange, make_participant(exchange, is_remote=True))
    assert (meeting.is_online, meeting.table) == (True, None)
    assert f"https://rooms.example/{meeting.code}" in letters()[0].body


def test_hours_cannot_be_taken_away_from_under_meetings(exchange):
    meet(exchange, slot=slots(exchange)[5])
    date = exchange.event.days.first().date
    with pytest.raises(HasMeetings):
        save_exchange(
            exchange=exchange,
            hours=[ExchangeHours(date=date, opens=dt.time(10), closes=dt.time(12))],
            actor=None,
        )
    assert exchange.slots.count() == 6
    save_exchange(
        exchange=exchange, actor=None,
        hours=[ExchangeHours(date=date, opens=dt.time(12, 30), closes=dt.time(14))],
    )  # fmt: skip
    assert [slot.pk for slot in slots(exchange)][:1] == [Meeting.objects.get().slot_id]


def test_a_table_with_meetings_stays():
    exchange = make_exchange(tables=1)
    meeting = meet(exchange)
    with pytest.raises(HasMeetings):
        remove_table(table=meeting.table, actor=None)
    cancel_meeting(meeting=meeting, by=None, actor=None, reason="")
    remove_table(table=meeting.table, actor=None)
    assert not exchange.tables.exists()


def test_a_confirmed_registration_fills_the_profile():
    event, category = make_open_event()
    exchange = make_exchange(event)
    cluster, company = (
        OrganisationFactory(kind="cluster"),
        OrganisationFactory(kind="company", region="RU-TOM"),
    )
    Membership.objects.create(parent=cluster, member=company)
    registration = make_registration(
        event, category, organisation=company, organisation_name="Company", post="Head"
    )
    profile = join_exchange(exchange=exchange, person=registration.person, actor=registration.person)
    assert (profile.name, profile.post, profile.organisation_name) == (registration.name, "Head", "Company")
    assert (profile.cluster, profile.region, profile.state) == (cluster, "RU-TOM", "draft")
    assert cluster_of(cluster) == cluster
    save_profile(profile=profile, actor=registration.person)
    assert profile.state == "shown"
    with pytest.raises(NotComing):
        join_exchange(exchange=exchange, person=PersonFactory(), actor=None)


def test_who_does_not_come_leaves_the_exchange_and_partners_hear_of_it():
    event, category = make_open_event()
    exchange = make_exchange(event)
    registration = make_registration(event, category)
    profile = join_exchange(exchange=exchange, person=registration.person, actor=None)
    save_profile(profile=profile, actor=None)
    meeting = meet(exchange, profile)
    cancel(registration=registration, actor=registration.person)
    meeting.refresh_from_db()
    profile.refresh_from_db()
    assert (meeting.state, profile.state) == ("cancelled", "left")
    told = [letter for letter in letters() if letter.to == [meeting.other(profile).person.email]]
    assert [letter.subject.split(":")[0] for letter in told] == [
        "Cancelled"
    ]  # and none of a meeting that is no more


def test_data_of_a_person_can_be_read_and_are_gone_when_she_is_erased(exchange):
    anna = make_participant(exchange, offers="Casting", needs="Sensors")
    meeting = meet(exchange, anna)
    data = personal_data(anna.person)
    assert data["exchange_profiles"][0]["meetings"][0]["with"] == meeting.other(anna).name
    assert {one["text"] for one in data["offers"]} == {"Casting", "Sensors"}
    erase_account(person=anna.person)
    assert not Offer.objects.exists()
    assert not Occupation.objects.exists()
    assert Person.objects.get(pk=anna.person_id).email is None


def test_contacts_are_shown_after_a_meeting_is_agreed_and_by_consent(exchange):
    anna = make_participant(exchange)
    boris = make_participant(exchange, shares_contact=True)
    shy = make_participant(exchange)
    assert shown_contacts(anna, [boris, shy]) == {}
    meeting = meet(exchange, anna, boris)
    meet(exchange, anna, shy)
    assert shown_contacts(anna, [boris, shy]) == {boris.pk: boris.person.email}
    cancel_meeting(meeting=meeting, by=None, actor=None, reason="")
    assert shown_contacts(anna, [boris]) == {}


def test_the_day_shows_what_is_when(exchange):
    anna = make_participant(exchange)
    meeting = meet(exchange, anna, slot=slots(exchange)[1])
    set_own_time(profile=anna, busy=[slots(exchange)[2].pk], actor=None)
    (day,) = timeline_of(anna)
    assert [row.kind for row in day.rows] == ["", "meeting", "own", "", "", ""]
    assert day.rows[1].meeting == meeting
    (later,) = timeline_of(anna, now=timezone.now() + dt.timedelta(days=60))
    assert all(row.is_past for row in later.rows)


def test_the_numbers_add_up(exchange):
    meeting = meet(exchange)
    make_participant(exchange)
    mark_meeting(meeting=meeting, state=MeetingState.HELD, actor=None)
    numbers = yield_of(exchange)
    assert (numbers.planned, numbers.held, numbers.participants, numbers.without_meeting) == (1, 1, 3, 1)


def test_leaving_twice_changes_nothing(exchange):
    anna = make_participant(exchange)
    leave_exchange(profile=anna, actor=None)
    leave_exchange(profile=anna, actor=None)
    anna.refresh_from_db()
    assert anna.state == "left"
