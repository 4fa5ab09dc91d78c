"""Answering, one's day and one's meetings, as the pages do it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from matchmaking.models import (
    ExchangeProfile,
    Feedback,
    Meeting,
    MeetingRequest,
)
from matchmaking.services.asking import ask, decline
from matchmaking.services.joining import leave_exchange
from matchmaking.services.setting_up import set_phase
from matchmaking.states import Phase
from tests.factories import (
    make_participant,
    make_registration,
)
from tests.matchmaking.visiting import at, begun, client_of, met, text_of

pytestmark = pytest.mark.django_db


def test_the_inbox_says_what_to_answer_first_and_until_when(exchange, anna, boris):
    late = ask(sender=boris, recipient=anna, actor=None)
    soon = ask(sender=make_participant(exchange, name="Soon"), recipient=anna, actor=None)
    MeetingRequest.objects.filter(pk=soon.pk).update(
        expires_at=timezone.now() + dt.timedelta(hours=2, minutes=1)
    )
    ask(sender=anna, recipient=make_participant(exchange, name="Waits"), actor=None)
    gone = ask(sender=make_participant(exchange, name="Gone"), recipient=anna, actor=None)
    decline(request=gone, by=anna, actor=None, reason="topic")
    page = client_of(anna).get(at(exchange, "requests"))
    words = text_of(page)
    order = [
        words.index(text) for text in ("Answer these first", "Soon", "Boris", "You wait", "Waits", "Gone")
    ]
    assert order == sorted(order)
    assert "2 hours left" in words.replace("\xa0", " ")
    assert late.code in page.content.decode()


def test_accepting_is_one_button_and_shows_the_table(exchange, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None, slot=exchange.slots.all()[1])
    answer = client_of(anna).post(at(exchange, "request", made.code), {"do": "accept"})
    assert answer.headers["Location"] == at(exchange, "mine")
    meeting = Meeting.objects.get()
    page = client_of(anna).get(at(exchange, "mine")).content.decode()
    assert f'place__number">{meeting.table.number}<' in page


def test_accepting_a_taken_time_offers_others_and_keeps_the_request(exchange, anna, boris):
    slot, *others = exchange.slots.all()
    made = ask(sender=boris, recipient=anna, actor=None, slot=slot)
    met(boris, make_participant(exchange), slot=slot)
    page = client_of(anna).post(at(exchange, "request", made.code), {"do": "accept"})
    assert page.status_code == 409
    assert f"{others[0].start.astimezone(exchange.event.zone):%H:%M}" in text_of(page)
    made.refresh_from_db()
    assert made.state == "pending"


def test_another_time_gives_the_turn_to_the_other_side(exchange, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None)
    slot = exchange.slots.last()
    busy = exchange.slots.first()
    met(boris, make_participant(exchange), slot=busy)
    page = client_of(anna).get(f"{at(exchange, 'request', made.code)}?open=other")
    assert "the other side is busy" in text_of(page)
    client_of(anna).post(at(exchange, "request", made.code), {"do": "other", "slot": slot.pk})
    made.refresh_from_db()
    assert (made.turn, made.slot) == (boris, slot)
    assert "Proposes another time" in text_of(client_of(boris).get(at(exchange, "requests")))
    assert client_of(anna).post(at(exchange, "request", made.code), {"do": "accept"}).status_code == 409


def test_a_no_says_why(exchange, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None)
    client_of(anna).post(
        at(exchange, "request", made.code),
        {"do": "decline", "reason": "no_time", "words": "Next year, please"},
    )
    assert "Next year, please" in text_of(client_of(boris).get(at(exchange, "request", made.code)))


def test_a_waiting_request_is_changed_and_taken_back(exchange, anna, boris):
    made = ask(sender=anna, recipient=boris, actor=None)
    client, slot = client_of(anna), exchange.slots.last()
    client.post(
        at(exchange, "request", made.code),
        {"do": "change", "slot": slot.pk, "message": "New words", "priority": "1"},
    )
    made.refresh_from_db()
    assert (made.slot, made.message, made.priority) == (slot, "New words", 1)
    client.post(at(exchange, "request", made.code), {"do": "withdraw"})
    made.refresh_from_db()
    assert made.state == "withdrawn"
    assert client.post(at(exchange, "request", made.code), {"do": "withdraw"}).status_code == 409


def test_only_the_sender_takes_back_and_only_known_steps_are_taken(exchange, anna, boris):
    made = ask(sender=anna, recipient=boris, actor=None)
    assert client_of(boris).post(at(exchange, "request", made.code), {"do": "withdraw"}).status_code == 403
    assert client_of(anna).post(at(exchange, "request", made.code), {"do": "explode"}).status_code == 400
    made.refresh_from_db()
    assert made.state == "pending"


def test_the_two_talk_about_their_request(exchange, anna, boris):
    made = ask(sender=anna, recipient=boris, actor=None)
    path = at(exchange, "request", made.code)
    assert client_of(boris).post(path, {"do": "note", "text": ""}).status_code == 422
    client_of(boris).post(path, {"do": "note", "text": "Bring <samples>"})
    assert "Bring &lt;samples&gt;" in client_of(anna).get(path).content.decode()


def test_free_time_leads_to_partners_who_are_free_then(exchange, anna, boris):
    slot = exchange.slots.first()
    clara = make_participant(exchange, name="Clara")
    met(clara, make_participant(exchange), slot=slot)
    body = client_of(anna).get(at(exchange, "mine")).content.decode()
    assert at(exchange, "fill", slot.pk) in body
    page = client_of(anna).get(at(exchange, "fill", slot.pk)).content.decode()
    assert f'id="p-{boris.code}"' in page
    assert f'id="p-{clara.code}"' not in page
    assert f"{at(exchange, 'ask', boris.code)}?slot={slot.pk}" in page


def test_a_request_for_a_free_time_is_answered_on_the_day(exchange, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None, slot=exchange.slots.first())
    body = client_of(anna).get(at(exchange, "mine")).content.decode()
    assert f'id="accept-{made.code}"' in body


def test_running_late_moving_and_cancelling_tell_the_other_side(exchange, anna, boris):
    meeting = met(anna, boris, slot=exchange.slots.first())
    client, path = client_of(anna), at(exchange, "meeting", meeting.code)
    client.post(path, {"do": "late", "minutes": "10"})
    assert "begins 10 minutes later" in text_of(client_of(boris).get(path))
    later = exchange.slots.last()
    client.post(path, {"do": "move", "slot": later.pk})
    meeting.refresh_from_db()
    assert meeting.slot == later
    assert client.post(path, {"do": "cancel", "reason": ""}).status_code == 422
    answer = client.post(path, {"do": "cancel", "reason": "Ill"})
    assert answer.headers["Location"] == at(exchange, "mine")
    assert "Ill" in text_of(client_of(boris).get(at(exchange, "mine")))
    assert client.post(path, {"do": "cancel", "reason": "Again"}).status_code == 409


def test_moving_into_a_taken_time_keeps_the_old_place(exchange, anna, boris):
    first, second, *_rest = exchange.slots.all()
    meeting = met(anna, boris, slot=first)
    met(boris, make_participant(exchange), slot=second)
    page = client_of(anna).post(at(exchange, "meeting", meeting.code), {"do": "move", "slot": second.pk})
    assert page.status_code == 409
    assert "This time is taken" in text_of(page)
    meeting.refresh_from_db()
    assert (meeting.slot, meeting.state) == (first, "booked")


def test_what_came_of_a_meeting_is_told_once_it_has_begun(exchange, anna, boris):
    meeting = met(anna, boris)
    client, path = client_of(anna), at(exchange, "meeting", meeting.code)
    assert client.post(path, {"do": "mark", "state": "held"}).status_code == 409
    begun(meeting)
    client.post(path, {"do": "mark", "state": "held"})
    client.post(path, {"do": "feedback", "rating": "4", "outcome": "project", "note": "Call in May"})
    meeting.refresh_from_db()
    assert meeting.state == "held"
    said = Feedback.objects.get()
    assert (said.profile, said.rating, said.outcome) == (anna, 4, "project")
    assert "Call in May" in client.get(path).content.decode()
    assert "Call in May" not in client_of(boris).get(path).content.decode()


def test_a_meeting_on_line_shows_its_room(exchange, anna, boris):
    exchange.__class__.objects.update(room_link="https://meet.example/{code}")
    ExchangeProfile.objects.filter(pk=boris.pk).update(is_remote=True)
    for profile in (anna, boris):
        profile.refresh_from_db()
        profile.exchange.refresh_from_db()
    meeting = met(anna, boris)
    for name, more in (("mine", ()), ("meeting", (meeting.code,))):
        body = client_of(anna).get(at(exchange, name, *more)).content.decode()
        assert f"https://meet.example/{meeting.code}" in body


def test_agreed_without_a_time_waits_for_the_plan(exchange, anna, boris):
    set_phase(exchange=exchange, phase=Phase.REQUESTS, actor=None)
    exchange.__class__.objects.update(preset="curated")
    made = ask(sender=boris, recipient=ExchangeProfile.objects.get(pk=anna.pk), actor=None)
    answer = client_of(anna).post(at(exchange, "request", made.code), {"do": "accept"})
    assert answer.headers["Location"] == at(exchange, "requests")
    assert "1 agreed meeting waits for the plan" in text_of(client_of(anna).get(at(exchange, "mine")))


def test_leaving_names_what_happens_and_frees_the_others(exchange, anna, boris):
    met(anna, boris)
    client = client_of(anna)
    assert "Your meetings are cancelled" in text_of(client.get(at(exchange, "leave")))
    client.post(at(exchange, "leave"), {"reason": "Cannot come"})
    assert "Cannot come" in text_of(client_of(boris).get(at(exchange, "mine")))
    assert f'id="p-{anna.code}"' not in client_of(boris).get(at(exchange, "people")).content.decode()


def test_who_left_comes_back_only_with_a_registration(exchange, anna):
    leave_exchange(profile=anna, actor=None)
    client = client_of(anna)
    assert client.post(at(exchange, "entrance")).status_code == 403
    make_registration(exchange.event, exchange.event.categories.get(), person=anna.person)
    assert client.post(at(exchange, "entrance")).headers["Location"] == at(exchange, "profile")


def test_her_own_page_lists_the_exchange_with_what_waits(exchange, anna, boris):
    met(anna, make_participant(exchange))
    ask(sender=boris, recipient=anna, actor=None)
    words = text_of(client_of(anna).get(reverse("me")))
    assert "1 meeting · 1 request to answer" in words
