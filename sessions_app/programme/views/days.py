"""The programme: its days, search, and the event's agenda of one person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sessions_app.events.models import Event
from sessions_app.programme import qr, structured_data
from sessions_app.programme.pages.day import day_page, day_tabs, first_day
from sessions_app.programme.pages.filters import NAMES, with_filters
from sessions_app.programme.pages.reader import NOTHING, Reader, Words
from sessions_app.programme.pages.search import search_page
from sessions_app.programme.views.public import (
    find_event,
    not_published,
    or_404,
    public_page,
    reader_of,
)


@require_safe
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to today's programme during the event, else to its first day."""
    found = find_event(request, slug)
    date = first_day(reader_of(request, slug), timezone.now()) if found.stamp.release else None
    if date is None:
        return not_published(request, slug, "programme")
    response = redirect("programme_day", slug=slug, date=date)
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def day(request: HttpRequest, slug: str, date: dt.date) -> HttpResponse:
    """Show one day, with the filters of the address, or as it is printed."""
    printed = request.GET.get("print") == "1"
    plain = not any(request.GET.get(name) for name in NAMES)

    def build(reader: Reader, event: Event) -> dict[str, Any]:
        page = or_404(day_page(reader, date, request.GET))
        held = reader.by_day.get(date, ())
        return {
            "page": page,
            "day_tabs": page.tabs,
            "zone": page.zone,
            "structured": structured_data.as_script(structured_data.day_data(reader, held)),
            "calendar": {
                **calendar_of(slug, f"?day={date}"),
                "more": wider_calendars(reader, request.GET.get("track"), request.GET.get("room")),
            },
            **(qr_of(f"/events/{slug}/programme/{date}/") if printed else {}),
            "language_addresses": {} if plain else _in_languages(slug, date, request),
        }

    template = "programme/day_print.html" if printed else "programme/day.html"
    name = f"{'print' if printed else 'day'}:{date}" if plain else ""
    response = public_page(request, slug, template, build, page=name)
    if request.headers.get("HX-Request") and not plain:
        chosen = {name: request.GET[name] for name in NAMES if request.GET.get(name)}
        response["HX-Push-Url"] = with_filters(request.path, chosen)
    elif request.headers.get("HX-Request"):
        response["HX-Push-Url"] = request.path
    return response


@require_safe
def search(request: HttpRequest, slug: str) -> HttpResponse:
    """Search the event's programme."""

    def build(reader: Reader, event: Event) -> dict[str, Any]:
        page = search_page(reader, request.GET.get("q", ""))
        return {"page": page, "zone": page.zone, "day_tabs": day_tabs(reader)}

    return public_page(request, slug, "programme/search.html", build)


def calendar_of(slug: str, query: str = "") -> dict[str, Any]:
    """Return the addresses of a calendar for the menu: to subscribe, to download, to copy."""
    path = reverse("schedule_ics", args=(slug,)) + query
    address = settings.BASE_URL + path
    return {"subscribe": "webcal:" + address.partition(":")[2], "download": path, "copy": address}


def qr_of(path: str) -> dict[str, str]:
    """Return the QR of a page of this site, which leads each phone to its own language, and the address."""
    address = settings.BASE_URL + path
    return {"qr": qr.svg(address), "qr_address": address.partition("//")[2]}


def wider_calendars(reader: Reader, track: str | None, room: str | None) -> list[dict[str, Any]]:
    """Return name and address of the calendars around what is shown: its track, its room, the whole event."""
    found: list[tuple[str, Words, str]] = []
    if track in reader.tracks:
        found.append((_("Track"), reader.words(reader.tracks[track].name), f"?{urlencode({'track': track})}"))
    if room in reader.rooms:
        found.append((_("Room"), reader.words(reader.rooms[room].name), f"?{urlencode({'room': room})}"))
    found.append((_("The whole event"), NOTHING, ""))
    return [
        {"kind": kind, "name": name, "url": calendar_of(reader.schedule.slug, query)["subscribe"]}
        for kind, name, query in found
    ]


def _in_languages(slug: str, date: dt.date, request: HttpRequest) -> dict[str, str]:
    """Return this page's address with its filters in each language."""
    chosen = {name: request.GET[name] for name in NAMES if request.GET.get(name)}
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = with_filters(reverse("programme_day", args=(slug, date)), chosen)
    return found


class DateConverter:
    """A date in an address; what is no date is no page."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        """Return the date; ValueError makes the address unknown."""
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date | str) -> str:
        """Return the date as it stands in addresses."""
        return str(value)
