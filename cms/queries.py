"""Reads for pages: events as cards, an event's front, news. Only released programmes, only public events."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Locale

from cms import front
from cms.models import EventFrontPage, NewsPage
from network.localised import localised
from network.models import Organisation, Person
from sessions_app.events.models import Event, EventDay
from sessions_app.events.permissions import team_roles
from sessions_app.events.queries import for_viewer, with_frame
from sessions_app.programme.models import Release
from sessions_app.programme.queries import latest_releases, schedule_of
from sessions_app.programme.schedule.model import Localised, Role, Schedule
from sessions_app.programme.schedule.zones import day_window

Viewer = Person | AnonymousUser
EVENTS_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCard:
    """An event in a list: its dates, its phase, and how many sessions are released (None: not yet)."""

    event: Event
    name: Localised
    kind: Localised
    city: Localised
    summary: Localised
    dates: tuple[dt.date, ...]
    starts: dt.datetime | None
    phase: front.Phase
    sessions: int | None
    release: Release | None
    schedule: Schedule | None
    days_to_go: int
    day_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """Events by phase: those that run or come, the nearest first, and those that are over, the latest first."""

    current: tuple[EventCard, ...]
    past: tuple[EventCard, ...]

    @property
    def all(self) -> tuple[EventCard, ...]:
        """Every event, in the order of reading."""
        return (*self.current, *self.past)

    @property
    def hero(self) -> EventCard | None:
        """The event that the home page opens with: what runs, else what comes next, else what was last."""
        return (self.current or self.past or (None,))[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """Everything that the front page of one event can show."""

    card: EventCard
    note: Localised
    days: tuple[front.DayCard, ...]
    people: tuple[front.PersonCard, ...]
    figures: front.Figures | None
    now: front.NowCard | None
    organisers: tuple[Organisation, ...]
    release: Release | None
    release_note: Localised

    # The usual part; a list that says it of everybody says nothing.
    only_speaks: ClassVar[tuple[Role, ...]] = (Role.SPEAKER,)

    @property
    def release_date(self) -> dt.date | None:
        """The date of the newest release in the event's zone."""
        return front.local_date(self.release.at, self.card.event.zone) if self.release else None

    @property
    def spans_months(self) -> bool:
        """Whether the days lie in different months, so that a number alone does not tell them apart."""
        return len({day.date.month for day in self.days}) > 1

    @property
    def calendar(self) -> dict[str, str]:
        """The addresses of the event's calendar: to subscribe, to download, to copy."""
        address = f"{settings.BASE_URL}/events/{self.card.event.slug}/schedule.ics"
        return {
            "subscribe": "webcal://" + address.partition("://")[2],
            "download": address,
            "copy": address,
        }


def event_cards(viewer: Viewer | None = None, now: dt.datetime | None = None) -> Cards:
    """Return the events that the viewer may know of (None: the public ones) as cards."""
    now = now or timezone.now()
    known = Event.objects.filter(is_public=True) if viewer is None else for_viewer(viewer)
    latest = known.annotate(last_day=Max("days__date")).order_by("-last_day", "-id")[:EVENTS_LISTED]
    events = list(with_frame(latest))
    releases = latest_releases(events)
    cards = [event_card(event, releases.get(event.pk), now) for event in events]
    current = [card for card in cards if card.phase is not front.Phase.PAST]
    past = [card for card in cards if card.phase is front.Phase.PAST]
    return Cards(
        current=tuple(sorted(current, key=lambda card: card.starts or front.NEVER)),
        past=tuple(sorted(past, key=lambda card: card.starts or front.NEVER, reverse=True)),
    )


def event_card(event: Event, release: Release | None, now: dt.datetime) -> EventCard:
    """Return the card of an event that was fetched with its frame, and its newest release."""
    schedule = schedule_of(release) if release else None
    days: list[EventDay] = list(event.days.all())
    bounds = [day_window(day.date, day.opens, day.closes, event.zone) for day in days]
    dates = tuple(day.date for day in days)
    today = front.local_date(now, event.zone)
    return EventCard(
        event=event,
        name=localised(event, "name"),
        kind=localised(event, "kind"),
        city=localised(event.venue, "city") if event.venue else {},
        summary=localised(event, "summary"),
        dates=dates,
        starts=bounds[0][0] if bounds else None,
        phase=front.phase_of(bounds, now),
        sessions=len(front.held(schedule)) if schedule else None,
        release=release,
        schedule=schedule,
        days_to_go=(dates[0] - today).days if dates else 0,
        day_number=dates.index(today) + 1 if today in dates else 0,
    )


def card_of(event: Event, now: dt.datetime | None = None) -> EventCard:
    """Return the card of one event; four queries, however large the programme is."""
    framed = with_frame(Event.objects.filter(pk=event.pk)).get()
    return event_card(framed, latest_releases([event]).get(event.pk), now or timezone.now())


def front_of(card: EventCard, now: dt.datetime | None = None) -> Front:
    """Return what the event's front page shows, without a query."""
    now = now or timezone.now()
    event, schedule = card.event, card.schedule
    today = front.local_date(now, event.zone)
    summaries = {day.date: localised(day, "summary") for day in event.days.all()}
    return Front(
        card=card,
        note=localised(event, "note"),
        days=tuple(front.day_cards(schedule, summaries, today) if schedule else planned_days(event, today)),
        people=tuple(front.person_cards(schedule, get_language() or "")) if schedule else (),
        figures=front.figures_of(schedule) if schedule else None,
        now=front.now_card(schedule, now) if schedule else None,
        organisers=tuple(tie.organisation for tie in event.organisers.all()),
        release=card.release,
        release_note=localised(card.release, "note") if card.release else {},
    )


def planned_days(event: Event, today: dt.date) -> list[front.DayCard]:
    """Return the days of an event without a released programme: dates and themes."""
    return [
        front.DayCard(
            date=day.date,
            title=localised(day, "title"),
            summary=localised(day, "summary"),
            sessions=None,
            is_today=day.date == today,
        )
        for day in event.days.all()
    ]


def front_page(event: Event, language: str) -> EventFrontPage | None:
    """Return the event's published front page in a language, else in another one, else None."""
    pages = (
        EventFrontPage.objects.live().public().filter(event=event).select_related("locale").order_by("path")
    )
    found = {page.language: page for page in reversed(pages)}
    for page in found.values():
        page.event = event
    return found.get(language) or next(iter(found.values()), None)


def news(event: Event | None = None) -> QuerySet[NewsPage]:
    """Return the published articles, newest first; in another language only where a translation lacks."""
    locale = Locale.objects.filter(language_code=get_language()).first()
    pages: QuerySet[NewsPage] = NewsPage.objects.live().public().select_related("locale", "image")
    if locale is not None:
        translated = NewsPage.objects.live().filter(
            translation_key=OuterRef("translation_key"), locale=locale
        )
        pages = pages.filter(Q(locale=locale) | ~Exists(translated))
    if event is not None:
        pages = pages.filter(event=event)
    ordered: QuerySet[NewsPage] = pages.order_by("-date", "-first_published_at", "-pk")
    return ordered


def is_on_team(viewer: Viewer, event: Event) -> bool:
    """Tell whether the viewer works for the event, or runs the platform."""
    return isinstance(viewer, Person) and (viewer.is_superuser or event.pk in team_roles(viewer))
