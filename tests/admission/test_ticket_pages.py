"""A person's ticket: hers alone, large enough to scan, and a calendar of the event's days."""

import pytest
from icalendar import Calendar

from sessions_app.admission.queries import valid_ticket
from sessions_app.admission.services.ticketing import block_ticket
from sessions_app.programme.services.releasing import release_programme
from sessions_app.programme.services.starring import star_session
from sessions_app.registration.services.registering import cancel
from tests.factories import PersonFactory, SessionFactory, make_open_event, make_registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(client):
    event, category = make_open_event()
    registration = make_registration(event, category, name="Анна Иванова")
    client.force_login(registration.person)
    return registration


def page(client, registration, more=""):
    return client.get(f"/en/me/tickets/{registration.code}/{more}")


def test_the_ticket_shows_code_name_and_characters_to_read_out(client, ticket):
    shown = page(client, ticket)
    text = shown.content.decode()
    assert shown.status_code == 200
    assert "<svg" in text
    assert "Анна Иванова" in text
    assert f"{ticket.code[:5]} {ticket.code[5:]}" in text
    assert "no-store" in shown["Cache-Control"]


def test_nobody_else_sees_it(client, ticket):
    client.force_login(PersonFactory())
    assert page(client, ticket).status_code == 404
    assert page(client, ticket, "ticket.ics").status_code == 404
    client.logout()
    assert page(client, ticket).status_code == 302


def test_a_blocked_or_cancelled_ticket_says_so_and_has_no_code(client, ticket):
    block_ticket(ticket=valid_ticket(ticket), actor=None, reason="Ask at the desk")
    shown = page(client, ticket).content.decode()
    assert "Ask at the desk" in shown
    assert "QR code of the ticket" not in shown
    cancel(registration=ticket, actor=None)
    assert "QR code of the ticket" not in page(client, ticket).content.decode()


def test_the_next_starred_session_stands_under_it(client, ticket):
    event = ticket.event
    start = event.days.first().date
    import datetime as dt

    session = SessionFactory(
        event=event, title_en="Opening", start=dt.datetime.combine(start, dt.time(10), event.zone)
    )
    release_programme(event=event, actor=None, note="First")
    star_session(person=ticket.person, event=event, code=session.code)
    assert "Opening" in page(client, ticket).content.decode()


def test_the_calendar_holds_each_day_once_and_cancels(client, ticket):
    answer = page(client, ticket, "ticket.ics")
    days = list(Calendar.from_ical(answer.content).walk("VEVENT"))
    assert [day["DTSTART"].dt.date() for day in days] == [day.date for day in ticket.event.days.all()]
    assert {str(day["STATUS"]) for day in days} == {"CONFIRMED"}
    assert b"BEGIN:VTIMEZONE" in answer.content
    cancel(registration=ticket, actor=None)
    assert b"STATUS:CANCELLED" in page(client, ticket, "ticket.ics").content


def test_the_page_needs_few_queries(client, ticket, django_assert_max_num_queries):
    page(client, ticket)
    with django_assert_max_num_queries(20):
        page(client, ticket)
