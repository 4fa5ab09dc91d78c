"""The demo's doors: everybody confirmed has one ticket, and the scans are what doors would have left."""

import datetime as dt

import pytest
from django.utils import timezone

from cms.demo.admission import load_admission
from cms.demo.content import FORUM
from sessions_app.admission.models import Gate, Result, Rule, Scan, Ticket
from sessions_app.admission.queries import flagged, valid_ticket
from sessions_app.admission.services.redeeming import Attempt, redeem
from sessions_app.admission.services.ticketing import code_of
from tests.factories import make_category, make_open_event, make_registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    event, category = make_open_event(slug=FORUM)
    make_category(event, slug="guest")
    for _ in range(20):
        make_registration(event, category)
    return event


def test_before_the_first_day_nobody_has_come(event):
    load_admission(event, now=timezone.now())
    assert Gate.objects.filter(event=event).count() == 3
    assert Rule.objects.filter(event=event).count() == 3
    assert not Scan.objects.exists()


def test_a_day_that_has_begun_has_entries_and_two_to_look_at(event):
    day = event.days.first()
    end = dt.datetime.combine(day.date, dt.time(23), event.zone)
    load_admission(event, now=end)
    load_admission(event, now=end)  # again: the same, not twice
    assert Ticket.objects.filter(event=event).count() == 20
    assert 8 <= Scan.objects.filter(is_entry=True).count() <= 20
    assert flagged(event).count() == 2
    assert not Scan.objects.filter(at__gt=end).exists()


def test_who_has_come_is_known_at_the_door(event):
    day = event.days.first()
    end = dt.datetime.combine(day.date, dt.time(23), event.zone)
    load_admission(event, now=end)
    scan = Scan.objects.filter(is_entry=True).first()
    attempt = Attempt(code_of(valid_ticket(scan.ticket.registration)), "again", scan.gate, end)
    assert redeem(event=event, attempt=attempt, by=None, now=end).result == Result.ALREADY_REDEEMED
