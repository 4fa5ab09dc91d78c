"""Admission's part of the back office."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from sessions_app.admission.backoffice.scope import BOTH
from sessions_app.admission.backoffice.urls import urlpatterns
from sessions_app.events.permissions import has_anywhere


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Register the pages of an event's admission."""
    return urlpatterns


class AdmissionMenuItem(MenuItem):
    """Shown to those who keep doors or manage a registration."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether the viewer has an event to admit people to."""
        return any(has_anywhere(request.user, one) for one in BOTH)


@hooks.register("register_admin_menu_item")
def admission_menu_item() -> MenuItem:
    """Lead to the workspaces."""
    return AdmissionMenuItem(
        _("Admission"), reverse("backoffice_admissions"), name="admission", icon_name="key", order=286
    )
