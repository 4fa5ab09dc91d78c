"""The programme's part of the REST API: released programmes, read only.

Texts come in all languages at once, as objects from language code to text. Times are RFC 3339 in UTC;
``zone`` names the event's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.throttling import AnonRateThrottle

from network.localised import localised
from sessions_app.events.models import Event
from sessions_app.events.queries import with_frame
from sessions_app.programme.api_schemas import (
    Code,
    EventDetail,
    EventPage,
    Invalid,
    Limit,
    Offset,
    PersonDetail,
    PersonPage,
    Problem,
    ReleasePage,
    RoomOut,
    SessionDetail,
    SessionPage,
    SessionQuery,
    Slug,
    TrackOut,
)
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.pages.rows import plain
from sessions_app.programme.queries import latest_releases, releases, schedule_of
from sessions_app.programme.schedule import diff, texts
from sessions_app.programme.schedule.model import Session

RATE = "240/min"


def open_to_all(operation: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let pages of other sites read the answers; they are the same for everybody."""

    @wraps(operation)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = operation(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Cache-Control"] = "public, no-cache"
        return response

    return answered


router = Router(tags=["programme"], throttle=[AnonRateThrottle(RATE)])
router.add_decorator(open_to_all, mode="view")
ERRORS: dict[int, Any] = {404: Problem, 422: Invalid, 429: Problem}


@router.get("", response={200: EventPage, 422: Invalid, 429: Problem}, summary="Public events")
def list_events(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> Any:
    """List the public events, the newest first."""
    found = with_frame(Event.objects.filter(is_public=True))
    events = list(found[offset : offset + limit])
    newest = latest_releases(events)
    return {"count": found.count(), "items": [_event(event, newest.get(event.pk)) for event in events]}


@router.get("/{slug}", response={200: EventDetail, **ERRORS}, summary="One event")
def get_event(request: HttpRequest, slug: Slug) -> Any:
    """Return an event with its days."""
    event = _find(slug)
    newest = releases(event).first()
    reader = Reader(schedule_of(newest), event.main_language, names_as_written=True) if newest else None
    days = reader.days if reader else ()
    return {
        **_event(event, newest),
        "days": [
            {"date": day.date, "start": day.start, "end": day.end, "title": dict(day.title)} for day in days
        ],
        "venue": dict(reader.schedule.venue) if reader else {},
        "venue_address": dict(reader.schedule.venue_address) if reader else {},
        "sessions": len(reader.planned) if reader else 0,
        "rooms": len(reader.rooms) if reader else 0,
        "people": len(reader.people_of(reader.planned)) if reader else 0,
    }


@router.get("/{slug}/sessions", response={200: SessionPage, **ERRORS}, summary="Sessions")
def list_sessions(request: HttpRequest, slug: Slug, query: Query[SessionQuery]) -> Any:
    """List the sessions of the newest release by start; the filters all apply together."""
    reader = _reader(slug)
    sessions = [s for s in reader.planned if _wanted(s, query, reader)]
    if query.cancelled:
        sessions += [s for s in reader.schedule.removed if s.start and s.end and _wanted(s, query, reader)]
    page = sessions[query.offset : query.offset + query.limit]
    return {"count": len(sessions), "items": [_session(session, reader) for session in page]}


@router.get("/{slug}/sessions/{code}", response={200: SessionDetail, **ERRORS}, summary="One session")
def get_session(request: HttpRequest, slug: Slug, code: Code) -> Any:
    """Return a session of the newest release, or one that was cancelled."""
    reader = _reader(slug)
    session = reader.by_code.get(code) or reader.removed_by_code.get(code)
    if session is None or session.start is None:
        raise Http404("No such session.")
    links = [(link.title, texts.safe_address(link.url), link.is_file) for link in session.links]
    return {
        **_session(session, reader),
        "abstract": dict(session.abstract),
        "description": dict(session.description),
        "stream_url": texts.safe_address(session.stream_url),
        "links": [{"title": title, "url": url, "is_file": is_file} for title, url, is_file in links if url],
    }


@router.get("/{slug}/people", response={200: PersonPage, **ERRORS}, summary="People")
def list_people(request: HttpRequest, slug: Slug, limit: Limit = 50, offset: Offset = 0) -> Any:
    """List who takes part, in the order of their first sessions."""
    reader = _reader(slug)
    people = reader.people_of(reader.planned)
    codes = _sessions_by_person(reader)
    items = [_person(person, reader, codes) for person in people[offset : offset + limit]]
    return {"count": len(people), "items": items}


@router.get("/{slug}/people/{code}", response={200: PersonDetail, **ERRORS}, summary="One person")
def get_person(request: HttpRequest, slug: Slug, code: Code) -> Any:
    """Return somebody who takes part."""
    reader = _reader(slug)
    codes = _sessions_by_person(reader)
    person = reader.people.get(code)
    if person is None or code not in codes:
        raise Http404("No such person.")
    return {**_person(person, reader, codes), "biography": dict(person.biography)}


@router.get("/{slug}/rooms", response={200: list[RoomOut], **ERRORS}, summary="Rooms")
def list_rooms(request: HttpRequest, slug: Slug) -> Any:
    """List the rooms in the organisers' order."""
    return [
        {
            "id": room.key,
            "name": dict(room.name),
            "place": dict(room.place),
            "capacity": room.capacity,
            "step_free": room.step_free,
        }
        for room in _reader(slug).schedule.rooms
    ]


@router.get("/{slug}/tracks", response={200: list[TrackOut], **ERRORS}, summary="Tracks")
def list_tracks(request: HttpRequest, slug: Slug) -> Any:
    """List the thematic lines in the organisers' order."""
    tracks = _reader(slug).schedule.tracks
    return [{"slug": track.key, "name": dict(track.name), "hue": track.hue} for track in tracks]


@router.get("/{slug}/releases", response={200: ReleasePage, **ERRORS}, summary="Releases")
def list_releases(request: HttpRequest, slug: Slug, limit: Limit = 50, offset: Offset = 0) -> Any:
    """List the releases, newest first, with how much each changed."""
    found = releases(_find(slug))
    items = []
    for release in found[offset : offset + limit]:
        changes = diff.from_plain(release.changes) if release.changes else diff.Changes()
        counts = {name: len(getattr(changes, name)) for name in ("added", "removed", "moved", "changed")}
        items.append(
            {"number": release.number, "at": release.at, "note": localised(release, "note"), **counts}
        )
    return {"count": found.count(), "items": items}


def _find(slug: str) -> Event:
    event = with_frame(Event.objects.filter(is_public=True, slug=slug)).first()
    if event is None:
        raise Http404("No such event.")
    return event


def _reader(slug: str) -> Reader:
    event = _find(slug)
    newest = releases(event).first()
    if newest is None:
        raise Http404("The programme is not published yet.")
    return Reader(schedule_of(newest), event.main_language, names_as_written=True)


def _event(event: Event, newest: Any) -> dict[str, Any]:
    return {
        "slug": event.slug,
        "name": localised(event, "name"),
        "zone": event.timezone,
        "languages": list(event.languages),
        "dates": [day.date for day in event.days.all()],
        "release": newest.number if newest else 0,
        "released_at": newest.at if newest else None,
        "url": f"{settings.BASE_URL}/events/{event.slug}/",
    }


def _wanted(session: Session, query: SessionQuery, reader: Reader) -> bool:
    bodies = (session.host, *(credit.organisation for credit in session.credits))
    tests: Sequence[tuple[Any, bool]] = (
        (query.day, reader.date_of(session) == query.day),
        (query.track, session.track == query.track),
        (query.room, session.room == query.room),
        (query.kind, session.kind.value == query.kind),
        (query.language, session.language == query.language),
        (query.person, any(credit.person == query.person for credit in session.credits)),
        (query.organisation, query.organisation in bodies),
        (query.q, plain(query.q) in plain(" ".join((*session.title.values(), *session.abstract.values())))),
    )
    return all(passed for asked, passed in tests if asked)


def _session(session: Session, reader: Reader) -> dict[str, Any]:
    credits = [(credit, reader.people.get(credit.person)) for credit in session.credits]
    return {
        "code": session.code,
        "guid": str(session.guid),
        "title": dict(session.title),
        "subtitle": dict(session.subtitle),
        "kind": session.kind.value,
        "language": session.language,
        "track": session.track,
        "room": session.room,
        "start": session.start,
        "end": session.end,
        "day": reader.date_of(session),
        "host": session.host,
        "recorded": session.recorded,
        "seats": session.seats,
        "people": [
            {
                "person": credit.person,
                "name": person.name,
                "role": credit.role,
                "post": dict(credit.post),
                "organisation": credit.organisation,
                "organisation_name": dict(credit.organisation_name),
            }
            for credit, person in credits
            if person is not None
        ],
        "cancelled": session.code not in reader.by_code,
        "sequence": session.sequence,
        "changed_at": session.changed_at,
        "url": f"{settings.BASE_URL}/events/{reader.schedule.slug}/sessions/{session.code}/",
    }


def _sessions_by_person(reader: Reader) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for session in reader.planned:
        for key in dict.fromkeys(credit.person for credit in session.credits):
            found.setdefault(key, []).append(session.code)
    return found


def _person(person: Any, reader: Reader, codes: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "code": person.key,
        "name": person.name,
        "latin": person.latin,
        "sessions": codes.get(person.key, []),
        "url": f"{settings.BASE_URL}/events/{reader.schedule.slug}/people/{person.key}/",
    }
