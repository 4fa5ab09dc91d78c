"""Pages of sessions, people and organisations, and the QR of a session."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from network.localised import localised
from network.web.pages import cached_file
from sessions_app.events.models import Event
from sessions_app.programme import qr, structured_data
from sessions_app.programme.pages import people
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.pages.session import session_page
from sessions_app.programme.views.days import calendar_of, wider_calendars
from sessions_app.programme.views.public import find_event, or_404, public_page, reader_of


@require_safe
def session(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show a session; one that was cancelled says so."""

    def build(reader: Reader, event: Event) -> dict[str, Any]:
        page = or_404(session_page(reader, code))
        address = _short_address(slug, code)
        return {
            "page": page,
            "zone": page.zone,
            "structured": structured_data.as_script(structured_data.session_data(reader, code)),
            "calendar": {
                **session_calendar(slug, code),
                "more": wider_calendars(reader, *_track_and_room(reader, code)),
            },
            **_venue(event, reader),
            "qr": {"svg": qr.svg(address), "address": address.partition("//")[2]},
        }

    return public_page(request, slug, "programme/session.html", build, page=f"session:{code}")


@require_safe
def session_qr(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Answer with the QR of a session's address as an SVG image."""
    found = find_event(request, slug)
    reader = reader_of(request, slug)
    if code not in reader.by_code and code not in reader.removed_by_code:
        or_404(None)
    address = _short_address(slug, code)
    return cached_file(
        request,
        key=f"qr:{found.stamp.event_id}:{address}",
        produce=lambda: qr.svg(address, standalone=True).encode(),
        content_type="image/svg+xml",
        file_name=f"{code}.svg",
    )


@require_safe
def person(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show somebody with all her parts in the programme."""

    def build(reader: Reader, event: Event) -> dict[str, Any]:
        page = or_404(people.person_page(reader, code))
        data = structured_data.person_data(reader, code)
        return {
            "page": page,
            "zone": page.zone,
            "structured": structured_data.as_script(data),
            "calendar": calendar_of(slug, f"?person={code}"),
        }

    return public_page(request, slug, "programme/person.html", build, page=f"person:{code}", section="people")


@require_safe
def organisation(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show an organisation with its people and sessions."""

    def build(reader: Reader, event: Event) -> dict[str, Any]:
        page = or_404(people.organisation_page(reader, code))
        return {"page": page, "zone": page.zone}

    return public_page(
        request, slug, "programme/organisation.html", build, page=f"organisation:{code}", section="people"
    )


@require_safe
def people_list(request: HttpRequest, slug: str) -> HttpResponse:
    """List everybody who takes part."""

    def build(reader: Reader, event: Event) -> dict[str, Any]:
        letters = people.people_list(reader)
        return {
            "letters": letters,
            "count": sum(len(letter.people) for letter in letters),
            "organisations": people.organisations_list(reader),
        }

    return public_page(request, slug, "programme/people.html", build, page="people", section="people")


def _venue(event: Event, reader: Reader) -> dict[str, Any]:
    """Return the building, its map and how to get in; the room stands in the released programme."""
    if event.venue is None:
        return {"venue": reader.words(reader.schedule.venue)}
    return {
        "venue": reader.words(reader.schedule.venue),
        "map_url": event.venue.map_url,
        "access_notes": reader.words(localised(event.venue, "access_notes")),
    }


def _track_and_room(reader: Reader, code: str) -> tuple[str | None, str | None]:
    session = reader.by_code.get(code) or reader.removed_by_code[code]
    return session.track, session.room


def session_calendar(slug: str, code: str) -> dict[str, str]:
    """Return the addresses of a session's own calendar."""
    path = reverse("session_ics", args=(slug, code))
    return {"subscribe": "", "download": path, "copy": ""}


def _short_address(slug: str, code: str) -> str:
    """Return the address of a session without a language: each phone gets its own."""
    return f"{settings.BASE_URL}/events/{slug}/sessions/{code}/"
