"""Filters of the list of sessions; choices come from the viewer's own events."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.template.defaultfilters import date as date_in_words
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from sessions_app.events.models import Event, EventDay, Room, Track
from sessions_app.programme.backoffice.scope import own_events
from sessions_app.programme.models import Session, SessionKind, SessionState
from sessions_app.programme.queries import draft_clashes

MISSING = [
    ("room", _("without a room")),
    ("time", _("without a time")),
    ("people", _("without people")),
    ("translation", _("title in one language only")),
]


def _events(request: Any) -> QuerySet[Event]:
    return own_events(request) if request else Event.objects.none()


def _rooms(request: Any) -> QuerySet[Room]:
    return Room.objects.filter(event__in=_chosen(request))


def _tracks(request: Any) -> QuerySet[Track]:
    return Track.objects.filter(event__in=_chosen(request))


def _chosen(request: Any) -> QuerySet[Event]:
    """Return the event of the address, else all of the viewer's."""
    chosen = request.GET.get("event", "") if request else ""
    events = _events(request)
    return events.filter(pk=chosen) if chosen.isdigit() else events


class SessionFilter(WagtailFilterSet):
    """By event, day, kind, track, room, state, clash, and by what is missing."""

    event = django_filters.ModelChoiceFilter(label=_("event"), queryset=_events, widget=forms.RadioSelect)
    day = django_filters.ChoiceFilter(label=_("day"), method="on_day", choices=[], widget=forms.RadioSelect)
    kind = django_filters.MultipleChoiceFilter(
        label=_("kind"), choices=SessionKind, widget=forms.CheckboxSelectMultiple
    )
    track = django_filters.ModelMultipleChoiceFilter(
        label=_("track"), queryset=_tracks, widget=forms.CheckboxSelectMultiple
    )
    room = django_filters.ModelMultipleChoiceFilter(
        label=_("room"), queryset=_rooms, widget=forms.CheckboxSelectMultiple
    )
    state = django_filters.MultipleChoiceFilter(
        label=_("state"), choices=SessionState, widget=forms.CheckboxSelectMultiple
    )
    clash = django_filters.ChoiceFilter(
        label=_("clashes"),
        method="with_clash",
        choices=[("yes", _("with a clash"))],
        widget=forms.RadioSelect,
    )
    missing = django_filters.ChoiceFilter(
        label=_("missing"), method="lacking", choices=MISSING, widget=forms.RadioSelect
    )

    class Meta:
        model = Session
        fields = ["event", "day", "kind", "track", "room", "state", "clash", "missing"]

    def __init__(
        self, data: Any = None, queryset: Any = None, *, request: Any = None, prefix: Any = None
    ) -> None:
        super().__init__(data, queryset, request=request, prefix=prefix)
        dates = EventDay.objects.filter(event__in=_chosen(request)).order_by("date")
        found = dict.fromkeys(dates.values_list("date", flat=True))
        self.filters["day"].extra["choices"] = [
            (date.isoformat(), date_in_words(date, "D j E Y")) for date in found
        ]

    def on_day(self, rows: QuerySet[Session], _name: str, value: str) -> QuerySet[Session]:
        """Keep what starts on the date by the event's own clocks."""
        date = dt.date.fromisoformat(value)
        wanted = Q(pk__in=[])
        for event in _chosen(self.request).filter(days__date=date):
            midnight = dt.datetime.combine(date, dt.time.min, event.zone)
            next_one = dt.datetime.combine(date + dt.timedelta(days=1), dt.time.min, event.zone)
            wanted |= Q(event=event, start__gte=midnight, start__lt=next_one)
        return rows.filter(wanted)

    def with_clash(self, rows: QuerySet[Session], _name: str, _value: str) -> QuerySet[Session]:
        """Keep what clashes."""
        wanted = Q(pk__in=[])
        for event in _chosen(self.request):
            wanted |= Q(event=event, guid__in=clashing_guids(event))
        return rows.filter(wanted)

    def lacking(self, rows: QuerySet[Session], _name: str, value: str) -> QuerySet[Session]:
        """Keep what still needs something."""
        return rows.exclude(state=SessionState.WITHDRAWN).filter(lacking(value)).distinct()


def clashing_guids(event: Event) -> set[uuid.UUID]:
    """Return the guids of the event's sessions that clash."""
    clashes = draft_clashes(event)
    return {item.guid for clash in clashes for item in (clash.session, clash.other) if item}


def lacking(what: str) -> Q:
    """Return the condition for sessions that still need a room, a time, people or a translation."""
    conditions = {
        "room": Q(room__isnull=True),
        "time": Q(start__isnull=True),
        "people": Q(roles__isnull=True) & ~Q(kind__in=[SessionKind.BREAK, SessionKind.SOCIAL]),
        "translation": Q(title_en__isnull=True) | Q(title_en="") | Q(title_ru__isnull=True) | Q(title_ru=""),
    }
    return conditions[what]


def lacks(session: Session, what: str, *, roles: int) -> bool:
    """Tell of one session that was read already what ``lacking`` asks the database for."""
    needs_people = session.kind not in (SessionKind.BREAK, SessionKind.SOCIAL)
    return {
        "room": session.room_id is None,
        "time": session.start is None,
        "people": needs_people and not roles,
        "translation": not (session.title_en and session.title_ru),
    }[what]
