"""Keeps team members out of the back office until they have a second factor, when the setting says so."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _


class SecondFactorMiddleware:
    """Sends people without a second factor from the back office to the page that sets one up."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let everybody else through."""
        if (
            settings.TEAM_NEEDS_SECOND_FACTOR
            and request.path.startswith("/admin/")
            and request.user.is_authenticated
            and not is_mfa_enabled(request.user)
        ):
            messages.info(request, _("Your role needs a second factor. Set one up to go on."))
            return redirect("mfa_index")
        return self.get_response(request)
