"""The events whose recordings one edits, and an event's recordings at a glance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from media_archive.backoffice.days import dates_of, days_of
from media_archive.backoffice.elsewhere_form import ElsewhereForm
from media_archive.backoffice.forms import RecordingForm
from media_archive.backoffice.scope import ActPage, FormPage, RecordingsPageMixin
from media_archive.models import Access, Cut, CutState, Job, JobState, Recording
from media_archive.services.cutting import cut_sessions, publish_cut, sessions_by_place
from media_archive.services.elsewhere import link_elsewhere, name_of_room
from media_archive.services.filming import open_recording
from sessions_app.events.permissions import Capability
from sessions_app.programme.backoffice.scope import own_events
from sessions_app.programme.queries import released_schedule
from sessions_app.registration.services.places import one_transaction


class EventsView(WagtailAdminTemplateMixin, TemplateView):
    """The events whose recordings the viewer edits; straight to them when there is only one."""

    template_name = "backoffice/recordings/events.html"
    page_title = gettext_lazy("Recordings")
    header_icon = "media"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Choose the page."""
        self.events = list(
            own_events(request, Capability.MEDIA)
            .annotate(filmed=Count("recordings", distinct=True))
            .order_by("-pk")
        )
        if len(self.events) == 1:
            return redirect("backoffice_recordings", self.events[0].slug)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List the events, newest first."""
        return {**super().get_context_data(**kwargs), "events": self.events}


class OverviewView(RecordingsPageMixin, TemplateView):
    """Days and rooms with what was filmed, what is being worked on and what needs somebody."""

    template_name = "backoffice/recordings/overview.html"
    page_title = gettext_lazy("Recordings")
    is_hub = True

    def get_page_title(self) -> str:
        """Name the event: the page is its workspace."""
        return str(self.event)

    def get_page_subtitle(self) -> str:
        """Say nothing twice."""
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List the rooms by day."""
        days = days_of(self.event)
        recorded = [room for day in days for room in day.rooms if room.recording]
        return {
            **super().get_context_data(**kwargs),
            "days": days,
            "has_recordings": bool(recorded),
            "failed": Job.objects.filter(recording__event=self.event, state=JobState.FAILED).count(),
        }


class OpenRecordingView(ActPage):
    """Opens the recording of a room and day of the released programme, and leads to its files."""

    opened: Recording | None = None

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Open it, or find the one that is there."""
        schedule = released_schedule(self.event)
        date, key = request.POST.get("date", ""), request.POST.get("room", "")
        places = sessions_by_place(schedule, self.event.zone) if schedule else {}
        place = next((one for one in places if one[1] and (one[0].isoformat(), one[1]) == (date, key)), None)
        if schedule is None or place is None:
            raise Http404
        name = name_of_room(self.event, schedule, key)
        self.opened = open_recording(event=self.event, date=place[0], room_name=name, actor=self.actor)
        return ""

    def where(self) -> str:
        """Go on to its files."""
        return self.url("backoffice_recording", self.opened.code) if self.opened else self.hub_url


class NewRecordingView(FormPage):
    """The form that opens the recording of a day and room."""

    page_title = gettext_lazy("A day in a room")
    button = gettext_lazy("Go on to the files")
    made: Recording | None = None

    def build(self, data: Any = None) -> RecordingForm:
        """Return the form."""
        chosen = self.request.GET.get("day", "")
        return RecordingForm(data, event=self.event, dates=dates_of(self.event), chosen=chosen)

    def save(self, form: RecordingForm) -> str:
        """Open it."""
        self.made = open_recording(event=self.event, actor=self.actor, **form.cleaned())
        return ""

    def after(self) -> str:
        """Go on to its files."""
        return self.url("backoffice_recording", self.made.code) if self.made else self.hub_url


class ElsewhereView(FormPage):
    """The form of a recording that lies on another site."""

    page_title = gettext_lazy("A recording elsewhere")
    linked: Cut | None = None

    def build(self, data: Any = None) -> ElsewhereForm:
        """Return the form."""
        return ElsewhereForm(data, event=self.event, chosen=self.request.GET.get("session", ""))

    @one_transaction
    def save(self, form: ElsewhereForm) -> str:
        """Link it, and publish it if that is wanted or was done before."""
        data, actor = form.cleaned_data, self.actor
        access, categories = Access(data["access"]), list(data["categories"])
        cut = link_elsewhere(
            event=self.event, code=data["session"], url=data["url"], access=access, categories=categories,
            actor=actor,
        )  # fmt: skip
        self.linked = cut
        if data["publish"] or cut.state == CutState.PUBLISHED:
            publish_at = None if data["publish"] else cut.publish_at
            publish_cut(cut=cut, access=access, categories=categories, publish_at=publish_at, actor=actor)
            return _("The recording is published.")
        return _("The link is saved. Nobody but the team sees it before it is published.")

    def after(self) -> str:
        """Go on to the cut, where its words are written."""
        return self.url("backoffice_cut", self.linked.code) if self.linked else self.hub_url


class CutDayView(ActPage):
    """Cuts all recordings of a day by the released programme."""

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Cut, and say what came of it."""
        try:
            date = dt.date.fromisoformat(request.POST.get("date", ""))
        except ValueError as error:
            raise Http404 from error
        result = cut_sessions(event=self.event, date=date, actor=self.actor)
        made = ngettext("%(n)d session was cut.", "%(n)d sessions were cut.", len(result.made)) % {
            "n": len(result.made)
        }
        kept = (
            _("%(n)d were cut before and stay as they are.") % {"n": len(result.kept)} if result.kept else ""
        )
        missed = _("%(n)d were not filmed.") % {"n": len(result.missed)} if result.missed else ""
        return " ".join(filter(None, (made, kept, missed)))
