"""The archive's part of the back office."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from media_archive.backoffice.urls import urlpatterns
from sessions_app.events.permissions import Capability, has_anywhere


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Register the pages of an event's recordings."""
    return urlpatterns


class RecordingsMenuItem(MenuItem):
    """Shown to those who edit recordings."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether the viewer edits recordings."""
        return has_anywhere(request.user, Capability.MEDIA)


@hooks.register("register_admin_menu_item")
def recordings_menu_item() -> MenuItem:
    """Lead to the workspaces."""
    return RecordingsMenuItem(
        _("Recordings"), reverse("backoffice_media"), name="recordings", icon_name="media", order=288
    )
