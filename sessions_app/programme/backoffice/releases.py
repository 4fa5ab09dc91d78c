"""Clashes and releases: see what is wrong, publish, read earlier states, go back to one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages

from sessions_app.events.permissions import Capability, may
from sessions_app.programme.backoffice.scope import EventPageMixin
from sessions_app.programme.backoffice.wording import Wording
from sessions_app.programme.forms import ReleaseForm
from sessions_app.programme.models import Release, Session, SessionState
from sessions_app.programme.queries import (
    draft_clashes,
    draft_schedule,
    latest_release,
    releases,
    schedule_of,
    sign_ups_of,
    unreleased_changes,
)
from sessions_app.programme.schedule import zones
from sessions_app.programme.schedule.clashes import find_clashes
from sessions_app.programme.schedule.diff import compare, from_plain
from sessions_app.programme.schedule.model import Schedule
from sessions_app.programme.services.releasing import (
    ClashesBlockRelease,
    NothingToRelease,
    release_programme,
    restore_release,
)


class ClashesView(EventPageMixin, TemplateView):
    """All clashes of the working programme."""

    template_name = "backoffice/clashes.html"
    page_title = gettext_lazy("Clashes")
    header_icon = "warning"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Tell them, those that block a release first."""
        lines = Wording(self.event).clashes(draft_clashes(self.event))
        return {
            **super().get_context_data(**kwargs),
            "blocking": [line for line in lines if line.blocking],
            "others": [line for line in lines if not line.blocking],
        }


class ReleaseView(EventPageMixin, TemplateView):
    """Publish: what changed since the last release, what clashes, a note."""

    template_name = "backoffice/release.html"
    page_title = gettext_lazy("Release the programme")
    header_icon = "upload"
    capability = Capability.RELEASE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Collect what would be released."""
        wording = Wording(self.event)
        draft = draft_schedule(self.event)
        lines = wording.clashes(find_clashes(draft, sign_ups_of(self.event)))
        blocking = [line for line in lines if line.blocking]
        waiting = Session.objects.filter(event=self.event, state=SessionState.DRAFT).count()
        return {
            "form": ReleaseForm(blocked=bool(blocking)),
            **super().get_context_data(**kwargs),
            "blocking": blocking,
            "others": [line for line in lines if not line.blocking],
            "changes": wording.changes(unreleased_changes(self.event)),
            "release": latest_release(self.event),
            "planned": sum(session.start is not None for session in draft.sessions),
            "unplanned": sum(session.start is None for session in draft.sessions),
            "waiting": waiting,
            "edits_event": may(self.request.user, Capability.EDIT_EVENT, self.event),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Release, or say why not."""
        blocked = any(clash.blocking for clash in find_clashes(draft_schedule(self.event)))
        form = ReleaseForm(request.POST, blocked=blocked)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            release = release_programme(
                event=self.event,
                actor=request.user,
                note=form.notes,
                override_reason=form.cleaned_data.get("reason", ""),
            )
        except ClashesBlockRelease:
            messages.error(request, _("A clash has appeared meanwhile: nothing was released."))
            return redirect("backoffice_release", self.event.slug)
        except NothingToRelease:
            messages.error(
                request, _("Nothing has changed since the last release: there is nothing to publish.")
            )
            return redirect("backoffice_release", self.event.slug)
        messages.success(request, _("Release %(number)d is out.") % {"number": release.number})
        return redirect("backoffice_releases", self.event.slug)


class ReleasesView(EventPageMixin, TemplateView):
    """All releases, newest first."""

    template_name = "backoffice/releases.html"
    page_title = gettext_lazy("Releases")
    header_icon = "history"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List them with the sizes of their changes."""
        found = releases(self.event).select_related("by")
        rows = [(release, _sizes(release)) for release in found]
        return {**super().get_context_data(**kwargs), "rows": rows}


def _sizes(release: Release) -> dict[str, int]:
    return {name: len(release.changes.get(name, ())) for name in ("added", "removed", "moved", "changed")}


@dataclass(frozen=True, slots=True)
class Row:
    """A session of a release, as it was printed."""

    when: str
    title: str
    room: str
    people: str


class OneRelease(EventPageMixin):
    """A page about one release of the event."""

    release: Release

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the release, or answer 404."""
        super().setup(request, *args, **kwargs)
        found = releases(self.event).select_related("by")
        self.release = get_object_or_404(found, number=kwargs["number"])
        self.release.event = self.event

    def get_page_title(self) -> str:
        """Name the release."""
        return _("Release %(number)d") % {"number": self.release.number}


class ReleaseDetailView(OneRelease, TemplateView):
    """The programme as the release froze it, and what changed with it."""

    template_name = "backoffice/release_detail.html"
    header_icon = "history"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Tell the release day by day."""
        wording = Wording(self.event)
        schedule = schedule_of(self.release)
        return {
            **super().get_context_data(**kwargs),
            "release": self.release,
            "days": _days(wording, schedule),
            "changes": wording.changes(from_plain(self.release.changes)),
            "newest": latest_release(self.event),
        }


def _days(wording: Wording, schedule: Schedule) -> list[tuple[dt.date, list[Row]]]:
    people = {person.key: person.name for person in schedule.people}
    rooms = {room.key: wording.text(room.name) for room in schedule.rooms}
    days: dict[dt.date, list[Row]] = {}
    planned = [session for session in schedule.sessions if session.start and session.end]
    for session in sorted(planned, key=lambda item: (item.start, item.number)):
        row = Row(
            when=f"{wording.clock(session.start)}–{wording.clock(session.end)}",
            title=wording.text(session.title) or session.code,
            room=rooms.get(session.room or "", ""),
            people=", ".join(dict.fromkeys(people.get(credit.person, "") for credit in session.credits)),
        )
        days.setdefault(zones.local(session.start, wording.event.zone).date(), []).append(row)
    return list(days.items())


class RestoreView(OneRelease, TemplateView):
    """Says what going back to a release will do to the working programme, and does it."""

    template_name = "backoffice/restore.html"
    header_icon = "resubmit"
    capability = Capability.RELEASE

    def get_page_title(self) -> str:
        """Name the act."""
        return _("Restore release %(number)d") % {"number": self.release.number}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Compare the working programme with the release."""
        changes = compare(draft_schedule(self.event), schedule_of(self.release))
        return {
            **super().get_context_data(**kwargs),
            "release": self.release,
            "changes": Wording(self.event).changes(changes),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Restore."""
        restore_release(release=self.release, actor=request.user)
        messages.success(
            request,
            _("The working programme is that of release %(number)d again. Release it to publish it.")
            % {"number": self.release.number},
        )
        return redirect("backoffice_hub", self.event.slug)
