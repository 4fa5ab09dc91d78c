"""Whose registration a page of the back office shows; another event's things are not found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sessions_app.events.permissions import Capability
from sessions_app.programme.backoffice.scope import EventPageMixin

# The pages of an event's registration, in the order of their links.
PAGES: tuple[tuple[str, Promise], ...] = (
    ("backoffice_registration", _("Overview")),
    ("backoffice_registration_list", _("Registrations")),
    ("backoffice_delegations", _("Delegations")),
    ("backoffice_setup", _("Settings")),
    ("backoffice_quotas", _("Quotas")),
    ("backoffice_categories", _("Categories")),
    ("backoffice_questions", _("Questions")),
    ("backoffice_invitations", _("Invitations")),
    ("backoffice_templates", _("Messages")),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link beside the pages of an event's registration."""

    url: str
    label: str
    is_current: bool


class RegistrationPageMixin(EventPageMixin):
    """A page about one of the viewer's events whose registration she manages; other events answer 404.

    ``section`` is the name of the address that stands marked among the links.
    """

    capability = Capability.REGISTRATION
    section = ""
    request: HttpRequest
    header_icon = "clipboard-list"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back over the event's registration."""
        trail = [{"url": reverse("backoffice_registrations"), "label": _("Registration")}]
        if self.section:
            trail.append({"url": self.hub_url, "label": str(self.event)})
        return [*self.breadcrumbs_items, *trail, *self.trail(), {"url": "", "label": self.get_page_title()}]

    def trail(self) -> list[dict[str, Any]]:
        """Return what stands between the event and the page."""
        return []

    @property
    def hub_url(self) -> str:
        """The first page of the event's registration."""
        return reverse("backoffice_registration", args=(self.event.slug,))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the links to the other pages."""
        links = [
            Link(reverse(name, args=(self.event.slug,)), str(label), name == self.section)
            for name, label in PAGES
        ]
        return {**super().get_context_data(**kwargs), "section_links": links}
