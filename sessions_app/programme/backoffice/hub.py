"""The workspace of one event's programme: how it stands, and what needs somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability, may
from sessions_app.programme.backoffice.filters import lacks
from sessions_app.programme.backoffice.scope import EventPageMixin, own_events
from sessions_app.programme.backoffice.wording import Wording
from sessions_app.programme.models import Session, SessionState
from sessions_app.programme.queries import Working, latest_release, schedule_of, sign_ups_of, working
from sessions_app.programme.schedule import zones
from sessions_app.programme.schedule.clashes import find_clashes
from sessions_app.programme.schedule.diff import compare


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
        found, release = working(self.event), latest_release(self.event)
        days = found.planned.days
        changes = compare(schedule_of(release) if release else None, found.ready)
        return {
            **super().get_context_data(**kwargs),
            "total": len(found.sessions),
            "drafts": sum(session.state == SessionState.DRAFT for session in found.sessions),
            "days": self._days(found),
            "needs": self._needs(found),
            "release": release,
            "changes": Wording(self.event, found.sessions).changes(changes),
            "edits_event": may(self.request.user, Capability.EDIT_EVENT, self.event),
            "list_url": self._list_url(),
            "zone": zones.offset_in_words(days[0].start, self.event.zone) if days else "",
        }

    def _list_url(self, extra: str = "") -> str:
        return f"{reverse('sessions:index')}?event={self.event.pk}{extra}"

    def _days(self, found: Working) -> list[DayRow]:
        dates = Counter(
            zones.local(session.start, self.event.zone).date() for session in found.sessions if session.start
        )
        add = f"{reverse('sessions:add')}?event={self.event.slug}"
        words = Wording(self.event)
        return [
            DayRow(
                day.date,
                words.text(day.title),
                dates[day.date],
                self._list_url(f"&day={day.date.isoformat()}"),
                f"{add}&day={day.date.isoformat()}",
            )
            for day in found.planned.days
        ]

    def _needs(self, found: Working) -> list[Need]:
        clashes = find_clashes(found.planned, sign_ups_of(self.event))
        blocking = sum(clash.blocking for clash in clashes)
        others = len(clashes) - blocking
        url = reverse("backoffice_clashes", args=(self.event.slug,))
        block = ngettext("clash that blocks a release", "clashes that block a release", blocking)
        needs = [
            Need(blocking, block, url, urgent=True),
            Need(others, ngettext("other clash", "other clashes", others), url),
            *(self._missing(found.sessions, what) for what in MISSING_LABELS),
        ]
        return [need for need in needs if need.count]

    def _missing(self, sessions: Iterable[Session], what: str) -> Need:
        both = {"en", "ru"} <= set(self.event.languages)
        wanted = what != "translation" or both
        count = sum(wanted and lacks(session, what, roles=len(session.roles.all())) for session in sessions)
        return Need(count, MISSING_LABELS[what](count), self._list_url(f"&missing={what}"))


MISSING_LABELS: dict[str, Callable[[int], str]] = {
    "time": lambda count: ngettext("session without a time", "sessions without a time", count),
    "room": lambda count: ngettext("session without a room", "sessions without a room", count),
    "people": lambda count: ngettext("session without people", "sessions without people", count),
    "translation": lambda count: ngettext("title in one language only", "titles in one language only", count),
}
