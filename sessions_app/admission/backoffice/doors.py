"""How it goes at the doors: arrivals by quarter of an hour, scans, keys, and the tickets of one person."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from sessions_app.admission.backoffice.scope import BOTH, AdmissionPageMixin, events_with
from sessions_app.admission.models import Scan, SigningKey, Ticket
from sessions_app.admission.queries import QUARTER, arrivals, flagged
from sessions_app.admission.services.keys import rotate_key
from sessions_app.admission.services.redeeming import undo
from sessions_app.admission.services.ticketing import block_ticket, replace_ticket
from sessions_app.admission.wording import reasons
from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability, may
from sessions_app.registration.backoffice.desk_words import refused
from sessions_app.registration.backoffice.pages import ActPage
from sessions_app.registration.charts import Series, stacked
from sessions_app.registration.errors import RegistrationError
from sessions_app.registration.queries import get_for_team

PAGE = 50
NOTHING: dict[str, Any] = {"chart": None, "rows": [], "gates": [], "total": 0}


class AdmissionsView(WagtailAdminTemplateMixin, TemplateView):
    """The events whose doors the viewer keeps; straight to it when there is only one."""

    template_name = "backoffice/admission/events.html"
    page_title = gettext_lazy("Admission")
    header_icon = "key"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Choose the page."""
        self.events = list(events_with(request, BOTH).order_by("-pk"))
        if len(self.events) == 1:
            return redirect("backoffice_admission", self.events[0].slug)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List the events."""
        return {**super().get_context_data(**kwargs), "events": self.events}


class DoorsView(AdmissionPageMixin, TemplateView):
    """Arrivals of a day, what needs somebody, and the keys."""

    template_name = "backoffice/admission/hub.html"
    page_title = gettext_lazy("At the doors")
    section = "backoffice_admission"
    capabilities = BOTH

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Collect what the page shows."""
        days = [day.date for day in self.event.days.all()]
        date = chosen_day(days, self.request.GET.get("day", ""), timezone.localdate(timezone=self.event.zone))
        day = arrivals_of_day(self.event, date) if date else NOTHING
        return {
            **super().get_context_data(**kwargs),
            "may_rotate": may(self.request.user, Capability.REGISTRATION, self.event),
            "days": days,
            "date": date,
            "arrivals": day,
            "total": day["total"],
            "flagged": flagged(self.event).count(),
            "tickets": Ticket.objects.filter(event=self.event, revoked_at__isnull=True).count(),
            "keys": list(SigningKey.objects.filter(event=self.event)),
        }


def chosen_day(days: list[dt.date], wanted: str, today: dt.date) -> dt.date | None:
    """Return the wanted day of the event, else today, else the last one that has begun, else the first."""
    named = next((day for day in days if day.isoformat() == wanted), None)
    begun = [day for day in days if day <= today]
    return named or (begun[-1] if begun else days[0] if days else None)


def arrivals_of_day(event: Event, date: dt.date) -> dict[str, Any]:
    """Return chart, table and gates of a day's arrivals, each quarter of an hour with its local time."""
    start = dt.datetime.combine(date, dt.time(), event.zone).astimezone(dt.UTC)
    end = dt.datetime.combine(date + dt.timedelta(days=1), dt.time(), event.zone).astimezone(dt.UTC)
    counted: dict[str, dict[dt.datetime, int]] = defaultdict(dict)
    for one in arrivals(event, start, end):
        counted[one.gate or _("no gate")][one.at] = one.count
    moments = [at for gate in counted.values() for at in gate]
    if not moments:
        return NOTHING
    first, last = min(moments), max(moments)
    quarters = [first + QUARTER * n for n in range(int((last - first) / QUARTER) + 1)]
    labels = [f"{at.astimezone(event.zone):%H:%M}" for at in quarters]
    series = [
        Series(name, number % 8 + 1, [counted[name].get(at, 0) for at in quarters])
        for number, name in enumerate(sorted(counted))
    ]
    rows = [
        (label, [one.values[i] for one in series], sum(one.values[i] for one in series))
        for i, label in enumerate(labels)
    ]
    return {
        "chart": stacked(labels, series),
        "rows": [row for row in rows if row[2]],
        "gates": series,
        "total": sum(one.total for one in series),
    }


class ScansView(AdmissionPageMixin, TemplateView):
    """All scans, those that let somebody in twice first."""

    template_name = "backoffice/admission/scans.html"
    page_title = gettext_lazy("Scans")
    section = "backoffice_scans"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Read one page of them."""
        rows = Scan.objects.filter(event=self.event).select_related(
            "gate", "ticket__registration__category", "by"
        )
        pages = Paginator(rows.order_by("-is_flagged", "-at", "-id"), PAGE)
        page, words = pages.get_page(self.request.GET.get("page")), reasons()
        return {
            **super().get_context_data(**kwargs),
            "may_see": may(self.request.user, Capability.REGISTRATION, self.event),
            "page_obj": page,
            "scans": [(scan, words.get(scan.reason, scan.reason)) for scan in page],
            "zone": self.event.timezone,
        }


class UndoScanView(AdmissionPageMixin, ActPage):
    """Takes a scan back."""

    back = "backoffice_scans"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Take it back."""
        scan = get_object_or_404(Scan, event=self.event, pk=kwargs["pk"])
        undo(event=self.event, nonce=scan.nonce, by=request.user)
        return _("The scan is taken back.")


class RotateKeyView(AdmissionPageMixin, TemplateView):
    """Asks once, then signs new tickets with a new key."""

    template_name = "backoffice/admission/rotate.html"
    page_title = gettext_lazy("New signing key")
    capabilities = (Capability.REGISTRATION,)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make the key."""
        key = rotate_key(event=self.event, actor=request.user)
        messages.success(request, _("New tickets are signed with key %(number)d.") % {"number": key.number})
        return redirect(self.hub_url)


class TicketsView(AdmissionPageMixin, TemplateView):
    """The tickets of one registration: replace, block, let go."""

    template_name = "backoffice/admission/tickets.html"
    page_title = gettext_lazy("Tickets")
    capabilities = (Capability.REGISTRATION,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List tickets and scans of the registration."""
        viewer: Any = self.request.user
        registration = get_for_team(self.event, viewer, self.kwargs["code"])
        tickets = list(Ticket.objects.filter(registration=registration).select_related("key"))
        return {
            **super().get_context_data(**kwargs),
            "registration": registration,
            "tickets": tickets,
            "valid": next((ticket for ticket in tickets if ticket.revoked_at is None), None),
            "scans": list(Scan.objects.filter(ticket__in=tickets).select_related("gate")[:PAGE]),
            "reason": kwargs.get("reason", ""),
            "zone": self.event.timezone,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do one step, or say why not; a reason is needed, except to let a ticket go again."""
        viewer: Any = request.user
        registration = get_for_team(self.event, viewer, kwargs["code"])
        step, reason = request.POST.get("step"), " ".join(request.POST.get("reason", "").split())[:300]
        if step not in ("replace", "block", "unblock"):
            raise Http404
        if not reason and step != "unblock":
            error = _("Write the reason: the door shows it.")
            return self.render_to_response(self.get_context_data(error=error, failed=step), status=422)
        try:
            if step == "replace":
                replace_ticket(registration=registration, actor=viewer, reason=reason)
            else:
                ticket = get_object_or_404(Ticket, registration=registration, revoked_at__isnull=True)
                block_ticket(ticket=ticket, actor=viewer, reason=reason if step == "block" else "")
        except RegistrationError as refusal:
            context = self.get_context_data(error=refused(refusal), failed=step, reason=reason)
            return self.render_to_response(context, status=409)
        messages.success(request, _("Done."))
        return redirect(reverse("backoffice_tickets", args=(self.event.slug, registration.code)))
