"""The demo's registrations: believable, and as consistent as those that people make by themselves."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone

from cms.demo import loading
from cms.demo.attendees import attendees
from cms.demo.content import FORUM
from cms.demo.exchange import LOGIN
from cms.demo.lively import WAITING, happen
from matchmaking.models import Exchange, ExchangeProfile, Meeting, MeetingRequest, Offer
from matchmaking.queries import inbox_of, timeline_of
from matchmaking.states import MEETING_LIVE
from network.models import Person
from sessions_app.events.models import Event
from sessions_app.registration.delegation_queries import checked, state_counts_of
from sessions_app.registration.models import (
    Answer,
    Category,
    Choice,
    Delegation,
    Invitation,
    Quota,
    Registration,
    RegistrationSettings,
    WaitingEntry,
)
from sessions_app.registration.queries import answers_of, find_invitation, is_asked, opening, questions_of
from sessions_app.registration.states import HOLDING, State

NOW = timezone.now()


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Load the demo once for the tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        loading.load_demo(now=NOW)
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


def event(slug: str = FORUM) -> Event:
    return Event.objects.get(slug=slug)


def test_every_quota_counts_just_the_places_that_are_held() -> None:
    for quota in Quota.objects.all():
        assert quota.taken == quota.places.count() <= quota.size, quota
    for category in Category.objects.select_related("quota"):
        holding = Registration.objects.filter(category__quota=category.quota, state__in=sorted(HOLDING))
        assert set(holding.values_list("pk", flat=True)) == set(
            category.quota.places.values_list("registration", flat=True)
        ), category


def test_answers_with_places_are_held_by_those_who_gave_them() -> None:
    choice = Choice.objects.get(question__event__slug=FORUM, quota__isnull=False)
    live = Registration.objects.filter(answers__question=choice.question, answers__value=choice.key).exclude(
        state__in=[State.DRAFT, State.CANCELLED, State.DECLINED]
    )
    assert (choice.quota.size, choice.quota.taken) == (40, 37)
    assert set(live) == {place.registration for place in choice.quota.places.all()}


def test_sessions_with_limited_seats_have_sign_ups_that_do_not_clash() -> None:
    quotas = Quota.objects.filter(event__slug=FORUM, session__isnull=False).select_related("session")
    assert len(quotas) >= 8
    assert max(quota.taken / quota.size for quota in quotas) == 1
    spans: dict[int, list[tuple[dt.datetime, dt.datetime]]] = {}
    for quota in quotas:
        for place in quota.places.all():
            spans.setdefault(place.registration_id, []).append((quota.session.start, quota.session.end))
    for own in spans.values():
        own.sort()
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(own))


def test_waiting_lists_are_numbered_in_the_order_in_which_people_came() -> None:
    entries = list(WaitingEntry.objects.filter(quota__event__slug=FORUM).select_related("registration"))
    assert [entry.number for entry in entries] == list(range(1, 35))
    assert entries.pop().delegation is not None
    assert Counter(entry.state for entry in entries) == {"offered": 2, "waiting": 31}
    waiting = [entry.entered_at for entry in entries if entry.state == "waiting"]
    assert waiting == sorted(waiting)
    assert Quota.objects.get(pk=entries[0].quota_id).last_number == 34


def test_the_forum_shows_every_state_and_every_way_in() -> None:
    registrations = Registration.objects.filter(event__slug=FORUM)
    assert registrations.filter(delegation=None).count() == 400
    assert set(registrations.values_list("state", flat=True)) == set(State)
    assert opening(RegistrationSettings.objects.get(event__slug=FORUM), now=NOW).is_open
    categories = Category.objects.filter(event__slug=FORUM)
    assert {category.entry for category in categories} == {"automatic", "approval"}
    assert {category.visibility for category in categories} == {"public", "code"}
    full = categories.get(slug="student").quota
    assert full.free == 0


def test_people_came_over_weeks_and_nobody_in_the_future() -> None:
    sent = Registration.objects.filter(event__slug=FORUM, submitted_at__isnull=False)
    days = set(sent.values_list("submitted_at__date", flat=True))
    assert len(days) > 25
    assert not sent.filter(submitted_at__gt=NOW).exists()
    assert not sent.filter(confirmed_at__gt=NOW).exists()
    assert len({(person.name, person.email) for person in attendees(400)}) == 400


def test_people_answered_what_they_were_asked() -> None:
    questions = {question.key: question for question in questions_of(event())}
    assert len(questions) == 13
    for registration in Registration.objects.filter(event__slug=FORUM).select_related("category")[:60]:
        answers = answers_of(registration)
        for key in answers:
            assert is_asked(questions[key], registration.category, answers), (registration, key)
    assert set(Answer.objects.values_list("question__kind", flat=True)) == {
        question.kind for question in questions.values()
    } - {"file"}


def test_guests_came_by_invitations_and_others_still_open() -> None:
    guests = Registration.objects.filter(event__slug=FORUM, category__slug="guest")
    assert all(guest.invitation and guest.invitation.used == 1 for guest in guests)
    invitation = Invitation.objects.get(event__slug=FORUM, max_uses=10)
    assert find_invitation(event(), invitation.code) == invitation
    assert len(invitation.code) >= 8


def test_a_delegation_is_half_finished_and_another_waits_for_all_its_places() -> None:
    head = Person.objects.get(email="attendee@plenum.example")
    half, group = Delegation.objects.filter(head=head, event__slug=FORUM).order_by("pk")
    assert state_counts_of([half])[half.pk] == {"confirmed": 3, "invited": 2, "": 4}
    codes = [[fault.code for fault in row.faults] for row in checked(half)]
    assert codes == [[], ["bad_email"], ["no_name"], ["repeated"]]
    assert state_counts_of([group])[group.pk] == {"waiting": 2}


def test_the_strategic_session_is_over_and_everybody_came() -> None:
    past = event("strategic-session-2018")
    assert opening(RegistrationSettings.objects.get(event=past), now=NOW).state == "after"
    states = set(Registration.objects.filter(event=past).values_list("state", flat=True))
    assert states == {State.CONFIRMED}


def test_registration_follows_the_forum_to_today() -> None:
    later = NOW + dt.timedelta(days=30)
    newest = Registration.objects.filter(event__slug=FORUM, submitted_at__isnull=False).latest("submitted_at")
    loading.bring_forum_to_today(now=later)
    moved = Registration.objects.get(pk=newest.pk)
    assert moved.submitted_at == newest.submitted_at + dt.timedelta(days=30)
    assert opening(RegistrationSettings.objects.get(event__slug=FORUM), now=later).is_open
    assert not loading.forum_was_changed()


def test_nobody_is_in_two_places_and_every_meeting_has_a_table():
    meetings = Meeting.objects.filter(state__in=sorted(MEETING_LIVE)).select_related("low", "high")
    people = Counter((person, one.slot_id) for one in meetings for person in (one.low_id, one.high_id))
    tables = Counter((one.table_id, one.slot_id) for one in meetings)
    assert len(meetings) > 700
    assert max(people.values()) == max(tables.values()) == 1
    assert all(one.low.cluster_id != one.high.cluster_id for one in meetings)
    assert all(
        set(one.occupations.values_list("profile", flat=True)) == {one.low_id, one.high_id}
        for one in meetings[:50]
    )


def test_the_forums_exchange_is_live_and_the_past_one_over():
    phases = dict(Exchange.objects.values_list("event__slug", "phase"))
    assert phases == {"cluster-forum": "live", "strategic-session-2018": "over"}
    past = Event.objects.get(slug="strategic-session-2018").exchange
    assert not past.requests.filter(state="pending").exists()
    assert not past.meetings.filter(state="booked").exists()
    assert Offer.objects.filter(event=past.event).count() >= 200


def test_the_log_in_finds_meetings_questions_and_answers():
    me = ExchangeProfile.objects.get(person__email=LOGIN, exchange__event__slug="cluster-forum")
    boxes = inbox_of(me, now=NOW)
    assert all((boxes.to_answer, boxes.waiting, boxes.agreed))
    kinds = Counter(row.kind for day in timeline_of(me, now=NOW) for row in day.rows)
    assert kinds["meeting"] >= 3
    assert kinds[""] >= 1


def test_a_lively_demo_asks_and_answers_by_the_rules_and_leaves_the_log_in_in_peace() -> None:
    rolls = random.Random(4)
    login = ExchangeProfile.objects.get(person__email=LOGIN, exchange__event__slug=FORUM)
    before = MeetingRequest.objects.filter(exchange=login.exchange).count()
    done = Counter(happen(rolls) for _time in range(60))
    assert set(done) <= {"asked", "accepted", "declined", ""}
    assert min(done["asked"], done["accepted"], done["declined"]) >= 1
    assert MeetingRequest.objects.filter(exchange=login.exchange).count() == before + done["asked"]
    waiting = MeetingRequest.objects.filter(turn=login, state="pending", expires_at__gt=timezone.now())
    assert waiting.count() >= 1
    asked_now = waiting.filter(asked_at__gt=NOW).count()
    assert asked_now <= WAITING
    # What she is asked stays hers to answer.
    assert not MeetingRequest.objects.filter(recipient=login, state="accepted", asked_at__gt=NOW).exists()


def test_a_lively_demo_without_an_exchange_does_nothing() -> None:
    Exchange.objects.filter(event__slug=FORUM).delete()
    assert happen(random.Random(1)) == ""
