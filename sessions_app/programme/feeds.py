"""Calendars, exchange files and the feed of releases: what machines read of a released programme."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from network.web.pages import cached_file
from network.web.throttle import limit_misses
from sessions_app.events.models import Event
from sessions_app.events.queries import get_event
from sessions_app.programme.agenda_calendar import appointments_of, write_agenda
from sessions_app.programme.exports import FORMATS, export
from sessions_app.programme.models import Release
from sessions_app.programme.pages.changes import summary_of
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.queries import (
    agenda_of,
    person_by_agenda_token,
    released_schedules,
    releases,
)
from sessions_app.programme.schedule import diff
from sessions_app.programme.schedule.model import Session, text_in
from sessions_app.programme.views.public import PublicEvent, find_event, reader_of, reader_of_event

LONGEST_VALUE = 4000  # characters of one filter
RELEASES_IN_FEED = 50
PLENTY = 1500  # session codes in one address

Test = Callable[[Session], bool]


@require_safe
def schedule_file(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """Answer with the released programme as schedule.xml or schedule.json."""
    found = _released(request, slug)
    return cached_file(
        request,
        key=f"{found.stamp.key}:{format}",
        produce=lambda: export(reader_of(request, slug).schedule, format),
        content_type=f"{FORMATS[format]}; charset=utf-8",
        changed_at=found.stamp.released_at,
        file_name=f"{slug}.{format}",
    )


@require_safe
def schedule_ics(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the event's calendar, or a part of it: ?day=&room=&track=&person=&session=&lang=."""
    found = _released(request, slug)
    query = {name: value.replace("\x00", "")[:LONGEST_VALUE] for name, value in request.GET.dict().items()}
    language = query.pop("lang", "")
    language = language if language in dict(settings.LANGUAGES) else ""
    wanted = {name: query[name] for name in sorted(_TESTS) if query.get(name)}

    def produce() -> bytes:
        event = get_event(slug, request.user)
        return _calendar(reader_of_event(event, language), wanted, language, event.contact_email)

    return cached_file(
        request,
        key=f"{found.stamp.key}:ics:{language}:{sorted(wanted.items())}",
        produce=produce,
        content_type="text/calendar; charset=utf-8",
        changed_at=found.stamp.released_at,
        file_name=f"{slug}.ics",
        keep=not wanted,
    )


@require_safe
def session_ics(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Answer with the calendar of one session; a cancelled one says so."""
    found = _released(request, slug)
    event = get_event(slug, request.user)
    reader = reader_of_event(event)
    if code not in reader.by_code and code not in reader.removed_by_code:
        raise Http404
    language = request.GET.get("lang", "")
    language = language if language in dict(settings.LANGUAGES) else ""
    return cached_file(
        request,
        key=f"{found.stamp.key}:session:{language}:{code}",
        produce=lambda: _calendar(reader, {"session": code}, language, event.contact_email),
        content_type="text/calendar; charset=utf-8",
        changed_at=found.stamp.released_at,
        file_name=f"{slug}-{code}.ics",
        keep=False,
    )


@limit_misses("agenda_feed")
@require_safe
def agenda_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with a person's own calendar over all events; the token alone opens it."""
    person = person_by_agenda_token(token)
    if person is None:
        raise Http404
    starred = agenda_of(person)
    events = list(Event.objects.filter(pk__in=list(starred), is_public=True).order_by("pk"))
    schedules = released_schedules(events)
    parts = [
        (schedules[event.pk], starred[event.pk], event.contact_email)
        for event in events
        if event.pk in schedules
    ]
    language = person.locale if person.locale in dict(settings.LANGUAGES) else ""
    with translation.override(language or settings.LANGUAGE_CODE):
        name = _("My agenda")
        appointments = appointments_of(person)
    body = write_agenda(
        parts, name=name, language=language, base_url=settings.BASE_URL, appointments=appointments
    )
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="agenda.ics"'
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


class ReleaseFeed(Feed):  # type: ignore[type-arg]  # generic in its stubs alone
    """The releases of an event as Atom, newest first."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, slug: str) -> Event:
        """Return the public event."""
        find_event(request, slug)
        return Event.objects.get(slug=slug)

    def title(self, event: Event) -> str:
        """Return what the feed is called."""
        return _("%(event)s: releases of the programme") % {"event": event}

    def link(self, event: Event) -> str:
        """Return the page that shows the same."""
        return reverse("programme_changes", args=(event.slug,))

    def feed_url(self, event: Event) -> str:
        """Return the feed's own address."""
        return reverse("programme_atom", args=(event.slug,))

    def author_name(self, event: Event) -> str:
        """Return the organisers: a feed needs somebody who answers for it (RFC 4287, 4.1.1)."""
        return ", ".join(
            str(tie.organisation) for tie in event.organisers.select_related("organisation")
        ) or str(event)

    def feed_guid(self, event: Event) -> str:
        """Return a name of the feed that never changes."""
        return f"{settings.BASE_URL}/events/{event.slug}/releases.atom"

    def items(self, event: Event) -> list[Release]:
        """Return the newest releases."""
        found = list(releases(event)[:RELEASES_IN_FEED])
        for release in found:
            release.event = event
        return found

    def item_title(self, release: Release) -> str:
        """Return the release's number and note."""
        words = _("Release %(number)s") % {"number": release.number}
        return f"{words}: {release.note}" if release.note else words

    def item_description(self, release: Release) -> str:
        """Return how much changed."""
        if release.number == 1 or not release.changes:
            return _("The first release.")
        return summary_of(diff.from_plain(release.changes))

    def item_link(self, release: Release) -> str:
        """Return the release's page."""
        return reverse("programme_release", args=(release.event.slug, release.number))

    def item_guid(self, release: Release) -> str:
        """Return a name of the entry that never changes."""
        return f"{settings.BASE_URL}/events/{release.event.slug}/changes/{release.number}/"

    item_guid_is_permalink = False

    def item_pubdate(self, release: Release) -> dt.datetime:
        """Return when it was released."""
        return release.at

    def item_updateddate(self, release: Release) -> dt.datetime:
        """Return when it was released: a release never changes."""
        return release.at


def _released(request: HttpRequest, slug: str) -> PublicEvent:
    found = find_event(request, slug)
    if not found.stamp.release:
        raise Http404
    return found


def _calendar(reader: Reader, wanted: Mapping[str, str], language: str, contact: str) -> bytes:
    """Return the calendar of the sessions that pass all filters, removed ones included."""
    if not wanted:
        return export(reader.schedule, "ics", language=language or None, contact=contact)
    tests = [_TESTS[name](value, reader) for name, value in wanted.items()]
    timed = [s for s in (*reader.planned, *reader.schedule.removed) if s.start and s.end]
    sessions = [session for session in timed if all(test(session) for test in tests)]
    name = _name(reader, wanted, sessions)
    return export(
        reader.schedule, "ics", language=language or None, sessions=sessions, name=name, contact=contact
    )


def _name(reader: Reader, wanted: Mapping[str, str], sessions: list[Session]) -> str:
    """Return the event's title and what part of it the calendar is."""
    title = reader.words(reader.schedule.title).text or reader.schedule.slug
    parts = []
    if "room" in wanted and wanted["room"] in reader.rooms:
        parts.append(reader.words(reader.rooms[wanted["room"]].name).text)
    if "track" in wanted and wanted["track"] in reader.tracks:
        parts.append(reader.words(reader.tracks[wanted["track"]].name).text)
    if "person" in wanted and wanted["person"] in reader.people:
        parts.append(reader.people[wanted["person"]].name)
    if "day" in wanted:
        parts.append(wanted["day"][:10])
    if "session" in wanted and len(sessions) == 1:
        parts.append(text_in(sessions[0].title, reader.language, *reader.schedule.languages)[0])
    return ": ".join([title, ", ".join(parts)]) if parts else title


def _day(value: str, reader: Reader) -> Test:
    return lambda session: reader.date_of(session).isoformat() == value


def _field(name: str) -> Callable[[str, Reader], Test]:
    return lambda value, _reader: lambda session: getattr(session, name) == value


def _person(value: str, _reader: Reader) -> Test:
    return lambda session: any(credit.person == value for credit in session.credits)


def _session(value: str, _reader: Reader) -> Test:
    codes = set(value.split(",")[:PLENTY])
    return lambda session: session.code in codes


_TESTS: dict[str, Callable[[str, Reader], Test]] = {
    "day": _day,
    "room": _field("room"),
    "track": _field("track"),
    "person": _person,
    "session": _session,
}
