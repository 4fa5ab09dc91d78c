"""The events whose recordings one edits, and an event's recordings at a glance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from media_archive.backoffice.forms import RecordingForm
from media_archive.backoffice.scope import ActPage, FormPage, RecordingsPageMixin
from media_archive.models import CutState, Job, JobState, Recording
from media_archive.models.recordings import JOB_ACTIVE
from media_archive.services.cutting import cut_sessions
from media_archive.services.filming import open_recording
from sessions_app.events.permissions import Capability
from sessions_app.programme.backoffice.scope import own_events


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
        """List the recordings by day."""
        published = Q(cuts__state=CutState.PUBLISHED)
        recordings = list(
            Recording.objects.filter(event=self.event)
            .select_related("room")
            .annotate(
                camera_count=Count("cameras", distinct=True),
                cut_count=Count("cuts", distinct=True),
                published_count=Count("cuts", filter=published, distinct=True),
                working=Count("jobs", filter=Q(jobs__state__in=JOB_ACTIVE), distinct=True),
                failed=Count("jobs", filter=Q(jobs__state=JobState.FAILED), distinct=True),
            )
            .order_by("date", "room_name")
        )
        return {
            **super().get_context_data(**kwargs),
            "recordings": recordings,
            "days": sorted({recording.date for recording in recordings}),
            "failed": Job.objects.filter(recording__event=self.event, state=JobState.FAILED).count(),
        }


class NewRecordingView(FormPage):
    """The form that opens the recording of a day and room."""

    page_title = gettext_lazy("A day in a room")
    button = gettext_lazy("Go on to the files")
    made: Recording | None = None

    def build(self, data: Any = None) -> RecordingForm:
        """Return the form."""
        return RecordingForm(data, event=self.event)

    def save(self, form: RecordingForm) -> str:
        """Open it."""
        self.made = open_recording(event=self.event, actor=self.actor, **form.cleaned())
        return ""

    def after(self) -> str:
        """Go on to its files."""
        return self.url("backoffice_recording", self.made.code) if self.made else self.hub_url


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
