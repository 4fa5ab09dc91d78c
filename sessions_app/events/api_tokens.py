"""How a program proves to the REST API what it may do: ``Authorization: Bearer plenum_…``."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer
from ninja.throttling import SimpleRateThrottle

from sessions_app.events.models import ApiToken, Event, Scope
from sessions_app.events.tokens import find_token


class TokenAuth(HttpBearer):
    """Lets a program in that holds a token with the scope for the event of the address.

    The token becomes ``request.auth``. No valid token: 401; without the scope: 403; for another
    event: 404, as if that event did not exist.
    """

    openapi_description = "A token of one event, made in its back office; each has its scopes."

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the token that belongs to the secret."""
        found = find_token(token)
        if found is None:
            return None
        match = request.resolver_match
        if match is None or found.event.slug != match.kwargs.get("slug"):
            raise Http404("No such event.")
        if self.scope not in found.scopes:
            raise HttpError(403, f"The token lacks the scope {self.scope.value}.")
        return found


class TokenThrottle(SimpleRateThrottle):
    """Counts the calls of each token by itself."""

    scope = "token"

    def get_cache_key(self, request: HttpRequest) -> str | None:
        """Return the counter's key; calls without a token never come so far."""
        token = token_of(request)
        return f"throttle:token:{token.pk}" if token is not None else None


def token_of(request: HttpRequest) -> ApiToken | None:
    """Return the token with which the call was made."""
    found = getattr(request, "auth", None)
    return found if isinstance(found, ApiToken) else None


def event_of(request: HttpRequest) -> Event:
    """Return the event for which the call was made; it is the one of the address."""
    token = token_of(request)
    if token is None:
        raise Http404("No such event.")
    return token.event
