"""Whose doors a page of the back office shows; another event's things are not found."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability, may
from sessions_app.events.queries import with_capability
from sessions_app.registration.backoffice.scope import Link, RegistrationPageMixin

BOTH = (Capability.ADMISSION, Capability.REGISTRATION)
# The pages of an event's admission, in the order of their links, and who opens them.
PAGES: tuple[tuple[str, Promise, tuple[Capability, ...]], ...] = (
    ("backoffice_admission", gettext_lazy("At the doors"), BOTH),
    ("backoffice_scans", gettext_lazy("Scans"), (Capability.ADMISSION,)),
    ("backoffice_gates", gettext_lazy("Gates"), (Capability.ADMISSION,)),
    ("backoffice_rules", gettext_lazy("Rules"), (Capability.ADMISSION,)),
    ("backoffice_papers", gettext_lazy("Badges and lists"), (Capability.REGISTRATION,)),
)


def events_with(request: HttpRequest, capabilities: tuple[Capability, ...]) -> QuerySet[Event]:
    """Return the events on which the viewer has one of the capabilities."""
    keys = {
        key for one in capabilities for key in with_capability(request.user, one).values_list("pk", flat=True)
    }
    return Event.objects.filter(pk__in=keys)


class AdmissionPageMixin(RegistrationPageMixin):
    """A page about the doors of one of the viewer's events; other events answer 404."""

    capabilities: tuple[Capability, ...] = (Capability.ADMISSION,)
    header_icon = "key"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the event with whichever capability opens the page, or answer 404."""
        for capability in self.capabilities:
            self.capability = capability
            try:
                super().setup(request, *args, **kwargs)
            except Http404:
                continue
            return
        raise Http404

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back over the event's admission."""
        trail = [{"url": reverse("backoffice_admissions"), "label": _("Admission")}]
        if self.section != "backoffice_admission":
            trail.append({"url": self.hub_url, "label": str(self.event)})
        return [*self.breadcrumbs_items, *trail, *self.trail(), {"url": "", "label": self.get_page_title()}]

    @property
    def hub_url(self) -> str:
        """The first page of the event's admission."""
        return reverse("backoffice_admission", args=(self.event.slug,))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the links to admission's pages in the place of registration's."""
        links = [
            Link(reverse(name, args=(self.event.slug,)), str(label), name == self.section)
            for name, label, needed in PAGES
            if any(may(self.request.user, one, self.event) for one in needed)
        ]
        return {**super().get_context_data(**kwargs), "section_links": links}
