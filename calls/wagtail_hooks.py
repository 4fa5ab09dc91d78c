"""The calls' part of the back office."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from calls.backoffice.calls import CallPolicy, CallViewSet
from calls.backoffice.panels import EndSeatView, PanelView
from calls.models import Call

register_permission_policy(Call, CallPolicy())


@hooks.register("register_admin_viewset")
def viewsets() -> list[Any]:
    """Register the calls."""
    return [CallViewSet()]


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Register the pages of a call's panel."""
    return [
        path("calls/panel/<int:pk>/", PanelView.as_view(), name="backoffice_panel"),
        path("calls/panel/<int:pk>/end/<int:member>/", EndSeatView.as_view(), name="backoffice_end_seat"),
    ]
