"""Loads the demo once, keeps what was changed in it, and moves the forum's days to today."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cms.demo.admission import load_admission
from cms.demo.calls import load_calls, move_calls
from cms.demo.content import EVENTS, FORUM, code_of, guid_of, read, read_event
from cms.demo.delegations import load_delegations
from cms.demo.events import EventLoader
from cms.demo.exchange import load_exchange
from cms.demo.pages import PageWriter
from cms.demo.people import load_logins, load_organisations, load_people, load_stars, people_in_files
from cms.demo.registration import load_registration, move_registration
from cms.demo.seats import forget_seats, load_seats
from network.models import AuditEntry, Organisation, Person
from network.services import record_audit
from sessions_app.events.models import Event, EventDay
from sessions_app.programme.models import Session

LOADED = "demo.loaded"
WITH_REGISTRATION = ("strategic-session-2018", FORUM)


def is_loaded() -> bool:
    """Tell whether the demo is there."""
    return bool(Event.objects.filter(slug=EVENTS[0]).exists())


@transaction.atomic
def load_demo(*, now: dt.datetime) -> None:
    """Write the whole demo: all of it or nothing. Belongs into a database without demo."""
    organisations = load_organisations()
    people = load_people(organisations)
    for slug in EVENTS:
        loader = EventLoader(read_event(slug), organisations=organisations, people=people, now=now)
        _mark(loader.load())
    load_logins(organisations)
    load_calls(organisations, now=now)
    for slug in WITH_REGISTRATION:
        event = Event.objects.get(slug=slug)
        load_registration(event, organisations, now=now)
        if slug == FORUM:
            load_delegations(event, now=now)
        load_seats(event, now=now)
        load_admission(event, now=now)
        load_exchange(event, organisations, now=now)
        _mark(event)
    PageWriter(organisations, now).write()


def forum_is_over(*, now: dt.datetime) -> bool:
    """Tell whether the demo's forum has no day around today any more, or none yet."""
    event = Event.objects.filter(slug=FORUM).first()
    if event is None:
        return False
    dates = set(EventDay.objects.filter(event=event).values_list("date", flat=True))
    return now.astimezone(event.zone).date() not in dates


def forum_was_changed() -> bool:
    """Tell whether anybody has worked on the forum since it was loaded."""
    event = Event.objects.get(slug=FORUM)
    mark = AuditEntry.objects.filter(action=LOADED, event_id_ref=event.pk).first()
    if mark is None or not _pieces_are_there(event):
        return True
    return (
        AuditEntry.objects.filter(event_id_ref=event.pk, id__gt=mark.pk).exists()
        or Session.objects.filter(event=event, updated_at__gt=mark.at).exists()
    )


def _pieces_are_there(event: Event) -> bool:
    """Tell whether all that the forum is made of still stands in the database."""
    frame = read_event(FORUM).frame
    rooms = [guid_of(FORUM, f"room/{item['key']}") for item in frame["room"]]
    tracks = [item["key"] for item in frame["track"]]
    organisations = [
        code_of("organisation", key) for part in read("organisations.toml").values() for key in part
    ]
    people = [code_of("person", key) for key, _item, _known in people_in_files()]
    return (
        event.rooms.filter(guid__in=rooms).count() == len(rooms)
        and event.tracks.filter(slug__in=tracks).count() == len(tracks)
        and Organisation.objects.filter(code__in=organisations).count() == len(organisations)
        and Person.objects.filter(code__in=people).count() == len(people)
    )


@transaction.atomic
def bring_forum_to_today(*, now: dt.datetime) -> None:
    """Write the forum's days and programme afresh around ``now``; made for a forum nobody has changed."""
    organisations = {
        key: Organisation.objects.get(code=code_of("organisation", key))
        for section in read("organisations.toml").values()
        for key in section
    }
    people = {
        key: Person.objects.get(code=code_of("person", key)) for key, _item, _known in people_in_files()
    }
    event = Event.objects.get(slug=FORUM)
    forget_seats(event)
    EventLoader(read_event(FORUM), organisations=organisations, people=people, now=now).reload_around(event)
    move_calls(event, now=now)
    move_registration(event, organisations, now=now)
    if not event.delegations.exists():
        load_delegations(event, now=now)
    load_seats(event, now=now)
    load_admission(event, now=now)
    load_exchange(event, organisations, now=now)
    for item in read("logins.toml")["login"]:
        if person := Person.objects.filter(email=item["email"]).first():
            load_stars(person, {slug: keys for slug, keys in item.get("stars", {}).items() if slug == FORUM})
    _mark(event)


def _mark(event: Event) -> None:
    record_audit(actor=None, action=LOADED, subject=event, event_id=event.pk)
