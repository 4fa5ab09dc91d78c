"""Reads of programmes: the working draft, the releases, and a person's agenda."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils.text import slugify

from network.localised import localised
from network.models import Organisation, Person
from sessions_app.events.models import Event, EventDay
from sessions_app.programme.models import Release, Session, SessionMaterial, SessionRole, SessionState, Star
from sessions_app.programme.schedule import codec, model, zones
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


def releases(event: Event) -> QuerySet[Release]:
    """Return the event's releases, newest first, without their large parts."""
    return Release.objects.filter(event=event).defer("snapshot")


def latest_release(event: Event) -> Release | None:
    """Return the newest release without its snapshot, or None before the first one."""
    return releases(event).first()


@lru_cache(maxsize=64)
def _decoded(event_id: int, number: int, at: dt.datetime) -> model.Schedule:
    snapshot = Release.objects.values_list("snapshot", flat=True).get(event_id=event_id, number=number)
    return _under_our_address(codec.from_plain(snapshot))


def _under_our_address(schedule: model.Schedule) -> model.Schedule:
    """Return the programme with its addresses of this site as the site is found now; it may have moved."""
    before = schedule.url.removesuffix(f"/events/{schedule.slug}/")
    if before == settings.BASE_URL or before == schedule.url:
        return schedule

    def moved(session: model.Session) -> model.Session:
        links = tuple(
            replace(link, url=settings.BASE_URL + link.url.removeprefix(before))
            if link.url.startswith(f"{before}/files/materials/")
            else link
            for link in session.links
        )
        return replace(session, links=links)

    return replace(
        schedule,
        url=f"{settings.BASE_URL}/events/{schedule.slug}/",
        sessions=tuple(map(moved, schedule.sessions)),
        removed=tuple(map(moved, schedule.removed)),
    )


def forget_decoded() -> None:
    """Empty this process's decoded releases; only tests, which reuse ids, need it."""
    _decoded.cache_clear()


def schedule_of(release: Release) -> model.Schedule:
    """Return the release's programme; decoded once per process, for a release never changes."""
    return _decoded(release.event_id, release.number, release.at)


def released_schedule(event: Event) -> model.Schedule | None:
    """Return the newest released programme, or None before the first release. One query when warm."""
    release = latest_release(event)
    return schedule_of(release) if release else None


def unreleased_changes(event: Event) -> Changes:
    """Return what the next release would change for the public."""
    return compare(released_schedule(event), draft_schedule(event))


def sign_ups_of(event: Event) -> dict[uuid.UUID, int]:
    """Return session guid to how many people have signed up for it, as higher floors know."""
    answers: list[tuple[Any, dict[uuid.UUID, int]]] = sign_ups_asked.send(sender=Event, event=event)
    found: dict[uuid.UUID, int] = {}
    for _receiver, counts in answers:
        for guid, count in counts.items():
            found[guid] = found.get(guid, 0) + count
    return found


def draft_clashes(event: Event) -> list[Clash]:
    """Return what cannot be held as the working programme plans it; drafts count, withdrawn ones do not."""
    planned = draft_schedule(event, states=(SessionState.READY, SessionState.DRAFT))
    return find_clashes(planned, sign_ups_of(event))


def starred_codes(person: Person | AnonymousUser, event: Event) -> list[str]:
    """Return the codes of the event's sessions on the person's agenda."""
    if not isinstance(person, Person):
        return []
    sql, params = _stars_query()
    values = {_ANY_PERSON: person.pk, _ANY_EVENT: event.pk}
    with connection.cursor() as cursor:
        cursor.execute(sql, [values[param] for param in params])
        return [code for (code,) in cursor.fetchall()]


_ANY_PERSON, _ANY_EVENT = -1, -2  # no keys are these


@cache
def _stars_query() -> tuple[str, tuple[Any, ...]]:
    """Return the compiled query, which every page of a signed-in person runs."""
    rows: QuerySet[Star] = QuerySet(Star).filter(person=_ANY_PERSON, session__event=_ANY_EVENT)
    sql, params = rows.order_by("session__code").values_list("session__code").query.sql_with_params()
    return sql, params


def agenda_of(person: Person) -> dict[int, set[uuid.UUID]]:
    """Return event id to the guids of the sessions on the person's agenda, over all public events."""
    found: dict[int, set[uuid.UUID]] = {}
    rows = Star.objects.filter(person=person, session__event__is_public=True)
    for event_id, guid in rows.values_list("session__event_id", "session__guid"):
        found.setdefault(event_id, set()).add(guid)
    return found


def person_by_agenda_token(token: str) -> Person | None:
    """Return whose calendar feed this unguessable token opens, or None."""
    return Person.objects.filter(agenda_token=token, is_active=True).first() if token else None


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


@dataclass(frozen=True, slots=True)
class PageStamp:
    """What the public pages of an event are made from: the event's own words and the newest release.

    ``key`` changes whenever a page could look different; ``release`` is 0 before the first one.
    """

    event_id: int
    is_public: bool
    release: int
    released_at: dt.datetime | None
    key: str


def schedule_of_stamp(stamp: PageStamp) -> model.Schedule:
    """Return the released programme that the pages are made from; there must be one."""
    if stamp.released_at is None:
        raise Release.DoesNotExist
    return _decoded(stamp.event_id, stamp.release, stamp.released_at)


# What pages show of an event besides its released programme.
_SHOWN = [
    "slug",
    *(f"{name}_{code}" for name in ("name", "kind") for code, _language in settings.LANGUAGES),
    *(f"venue__{name}_{code}" for name in ("name", "access_notes") for code, _language in settings.LANGUAGES),
    "venue__map_url",
    "brand_colour",
    "timezone",
    "contact_email",
]


@cache
def _stamp_query() -> tuple[str, tuple[Any, ...]]:
    """Return the compiled query: compiling it anew for each page would cost more than running it."""
    newest = Release.objects.filter(event=OuterRef("pk")).order_by("-number")
    # The plain query set: that of translated models gives the columns in an order of its own.
    rows: QuerySet[Event, Any] = (
        QuerySet(Event)
        .filter(slug=_ANY_SLUG)
        .order_by()
        .values_list(
            "pk",
            "is_public",
            Subquery(newest.values("number")[:1]),
            Subquery(newest.values("at")[:1]),
            *_SHOWN,
        )
    )
    sql, params = rows.query.sql_with_params()
    return sql, params


_ANY_SLUG = "\N{LOZENGE}"  # no slug can be this


def page_stamp(slug: str) -> PageStamp | None:
    """Return the state of an event's public pages, or None for an unknown slug; one query.

    Does not ask who looks: the caller hides events that are not public.
    """
    sql, params = _stamp_query()
    with connection.cursor() as cursor:
        cursor.execute(sql, [slug if param == _ANY_SLUG else param for param in params])
        row = cursor.fetchone()
    if row is None:
        return None
    event_id, is_public, number, at, *shown = row
    moment = dt.datetime.fromisoformat(at) if isinstance(at, str) else at
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return PageStamp(
        event_id=event_id,
        is_public=bool(is_public),
        release=number or 0,
        released_at=moment,
        key=repr((event_id, number, moment, shown)),
    )
