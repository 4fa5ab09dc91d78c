"""The events' part of the back office."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.permissions import register_permission_policy

from sessions_app.events.backoffice import EventAuditView, EventViewSet
from sessions_app.events.backoffice_policies import EventPolicy, VenuePolicy
from sessions_app.events.backoffice_tokens import TokensView
from sessions_app.events.backoffice_venues import VenueChooserViewSet, VenueViewSet
from sessions_app.events.backoffice_webhooks import (
    WebhookDeleteView,
    WebhookDeliveryView,
    WebhookFormView,
    WebhookSecretView,
    WebhooksView,
    WebhookView,
)
from sessions_app.events.models import Event, TeamRole, Venue
from sessions_app.events.permissions import CAPABILITIES, Capability, has_anywhere

register_permission_policy(Event, EventPolicy())
register_permission_policy(Venue, VenuePolicy(Venue))


@hooks.register("register_admin_viewset")
def viewsets() -> list[Any]:
    """Register the dialog before the forms that use it."""
    return [VenueChooserViewSet("venue_chooser", url_prefix="choose-venue"), EventViewSet(), VenueViewSet()]


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Register the audit trail of the viewer's events, and the keys and webhooks of an event."""
    one = "webhooks/<slug:slug>/<int:webhook>/"
    return [
        path("reports/changes/", EventAuditView.as_view(), name="event_audit"),
        path(
            "reports/changes/results/", EventAuditView.as_view(results_only=True), name="event_audit_results"
        ),
        path("tokens/<slug:slug>/", TokensView.as_view(), name="event_tokens"),
        path("webhooks/<slug:slug>/", WebhooksView.as_view(), name="event_webhooks"),
        path("webhooks/<slug:slug>/new/", WebhookFormView.as_view(), name="event_webhook_new"),
        path(one, WebhookView.as_view(), name="event_webhook"),
        path(one + "edit/", WebhookFormView.as_view(), name="event_webhook_edit"),
        path(one + "secret/", WebhookSecretView.as_view(), name="event_webhook_secret"),
        path(one + "delete/", WebhookDeleteView.as_view(), name="event_webhook_delete"),
        path(one + "<uuid:delivery>/", WebhookDeliveryView.as_view(), name="event_webhook_delivery"),
    ]


class ProgrammeTeamMenuItem(MenuItem):
    """Shown to those who work on a programme."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether the viewer edits a programme."""
        return has_anywhere(request.user, Capability.EDIT_PROGRAMME)


@hooks.register("register_reports_menu_item")
def audit_menu_item() -> MenuItem:
    """Lead to the audit trail of the viewer's events."""
    return ProgrammeTeamMenuItem(_("What was changed"), reverse("event_audit"), icon_name="history", order=90)


@hooks.register("insert_global_admin_css")
def styles() -> SafeString:
    """Add the few styles that Wagtail's own do not cover."""
    return format_html('<link rel="stylesheet" href="{}">', static("events/backoffice.css"))


class TeamPanel(Component):
    """The viewer's events with her roles in them, and the pages these open."""

    name = "team"
    template_name = "backoffice/home_team.html"
    order = 50

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """List the events; a role whose pages do not exist yet is told without a link."""
        roles = TeamRole.objects.filter(person_id=self.request.user.pk).select_related("event")
        found: dict[int, dict[str, Any]] = {}
        for role in roles.order_by("-event_id", "role"):
            entry = found.setdefault(role.event_id, {"event": role.event, "roles": [], "can": set()})
            entry["roles"].append(role.get_role_display())
            entry["can"] |= CAPABILITIES[role.role]
        for entry in found.values():
            entry["edits_event"] = Capability.EDIT_EVENT in entry["can"]
            entry["edits_programme"] = Capability.EDIT_PROGRAMME in entry["can"]
            entry["runs_calls"] = Capability.COMMISSION in entry["can"]
            entry["runs_registration"] = Capability.REGISTRATION in entry["can"]
            entry["runs_exchange"] = Capability.EXCHANGE in entry["can"]
        return {"entries": list(found.values())}


@hooks.register("construct_homepage_panels")
def home_panels(request: HttpRequest, panels: list[Component]) -> None:
    """Put the viewer's own events first."""
    panel = TeamPanel(request)
    if panel.get_context_data()["entries"]:
        panels.append(panel)
