"""Whose exchange a page of the back office shows; another event's things are not found."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matchmaking.models import Exchange
from matchmaking.queries import exchange_of
from sessions_app.events.permissions import Capability
from sessions_app.registration.backoffice.scope import Link, RegistrationPageMixin

# The pages of an event's exchange, in the order of their links.
PAGES: tuple[tuple[str, Promise], ...] = (
    ("backoffice_exchange", gettext_lazy("Overview")),
    ("backoffice_exchange_setup", gettext_lazy("Set-up")),
    ("backoffice_exchange_tables", gettext_lazy("Tables")),
    ("backoffice_exchange_people", gettext_lazy("Participants")),
    ("backoffice_exchange_plan", gettext_lazy("Plan")),
    ("backoffice_exchange_board", gettext_lazy("Board")),
    ("backoffice_exchange_hall", gettext_lazy("Screen and paper")),
    ("backoffice_exchange_yield", gettext_lazy("Yield")),
)


class ExchangePageMixin(RegistrationPageMixin):
    """A page about the exchange of one of the viewer's events; other events answer 404.

    An event without an exchange leads to where one is set up, but for pages with ``may_lack_exchange``.
    """

    capability = Capability.EXCHANGE
    header_icon = "table"
    may_lack_exchange = False
    found: Exchange | None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find event and exchange, or answer 404."""
        super().setup(request, *args, **kwargs)
        self.found = exchange_of(self.event)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead to the set-up where there is nothing to show yet."""
        if self.found is None and not self.may_lack_exchange:
            return redirect("backoffice_exchange_setup", self.event.slug)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    @property
    def exchange(self) -> Exchange:
        """The event's exchange."""
        if self.found is None:
            raise Exchange.DoesNotExist
        return self.found

    def url(self, name: str, *args: Any) -> str:
        """Return the address of one of the exchange's pages."""
        return reverse(name, args=(self.event.slug, *args))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back over the event's exchange."""
        trail = [{"url": reverse("backoffice_exchanges"), "label": _("Exchange")}]
        if self.section != "backoffice_exchange":
            trail.append({"url": self.hub_url, "label": str(self.event)})
        return [*self.breadcrumbs_items, *trail, *self.trail(), {"url": "", "label": self.get_page_title()}]

    @property
    def hub_url(self) -> str:
        """The first page of the event's exchange."""
        return self.url("backoffice_exchange")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the links to the exchange's pages in the place of registration's."""
        links = [Link(self.url(name), str(label), name == self.section) for name, label in PAGES]
        return {**super().get_context_data(**kwargs), "section_links": links, "exchange": self.found}
