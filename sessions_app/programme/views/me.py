"""A person's own page: her agenda, her parts, and the address of her calendar."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from network.account_page import parts_of
from network.models import Person
from sessions_app.events.models import Event
from sessions_app.events.permissions import is_on_a_team
from sessions_app.programme.pages.agenda import clashes_in_words
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.queries import agenda_of, released_schedules
from sessions_app.programme.schedule.model import Schedule, Session, text_in
from sessions_app.programme.services.starring import agenda_token, renew_agenda_token


@dataclass(frozen=True)
class EventAgenda:
    """What of one event stands on a person's agenda; ``rows`` go into the session component."""

    event: Event
    zone: str
    days: list[tuple[dt.date, list[dict[str, Any]]]]
    is_over: bool


@require_safe
@login_required
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    """Show who you are, your agenda by event, your calendar's address, and what other floors list for you."""
    person: Person = request.user  # type: ignore[assignment]
    agendas = _agendas(person, timezone.now())
    token = person.agenda_token or agenda_token(person=person)
    feed = settings.BASE_URL + reverse("agenda_feed", args=[token])
    context = {
        "coming": [agenda for agenda in agendas if not agenda.is_over],
        "past": [agenda for agenda in agendas if agenda.is_over],
        "feed": feed,
        "feed_to_subscribe": "webcal:" + feed.partition(":")[2],
        "is_on_a_team": is_on_a_team(person),
        "parts": parts_of(person),
    }
    return render(request, "me/agenda.html", context)


@require_POST
@login_required
def renew_address(request: HttpRequest) -> HttpResponse:
    """Give the calendar a new address; programs that know the old one get nothing any more."""
    renew_agenda_token(person=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Your calendar has a new address. Subscribe to it anew."))
    return redirect("me")


def _agendas(person: Person, now: dt.datetime) -> list[EventAgenda]:
    starred = agenda_of(person)
    events = list(Event.objects.filter(pk__in=list(starred), is_public=True).order_by("pk"))
    schedules = released_schedules(events)
    found = [
        _agenda(event, schedules[event.pk], starred[event.pk], now)
        for event in events
        if event.pk in schedules
    ]
    return [agenda for agenda in found if agenda is not None]


def _agenda(event: Event, schedule: Schedule, guids: set[uuid.UUID], now: dt.datetime) -> EventAgenda | None:
    zone = event.zone
    removed = {session.guid for session in schedule.removed}
    mine = [
        session
        for session in (*schedule.sessions, *schedule.removed)
        if session.guid in guids and session.start is not None
    ]
    mine.sort(key=lambda session: session.start or now)
    reader = Reader(schedule, (get_language() or settings.LANGUAGE_CODE).split("-")[0])
    clashes = clashes_in_words(reader, [session.code for session in mine])
    days: dict[dt.date, list[dict[str, Any]]] = {}
    for session in mine:
        day = (session.start or now).astimezone(zone).date()
        row = _row(event, schedule, session, session.guid in removed)
        days.setdefault(day, []).append({**row, "clash": clashes.get(session.code, "")})
    is_over = all(session.end is not None and session.end < now for session in mine)
    return EventAgenda(event, event.timezone, list(days.items()), is_over) if mine else None


def _row(event: Event, schedule: Schedule, session: Session, cancelled: bool) -> dict[str, Any]:
    language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    title, title_language = text_in(session.title, language, *schedule.languages)
    room = next((room for room in schedule.rooms if room.key == session.room), None)
    track = next((track for track in schedule.tracks if track.key == session.track), None)
    return {
        "code": session.code,
        "title": title,
        "title_lang": title_language if title_language != language else "",
        "url": "" if cancelled else reverse("programme_session", args=[event.slug, session.code]),
        "start": session.start,
        "end": session.end,
        "starred": True,
        "star_url": reverse("programme_star", args=[event.slug, session.code]),
        "hue": track.hue if track else None,
        "track": text_in(track.name, language, *schedule.languages)[0] if track else "",
        "room": text_in(room.name, language, *schedule.languages)[0] if room else "",
        "cancelled": cancelled,
        "tags": [{"kind": "bad", "icon": "cross", "text": _("cancelled")}] if cancelled else [],
    }
