"""The workspace of one event's programme: how it stands, and what needs somebody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability, may
from sessions_app.programme.backoffice.filters import lacking
from sessions_app.programme.backoffice.scope import EventPageMixin, own_events
from sessions_app.programme.backoffice.wording import Wording
from sessions_app.programme.models import Session, SessionState
from sessions_app.programme.queries import draft_clashes, latest_release, unreleased_changes
from sessions_app.programme.schedule import zones


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for somebody: how many, what, and where to mend it."""

    count: int
    label: str
    url: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day of the event with the number of its sessions."""

    date: Any
    title: str
    count: int
    list_url: str
    add_url: str


class ProgrammesView(WagtailAdminTemplateMixin, TemplateView):
    """The events whose programme the viewer works on; straight to it when there is only one."""

    template_name = "backoffice/programmes.html"
    page_title = gettext_lazy("Programme")
    header_icon = "calendar-alt"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Choose the page."""
        events = list(own_events(request).order_by("-pk")[:2])
        if len(events) == 1:
            return redirect("backoffice_hub", events[0].slug)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List the events, newest first."""
        live = ~Q(sessions__state=SessionState.WITHDRAWN)
        events = Event.objects.filter(pk__in=own_events(self.request).values("pk")).annotate(
            session_count=Count("sessions", filter=live)
        )
        return {**super().get_context_data(**kwargs), "events": events.order_by("-pk")}


class HubView(EventPageMixin, TemplateView):
    """Counts, days, what needs somebody, the newest release and what is not released yet."""

    template_name = "backoffice/hub.html"
    page_title = gettext_lazy("Programme")
    header_icon = "calendar-alt"

    def get_page_title(self) -> str:
        """Name the event: the page is its workspace."""
        return str(self.event)

    def get_page_subtitle(self) -> str:
        """Say nothing twice."""
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list of programmes."""
        home = {"url": reverse("backoffice_programmes"), "label": gettext_lazy("Programme")}
        return [*self.breadcrumbs_items, home, {"url": "", "label": str(self.event)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Collect what the workspace shows."""
        sessions = Session.objects.filter(event=self.event).exclude(state=SessionState.WITHDRAWN)
        wording = Wording(self.event)
        return {
            **super().get_context_data(**kwargs),
            "total": sessions.count(),
            "drafts": sessions.filter(state=SessionState.DRAFT).count(),
            "days": self._days(sessions),
            "needs": self._needs(sessions),
            "release": latest_release(self.event),
            "changes": wording.changes(unreleased_changes(self.event)),
            "edits_event": may(self.request.user, Capability.EDIT_EVENT, self.event),
            "list_url": self._list_url(),
            "zone": zones.offset_in_words(_noon(self.event), self.event.zone)
            if self.event.days.first()
            else "",
        }

    def _list_url(self, extra: str = "") -> str:
        return f"{reverse('sessions:index')}?event={self.event.pk}{extra}"

    def _days(self, sessions: QuerySet[Session]) -> list[DayRow]:
        counts: dict[Any, int] = {}
        for start in sessions.filter(start__isnull=False).values_list("start", flat=True):
            date = zones.local(start, self.event.zone).date()
            counts[date] = counts.get(date, 0) + 1
        add = f"{reverse('sessions:add')}?event={self.event.slug}"
        return [
            DayRow(
                day.date,
                day.title or "",
                counts.get(day.date, 0),
                self._list_url(f"&day={day.date.isoformat()}"),
                f"{add}&day={day.date.isoformat()}",
            )
            for day in self.event.days.all()
        ]

    def _needs(self, sessions: QuerySet[Session]) -> list[Need]:
        clashes = draft_clashes(self.event)
        blocking = sum(clash.blocking for clash in clashes)
        others = len(clashes) - blocking
        url = reverse("backoffice_clashes", args=(self.event.slug,))
        block = ngettext("clash that blocks a release", "clashes that block a release", blocking)
        needs = [
            Need(blocking, block, url, urgent=True),
            Need(others, ngettext("other clash", "other clashes", others), url),
            *(self._missing(sessions, what) for what in MISSING_LABELS),
        ]
        return [need for need in needs if need.count]

    def _missing(self, sessions: QuerySet[Session], what: str) -> Need:
        both = {"en", "ru"} <= set(self.event.languages)
        count = sessions.filter(lacking(what)).distinct().count() if what != "translation" or both else 0
        return Need(count, MISSING_LABELS[what](count), self._list_url(f"&missing={what}"))


MISSING_LABELS: dict[str, Callable[[int], str]] = {
    "time": lambda count: ngettext("session without a time", "sessions without a time", count),
    "room": lambda count: ngettext("session without a room", "sessions without a room", count),
    "people": lambda count: ngettext("session without people", "sessions without people", count),
    "translation": lambda count: ngettext("title in one language only", "titles in one language only", count),
}


def _noon(event: Event) -> Any:
    day = event.days.first()
    return zones.day_window(day.date, day.opens, day.closes, event.zone)[0]
