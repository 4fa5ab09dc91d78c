"""The exchange's part of the back office."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from matchmaking.backoffice.urls import urlpatterns
from sessions_app.events.permissions import Capability, has_anywhere


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Register the pages of an event's exchange."""
    return urlpatterns


class ExchangeMenuItem(MenuItem):
    """Shown to those who run an exchange."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether the viewer runs an exchange."""
        return has_anywhere(request.user, Capability.EXCHANGE)


@hooks.register("register_admin_menu_item")
def exchange_menu_item() -> MenuItem:
    """Lead to the workspaces."""
    return ExchangeMenuItem(
        _("Exchange"), reverse("backoffice_exchanges"), name="exchange", icon_name="table", order=287
    )
