"""Says to signed-in people without a role that the back office is not open to them.

Without it they are sent to the log-in, which sends those who are logged in straight back, for ever.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from network.web.errors import permission_denied

WAY_OUT = ("/admin/logout/", "/admin/jsi18n/", "/admin/sprite/")


class BackOfficeMiddleware:
    """Answers 403 for the back office to people who are signed in and have no part in it."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let everybody else through."""
        inside = request.path.startswith("/admin/") and not request.path.startswith(WAY_OUT)
        if (
            inside
            and request.user.is_authenticated
            and not request.user.has_perm("wagtailadmin.access_admin")
        ):
            return permission_denied(request, PermissionDenied())
        return self.get_response(request)
