"""The programme's part of the back office."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.permissions import register_permission_policy

from sessions_app.events.backoffice_policies import EventScopedPolicy
from sessions_app.events.permissions import Capability, has_anywhere
from sessions_app.programme.backoffice import hub, imports, preview, releases, removal, sessions, withdrawal
from sessions_app.programme.models import Session

register_permission_policy(Session, EventScopedPolicy(Session, Capability.EDIT_PROGRAMME, "event"))


@hooks.register("register_admin_viewset")
def viewsets() -> list[Any]:
    """Register the sessions."""
    return [sessions.SessionViewSet()]


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Register the pages of an event's programme."""
    event = "programme/<slug:slug>/"
    return [
        path(
            "sessions/withdraw/<int:pk>/",
            withdrawal.WithdrawView.as_view(),
            name="backoffice_session_withdraw",
        ),
        path("sessions/preview/<int:pk>/", preview.session_preview, name="backoffice_session_preview"),
        path("programme/", hub.ProgrammesView.as_view(), name="backoffice_programmes"),
        path(event, hub.HubView.as_view(), name="backoffice_hub"),
        path(f"{event}delete/", removal.EventRemovalView.as_view(), name="backoffice_event_delete"),
        path(f"{event}import/", imports.ImportView.as_view(), name="backoffice_import"),
        path(
            f"{event}import/template.csv",
            imports.ImportTemplateView.as_view(),
            {"format": "csv"},
            name="backoffice_import_csv",
        ),
        path(
            f"{event}import/template.xlsx",
            imports.ImportTemplateView.as_view(),
            {"format": "xlsx"},
            name="backoffice_import_xlsx",
        ),
        path(f"{event}clashes/", releases.ClashesView.as_view(), name="backoffice_clashes"),
        path(f"{event}release/", releases.ReleaseView.as_view(), name="backoffice_release"),
        path(f"{event}releases/", releases.ReleasesView.as_view(), name="backoffice_releases"),
        path(
            f"{event}releases/<int:number>/",
            releases.ReleaseDetailView.as_view(),
            name="backoffice_release_detail",
        ),
        path(
            f"{event}releases/<int:number>/restore/",
            releases.RestoreView.as_view(),
            name="backoffice_restore",
        ),
    ]


class ProgrammeMenuItem(MenuItem):
    """Shown to those who work on a programme."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether the viewer edits a programme."""
        return has_anywhere(request.user, Capability.EDIT_PROGRAMME)


@hooks.register("register_admin_menu_item")
def programme_menu_item() -> MenuItem:
    """Lead to the workspaces."""
    return ProgrammeMenuItem(
        _("Programme"),
        reverse("backoffice_programmes"),
        name="programme",
        icon_name="calendar-alt",
        order=280,
    )
