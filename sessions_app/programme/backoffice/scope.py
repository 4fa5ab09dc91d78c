"""Whose programme a page of the back office shows; another event's things are not found."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability
from sessions_app.events.queries import with_capability
from sessions_app.programme.models import Session


def own_events(request: HttpRequest, capability: Capability = Capability.EDIT_PROGRAMME) -> QuerySet[Event]:
    """Return the events whose programme the viewer may work on."""
    return with_capability(request.user, capability)


def own_sessions(request: HttpRequest) -> QuerySet[Session]:
    """Return the sessions of the viewer's events."""
    return Session.objects.filter(event__in=own_events(request))


class EventPageMixin(WagtailAdminTemplateMixin):
    """A page about one of the viewer's events, named by its slug in the address."""

    capability = Capability.EDIT_PROGRAMME
    event: Event
    request: HttpRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the event, or answer 404."""
        super().setup(request, *args, **kwargs)
        self.event = get_object_or_404(
            own_events(request, self.capability).select_related("venue"), slug=kwargs["slug"]
        )

    def get_page_subtitle(self) -> str:
        """Name the event in the page's title."""
        return str(self.event)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back over the event's programme."""
        hub = {"url": reverse("backoffice_hub", args=(self.event.slug,)), "label": str(self.event)}
        home = {"url": reverse("backoffice_programmes"), "label": _("Programme")}
        return [*self.breadcrumbs_items, home, hub, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the event."""
        return {**super().get_context_data(**kwargs), "event": self.event}
