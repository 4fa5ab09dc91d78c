"""Reads of the working programme: its rows, what would be released, and what cannot be held."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils.text import slugify

from network.localised import localised
from network.models import Organisation, Person
from sessions_app.events.models import Event, EventDay
from sessions_app.programme.models import Session, SessionMaterial, SessionRole, SessionState
from sessions_app.programme.queries.released import released_schedule
from sessions_app.programme.schedule import model, zones
from sessions_app.programme.schedule.clashes import Clash, find_clashes
from sessions_app.programme.schedule.diff import Changes, compare
from sessions_app.programme.signals import sign_ups_asked


def for_event(event: Event) -> QuerySet[Session]:
    """Return the event's sessions in every state, for its team."""
    return Session.objects.filter(event=event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """The working programme read once: its rows, what is planned with drafts, and what would be released."""

    sessions: tuple[Session, ...]
    planned: model.Schedule
    ready: model.Schedule


def working(event: Event) -> Working:
    """Return the event's working programme without what was withdrawn; seven queries."""
    sessions = _sessions(event, (SessionState.READY, SessionState.DRAFT))
    frame = _frame(event)
    ready = [session for session in sessions if session.state == SessionState.READY]
    return Working(sessions=tuple(sessions), planned=_filled(frame, sessions), ready=_filled(frame, ready))


def draft_schedule(event: Event, *, states: Iterable[str] = (SessionState.READY,)) -> model.Schedule:
    """Return the working programme as it would be released now."""
    return _filled(_frame(event), _sessions(event, states))


def _sessions(event: Event, states: Iterable[str]) -> list[Session]:
    """Return the sessions in these states with everything that a schedule says of them; three queries."""
    parts = SessionRole.objects.select_related("person", "organisation")
    return list(
        for_event(event)
        .filter(state__in=list(states))
        .select_related("room", "track", "host")
        .prefetch_related(Prefetch("roles", parts), "materials")
        .order_by("start", "number")
    )


def _frame(event: Event) -> model.Schedule:
    """Return the event's days, places, tracks and organisers, still without sessions."""
    organisers = [tie.organisation for tie in event.organisers.select_related("organisation")]
    return model.Schedule(
        slug=event.slug,
        title=localised(event, "name"),
        zone=event.timezone,
        languages=tuple(event.languages or [settings.LANGUAGE_CODE]),
        days=tuple(_day(event, day) for day in event.days.all()),
        rooms=tuple(
            model.Room(
                key=str(room.guid),
                name=localised(room, "name"),
                capacity=room.capacity,
                step_free=room.step_free,
                place=localised(room, "place"),
            )
            for room in event.rooms.all()
        ),
        tracks=tuple(
            model.Track(key=track.slug, name=localised(track, "name"), hue=track.hue)
            for track in event.tracks.all()
        ),
        organisations=tuple(_organisation(organisation) for organisation in organisers),
        venue=localised(event.venue, "name") if event.venue else {},
        venue_address=localised(event.venue, "address") if event.venue else {},
        organisers=tuple(organisation.code for organisation in organisers),
        url=f"{settings.BASE_URL}/events/{event.slug}/",
    )


def _filled(frame: model.Schedule, sessions: Iterable[Session]) -> model.Schedule:
    """Return the frame with these sessions, their people and organisations."""
    people: dict[str, model.Person] = {}
    organisations = {organisation.key: organisation for organisation in frame.organisations}
    held = []
    for session in sessions:
        held.append(_session(session))
        if session.host:
            organisations[session.host.code] = _organisation(session.host)
        for role in session.roles.all():
            people[role.person.code] = _person(role.person)
            if role.organisation:
                organisations[role.organisation.code] = _organisation(role.organisation)
    return replace(
        frame,
        organisations=tuple(sorted(organisations.values(), key=lambda item: item.key)),
        people=tuple(sorted(people.values(), key=lambda item: item.key)),
        sessions=tuple(held),
    )


def _day(event: Event, day: EventDay) -> model.Day:
    start, end = zones.day_window(day.date, day.opens, day.closes, event.zone)
    return model.Day(date=day.date, start=start, end=end, title=localised(day, "title"))


def _organisation(organisation: Organisation) -> model.Organisation:
    return model.Organisation(
        key=organisation.code, name=localised(organisation, "name"), url=organisation.website
    )


def _person(person: Person) -> model.Person:
    return model.Person(
        key=person.code,
        name=person.name,
        latin=person.name_latin,
        biography=localised(person, "biography"),
    )


def _session(session: Session) -> model.Session:
    return model.Session(
        guid=session.guid,
        code=session.code,
        number=session.number,
        title=localised(session, "title"),
        kind=model.SessionKind(session.kind),
        subtitle=localised(session, "subtitle"),
        abstract=localised(session, "abstract"),
        description=localised(session, "description"),
        language=session.language,
        track=session.track.slug if session.track else None,
        room=str(session.room.guid) if session.room else None,
        start=session.start.astimezone(dt.UTC) if session.start else None,
        end=session.end.astimezone(dt.UTC) if session.end else None,
        host=session.host.code if session.host else None,
        recorded=session.recorded,
        licence=session.licence,
        seats=session.seats,
        stream_url=session.stream_url,
        credits=tuple(_credit(role) for role in session.roles.all()),
        links=tuple(_link(material, session.event_id) for material in session.materials.all()),
    )


def _credit(role: SessionRole) -> model.Credit:
    printed = localised(role, "organisation_name")
    if role.organisation:
        printed = {**localised(role.organisation, "name"), **printed}
    return model.Credit(
        person=role.person.code,
        role=model.Role(role.role),
        post=localised(role, "post"),
        organisation=role.organisation.code if role.organisation else None,
        organisation_name=printed,
    )


def _link(material: SessionMaterial, _event_id: int) -> model.Link:
    if material.file:
        return model.Link(
            title=material.title, url=f"{settings.BASE_URL}/files/materials/{material.guid}/", is_file=True
        )
    return model.Link(title=material.title, url=material.url)


def unreleased_changes(event: Event) -> Changes:
    """Return what the next release would change for the public."""
    return compare(released_schedule(event), draft_schedule(event))


def sign_ups_of(event: Event) -> dict[uuid.UUID, int]:
    """Return session guid to how many people have signed up for it, as higher floors know."""
    found: dict[uuid.UUID, int] = {}
    for _receiver, answer in sign_ups_asked.send(sender=Event, event=event):
        counts: Any = answer  # the stubs know no answers of receivers but texts
        for guid, count in counts.items():
            found[guid] = found.get(guid, 0) + count
    return found


def draft_clashes(event: Event) -> list[Clash]:
    """Return what cannot be held as the working programme plans it; drafts count, withdrawn ones do not."""
    planned = draft_schedule(event, states=(SessionState.READY, SessionState.DRAFT))
    return find_clashes(planned, sign_ups_of(event))


def track_slug(name: str, taken: Iterable[str]) -> str:
    """Return a new track slug made from a name of any script, different from those taken."""
    from anyascii import anyascii

    base = slugify(anyascii(name))[:70] or "track"
    if not base[0].isalpha():
        base = f"t-{base}"
    slug, number, used = base, 2, set(taken)
    while slug in used:
        slug, number = f"{base}-{number}", number + 1
    return slug
