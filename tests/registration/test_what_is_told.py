"""Letters and the page of a registration tell the truth: of places, offers, reasons and times."""

import datetime as dt

import pytest
from django.utils import timezone

from network.models import OutboxMessage
from sessions_app.registration.errors import OfferGone, WrongState
from sessions_app.registration.models import Entry, Registration, RegistrationSettings, WaitingEntry
from sessions_app.registration.services import submitting
from sessions_app.registration.services.deciding import change_category
from sessions_app.registration.services.registering import cancel
from sessions_app.registration.services.submitting import submit
from sessions_app.registration.services.waiting import accept_offer, expire_offers
from tests.factories import VenueFactory, make_category, make_draft, make_open_event, make_registration
from tests.registration.test_delegations import make_delegation, send
from tests.registration.test_status_page import offered, page_of

pytestmark = pytest.mark.django_db


def letters_to(registration) -> list[str]:
    """Return subject and text of what was written to somebody, the newest first."""
    keys = OutboxMessage.objects.filter(key__startswith=f"registration:{registration.pk}:")
    return [f"{one.payload['subject']}\n{one.payload['body']}" for one in keys.order_by("-created_at")]


def shown(client, registration) -> str:
    registration.refresh_from_db()
    return client.get(page_of(registration)).content.decode()


def test_only_who_held_a_place_is_told_that_it_goes_on():
    event, category = make_open_event(places=1)
    first, second = make_registration(event, category), make_registration(event, category)
    waiting = cancel(registration=second, actor=second.person)
    held = cancel(registration=first, actor=first.person)
    assert "goes to the next who waits" in letters_to(held)[0]
    assert "Cancelled" in letters_to(waiting)[0]
    assert "goes to" not in letters_to(waiting)[0]


def test_a_letter_says_what_was_sent_and_not_what_another_window_held():
    """It is written before the places are locked: what was changed meanwhile is written anew."""
    event, category = make_open_event(places=1)
    make_registration(event, category)
    draft = make_draft(event, category)
    held = Registration.objects.select_related("event", "category").get(pk=draft.pk)
    Registration.objects.filter(pk=draft.pk).update(name="Vera <b>Neu</b>")
    sent = submit(registration=held, actor=draft.person, key="k", digest="d")
    (letter,) = letters_to(sent)
    assert "Vera <b>Neu</b>, all places" in letter
    assert "You are number 1 on the waiting list." in letter


def test_a_letter_says_what_became_of_it_when_a_place_is_gone_in_the_last_moment(monkeypatch):
    event, category = make_open_event(places=1)
    draft, other = make_draft(event, category), make_draft(event, category)
    lock = submitting.lock_quotas

    def lock_late(ids):
        monkeypatch.setattr(submitting, "lock_quotas", lock)
        submit(registration=other, actor=other.person, key="o", digest="d")
        return lock(ids)

    monkeypatch.setattr(submitting, "lock_quotas", lock_late)
    sent = submit(registration=draft, actor=draft.person, key="k", digest="d")
    (letter,) = letters_to(sent)
    assert "You are number 1 on the waiting list." in letter
    assert "You are coming" in letters_to(other)[0]


def test_an_invitation_promises_no_place_where_the_organiser_decides(client):
    event, _category = make_open_event()
    decided = make_category(event, entry=Entry.APPROVAL, places=5)
    delegation = make_delegation(event, decided, size=1)
    send(delegation)
    invited = delegation.registrations.get()
    assert "the organiser decides about it" in letters_to(invited)[0]
    assert "is kept for you" not in letters_to(invited)[0]
    assert "then the organiser decides about it" in shown(client, invited)


def test_a_delegation_that_waits_together_is_told_so(client):
    event, category = make_open_event(places=1)
    delegation = make_delegation(event, category, size=2, all_or_none=True)
    send(delegation)
    assert "places for all of its people" in shown(client, delegation.registrations.first())


def test_whom_a_move_brings_a_place_is_told_that_she_comes():
    event, category = make_open_event(places=1)
    make_registration(event, category)
    waiting, other = make_registration(event, category), make_registration(event, category)
    roomy, full = make_category(event, places=3), make_category(event, places=0)
    change_category(registration=waiting, category=roomy, actor=None)
    change_category(registration=other, category=full, actor=None)
    assert "your place as “Category 2” is confirmed" in letters_to(waiting)[0]
    assert "You are number 1 on its waiting list" in letters_to(other)[0]


def test_an_offer_that_ran_out_is_told_and_is_no_cancellation_of_hers(client):
    registration, _page = offered()
    later = timezone.now() + dt.timedelta(hours=30)
    assert expire_offers(now=later) == 1
    page = shown(client, registration)
    assert "not taken in time" in page
    assert "Register anew" in page
    assert client.get(page_of(registration) + "accept/").status_code == 410


def test_an_offer_that_is_over_is_not_asked_about_before_it_is_swept(client):
    registration, page = offered()
    WaitingEntry.objects.filter(registration=registration).update(
        offer_until=timezone.now() - dt.timedelta(seconds=1)
    )
    assert client.get(page + "accept/").status_code == 410


def test_who_only_waits_is_not_told_of_an_offer_that_ran_out(client):
    event, category = make_open_event(places=1)
    make_registration(event, category)
    waiting = make_registration(event, category)
    assert client.get(page_of(waiting) + "accept/").status_code == 302
    with pytest.raises(WrongState):
        accept_offer(registration=waiting, actor=waiting.person)
    assert client.post(page_of(waiting) + "accept/").status_code == 409


def test_an_offer_that_ran_out_meanwhile_is_gone():
    registration, _page = offered()
    later = timezone.now() + dt.timedelta(hours=30)
    with pytest.raises(OfferGone):
        accept_offer(registration=registration, actor=None, now=later)


def test_a_reason_to_cancel_is_read_by_whom_it_is_about(client):
    event, category = make_open_event()
    registration = make_registration(event, category)
    cancel(registration=registration, actor=None, reason="The hall is closed.", by_team=True)
    assert "The hall is closed." in shown(client, registration)
    assert "The hall is closed." in letters_to(registration)[0]


def test_nobody_is_led_to_register_anew_where_registration_is_closed(client):
    event, category = make_open_event()
    registration = make_registration(event, category)
    cancel(registration=registration, actor=registration.person)
    assert "Register anew" in shown(client, registration)
    RegistrationSettings.objects.filter(event=event).update(is_open=False)
    assert "Register anew" not in shown(client, registration)


def test_when_and_where_stand_on_the_page(client):
    event, category = make_open_event()
    event.venue = VenueFactory(name_en="Hall on the Embankment")
    event.save()
    registration = make_registration(event, category)
    assert "Hall on the Embankment" in shown(client, registration)
