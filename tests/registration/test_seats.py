"""Sign-up for sessions with limited seats."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from network.models import OutboxMessage
from sessions_app.programme.agenda_calendar import Appointment
from sessions_app.programme.models import Session, Star
from sessions_app.programme.services.releasing import release_programme
from sessions_app.programme.signals import appointments_asked
from sessions_app.registration.errors import NoSeats, WrongState
from sessions_app.registration.links import status_path
from sessions_app.registration.models import Quota
from sessions_app.registration.seat_queries import own_seats, seat_rows
from sessions_app.registration.services.registering import cancel
from sessions_app.registration.services.seats import give_up_seat, sign_up
from tests.factories import (
    MOSCOW,
    PersonFactory,
    SessionFactory,
    SessionRoleFactory,
    make_category,
    make_open_event,
    make_registration,
)

pytestmark = pytest.mark.django_db


def make_programme(*, seats=(1,), overlapping=False):
    """Return a released event with confirmed registrations to be made, and its sessions with seats."""
    event, category = make_open_event()
    first = event.days.first().date
    sessions = []
    for number, limit in enumerate(seats):
        start = dt.datetime.combine(first, dt.time(10 if overlapping else 10 + number), MOSCOW)
        sessions.append(
            SessionFactory(
                event=event, number=number + 1, seats=limit, start=start, end=start + dt.timedelta(hours=1)
            )
        )
    release_programme(event=event, actor=None, note="First")
    return event, category, sessions


def test_seats_are_a_promise_and_the_rest_wait_in_order():
    event, category, (session,) = make_programme(seats=(1,))
    people = [make_registration(event, category) for _turn in range(3)]
    assert [sign_up(registration=one, code=session.code, actor=one.person) for one in people] == [
        True,
        False,
        False,
    ]
    assert sign_up(registration=people[0], code=session.code, actor=people[0].person)  # twice is once
    assert [own_seats(one)[session.code] for one in people] == [0, 1, 2]
    quota = Quota.objects.get(session=session)
    assert (quota.size, quota.taken, quota.places.count()) == (1, 1, 1)


def test_a_seat_given_back_goes_to_the_first_who_waits_with_a_letter():
    event, category, (session,) = make_programme(seats=(1,))
    first, second = make_registration(event, category), make_registration(event, category)
    for one in (first, second):
        sign_up(registration=one, code=session.code, actor=one.person)
    before = OutboxMessage.objects.count()
    give_up_seat(registration=first, code=session.code, actor=first.person)
    assert own_seats(first) == {}
    assert own_seats(second) == {session.code: 0}
    assert OutboxMessage.objects.count() == before + 1


def test_who_cancels_the_event_gives_her_seats_back():
    event, category, (session,) = make_programme(seats=(1,))
    first, second = make_registration(event, category), make_registration(event, category)
    for one in (first, second):
        sign_up(registration=one, code=session.code, actor=one.person)
    cancel(registration=first, actor=first.person)
    assert own_seats(second) == {session.code: 0}


def test_the_seats_follow_the_release_but_never_fall_below_what_is_taken():
    event, category, (session,) = make_programme(seats=(2,))
    people = [make_registration(event, category) for _turn in range(4)]
    for one in people[:2]:
        sign_up(registration=one, code=session.code, actor=one.person)
    Session.objects.filter(pk=session.pk).update(seats=1)
    release_programme(event=event, actor=None, note="Fewer")
    assert not sign_up(registration=people[2], code=session.code, actor=people[2].person)
    assert Quota.objects.get(session=session).size == 2
    Session.objects.filter(pk=session.pk).update(seats=3)
    release_programme(event=event, actor=None, note="More")
    assert not sign_up(registration=people[3], code=session.code, actor=people[3].person)
    assert [own_seats(one).get(session.code) for one in people] == [0, 0, 0, 1]


def test_only_confirmed_people_sign_up_and_only_for_limited_sessions_to_come():
    event, category, (session,) = make_programme(seats=(1,))
    pending = make_registration(event, make_category(event, entry="approval"))
    with pytest.raises(WrongState):
        sign_up(registration=pending, code=session.code, actor=pending.person)
    confirmed = make_registration(event, category)
    with pytest.raises(NoSeats):
        sign_up(
            registration=confirmed, code=session.code, actor=None, now=timezone.now() + dt.timedelta(days=60)
        )
    _other_event, _category, (elsewhere,) = make_programme(seats=(1,))
    if elsewhere.code != session.code:
        with pytest.raises(NoSeats):
            sign_up(registration=confirmed, code=elsewhere.code, actor=None)
    assert not Quota.objects.filter(session__isnull=False).exists()


def test_clashes_with_stars_and_other_sign_ups_are_named():
    event, category, (one, two, three) = make_programme(seats=(5, 5, 5), overlapping=True)
    registration = make_registration(event, category)
    sign_up(registration=registration, code=one.code, actor=registration.person)
    Star.objects.create(person=registration.person, session=three)
    rows = {row.code: row for row in seat_rows(registration, registration.person)}
    assert one.title_en in rows[two.code].clash
    assert three.title_en in rows[two.code].clash
    assert two.title_en not in rows[one.code].clash
    assert three.title_en not in {r.code: r for r in seat_rows(registration, PersonFactory())}[two.code].clash


@pytest.mark.parametrize("back", ["status", "sessions"])
def test_signing_up_and_back_out_on_the_page(client, back):
    event, category, (session,) = make_programme(seats=(1,))
    registration = make_registration(event, category)
    client.force_login(registration.person)
    page = client.get(f"/en/events/{event.slug}/registration/sessions/").content.decode()
    assert "1 place left" in page
    address = f"{status_path(registration)}sessions/{session.code}/"
    answer = client.post(address, {"do": "in", "back": back}, follow=True)
    assert "You have a seat" in answer.content.decode()
    assert own_seats(registration) == {session.code: 0}
    client.post(address, {"do": "out", "back": back})
    assert own_seats(registration) == {}


def test_the_page_asks_to_sign_in_and_to_register(client):
    event, _category, _sessions = make_programme()
    address = f"/en/events/{event.slug}/registration/sessions/"
    assert "/account/login/" in client.get(address)["Location"]
    client.force_login(PersonFactory())
    assert "Register for the event first" in client.get(address).content.decode()
    event.is_public = False
    event.save()
    assert client.get(address).status_code == 404


def test_a_sessions_page_fetches_its_places_and_stays_the_same_for_all(client):
    event, category, (session,) = make_programme(seats=(1,))
    registration = make_registration(event, category)
    page = f"/en/events/{event.slug}/sessions/{session.code}/"
    part = f"/en/events/{event.slug}/registration/sessions/{session.code}/places/"
    assert f'hx-get="{part}"' in client.get(page).content.decode()
    assert "1 place left" in client.get(part).content.decode()
    sign_up(registration=registration, code=session.code, actor=None)
    assert "full, waiting list" in client.get(part).content.decode()
    own = Client()
    own.force_login(registration.person)
    assert "You have a seat" in own.get(part).content.decode()
    assert "You have a seat" not in client.get(page).content.decode()
    assert client.get(part.replace(session.code, "ZZZZZZ")).status_code == 404


def test_more_sessions_need_no_more_queries():
    counts = []
    for seats in ((5,), (5, 5, 5)):
        event, category, _sessions = make_programme(seats=seats)
        registration = make_registration(event, category)
        with CaptureQueriesContext(connection) as captured:
            assert len(seat_rows(registration, registration.person)) == len(seats)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_session_of_an_event_without_registration_offers_no_sign_up(client):
    event, _category, (session,) = make_programme(seats=(4,))
    address = f"/en/events/{event.slug}/registration/sessions/{session.code}/places/"
    assert client.get(address).content.strip()
    event.registration.delete()
    answer = client.get(address)
    assert (answer.status_code, answer.content) == (200, b"")


def test_clashes_with_sessions_in_which_she_appears_and_with_meetings_are_named():
    event, category, (one, two) = make_programme(seats=(5, None), overlapping=True)
    registration = make_registration(event, category)
    SessionRoleFactory(session=two, person=registration.person)
    release_programme(event=event, actor=None, note="Second")
    (row,) = seat_rows(registration, registration.person)
    assert two.title_en in row.clash

    def meeting(person, **_more):
        common = {
            "zone": "Europe/Moscow",
            "sequence": 0,
            "changed_at": one.start,
            "title": "Meeting with Vera",
        }
        return [
            Appointment(key="m", start=one.start, end=one.start + dt.timedelta(minutes=20), **common),
            Appointment(key="n", start=one.end, end=one.end + dt.timedelta(hours=1), **common),
        ]

    appointments_asked.connect(meeting)
    try:
        (row,) = seat_rows(registration, registration.person)
    finally:
        appointments_asked.disconnect(meeting)
    assert row.clash.endswith(". Overlaps with “Meeting with Vera”, 10:00–10:20")
    assert seat_rows(registration, PersonFactory())[0].clash == ""


def test_seats_that_a_release_adds_go_to_those_who_wait(django_capture_on_commit_callbacks):
    event, category, (session,) = make_programme(seats=(1,))
    people = [make_registration(event, category) for _turn in range(3)]
    for one in people:
        sign_up(registration=one, code=session.code, actor=one.person)
    Session.objects.filter(pk=session.pk).update(seats=2)
    with django_capture_on_commit_callbacks(execute=True):
        release_programme(event=event, actor=None, note="More seats")
    assert [own_seats(one)[session.code] for one in people] == [0, 0, 1]
    assert OutboxMessage.objects.filter(key__contains=f"{people[1].pk}:session").exists()
