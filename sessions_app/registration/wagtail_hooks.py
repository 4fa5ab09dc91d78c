"""Registration's part of the back office."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from sessions_app.events.permissions import Capability, has_anywhere
from sessions_app.registration.backoffice.urls import urlpatterns


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Register the pages of an event's registration."""
    return urlpatterns


class RegistrationMenuItem(MenuItem):
    """Shown to those who manage a registration."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether the viewer manages a registration."""
        return has_anywhere(request.user, Capability.REGISTRATION)


@hooks.register("register_admin_menu_item")
def registration_menu_item() -> MenuItem:
    """Lead to the workspaces."""
    return RegistrationMenuItem(
        _("Registration"),
        reverse("backoffice_registrations"),
        name="registration",
        icon_name="clipboard-list",
        order=285,
    )
