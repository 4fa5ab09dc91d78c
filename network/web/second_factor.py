"""Keeps team members out of the back office until they have shown a second factor, when the setting says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from network.models import Person


class SecondFactorMiddleware:
    """Sends people to set up a second factor, or to show it, before the back office opens.

    A session from before the factor was set up has not shown it: whoever opened it may have had
    nothing but the mailbox.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let everybody else through."""
        guarded = settings.TEAM_NEEDS_SECOND_FACTOR and request.path.startswith("/admin/")
        if not guarded or not request.user.is_authenticated or has_shown_it(request):
            return self.get_response(request)
        if not is_mfa_enabled(request.user):
            messages.info(request, _("Your role needs a second factor. Set one up to go on."))
            return redirect("mfa_index")
        by_code = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
        page = reverse("mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn")
        return redirect(f"{page}?{urlencode({'next': request.get_full_path()})}")


def has_shown_it(request: HttpRequest) -> bool:
    """Tell whether a second factor, or a passkey instead of both, was shown in this session."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records) and is_mfa_enabled(request.user)


@receiver(authenticator_added)
def count_as_shown(request: HttpRequest, user: Person, authenticator: Authenticator, **_more: Any) -> None:
    """Whoever has just set a factor up has shown it thereby; recovery codes are none of their own."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, method="mfa", id=authenticator.pk, type=authenticator.type)
