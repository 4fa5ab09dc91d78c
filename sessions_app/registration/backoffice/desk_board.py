"""The dashboard of an event's registration: what needs somebody first, then how it goes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from sessions_app.events.models import Event
from sessions_app.registration import board
from sessions_app.registration.backoffice.desk_words import TABS
from sessions_app.registration.backoffice.scope import RegistrationPageMixin
from sessions_app.registration.board import Need
from sessions_app.registration.charts import Series, stacked
from sessions_app.registration.queries import opening, settings_of, state_counts


class BoardView(RegistrationPageMixin, TemplateView):
    """Looked at more than read."""

    template_name = "backoffice/registration/desk_board.html"
    page_title = gettext_lazy("Registration")
    section = "backoffice_registration"

    def get_page_title(self) -> str:
        """Name the event: the page is its workspace."""
        return str(self.event)

    def get_page_subtitle(self) -> str:
        """Say nothing twice."""
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the events."""
        return [item for item in super().get_breadcrumbs_items() if item["url"] != self.hub_url]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Collect what the dashboard shows."""
        counts = state_counts(self.event)
        list_url = reverse("backoffice_registration_list", args=(self.event.slug,))
        viewer: Any = self.request.user
        return {
            **super().get_context_data(**kwargs),
            "needs": [*board.needs_from_above(self.event, viewer), *self._needs(counts, list_url)],
            "states": [
                (label, counts[state], f"{list_url}?state={state}")
                for state, label in TABS.items()
                if counts.get(state)
            ],
            "total": sum(counts.values()),
            "queue": board.approval_queue(self.event, viewer) if counts.get("pending") else [],
            "pending": counts.get("pending", 0),
            "opening": opening(settings_of(self.event)),
            "days": _by_day(self.event),
            "rooms": [(quota, _percent(quota)) for quota in board.room_load(self.event)],
            "quotas": [(quota, _percent(quota)) for quota in board.quota_load(self.event)],
            "panels": board.panels(self.event, viewer),
            "list_url": list_url,
        }

    def _needs(self, counts: dict[str, int], list_url: str) -> list[Need]:
        found = board.needs_of(self.event, counts, now=timezone.now())
        quotas = reverse("backoffice_quotas", args=(self.event.slug,))
        full = len(found.nearly_full)
        offers, bounced = found.offers, found.bounced
        needs = [
            Need(
                found.pending,
                ngettext("waits for approval", "wait for approval", found.pending),
                f"{list_url}?state=pending",
                urgent=True,
            ),
            Need(
                offers,
                ngettext("offer runs out soon", "offers run out soon", offers),
                f"{list_url}?state=offered",
            ),
            Need(
                bounced,
                ngettext("person was not reached by mail", "people were not reached by mail", bounced),
                f"{list_url}?mail=failed",
            ),
            Need(
                found.invitations,
                ngettext("invitation came back", "invitations came back", found.invitations),
                f"{reverse('backoffice_invitations', args=(self.event.slug,))}?state=failed",
            ),
            Need(full, ngettext("quota is nearly full", "quotas are nearly full", full), quotas),
        ]
        return [need for need in needs if need.count]


def _percent(quota: Any) -> int:
    return round(100 * quota.taken / quota.size) if quota.size else 0


def _by_day(event: Event) -> dict[str, Any] | None:
    """Return the drawing and the table of how registrations came; None before the first."""
    found = board.by_day(event)
    if not found.starts:
        return None
    labels = [date_format(day, "j M") for day in found.starts]
    series = [Series(str(category), category.hue, values) for category, values in found.rows]
    columns = [one.name for one in series]
    rows = [
        (label, [one.values[i] for one in series], sum(one.values[i] for one in series))
        for i, label in enumerate(labels)
    ]
    if found.days > 1:
        note = _("Each bar is %(count)d days, named by the first.") % {"count": found.days}
    else:
        note = ""
    return {
        "chart": stacked(labels, series),
        "series": series,
        "columns": columns,
        "rows": [row for row in rows if row[2]],
        "note": note,
    }
