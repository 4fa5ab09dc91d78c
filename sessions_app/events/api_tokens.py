"""How a program proves to the REST API what it may do: ``Authorization: Bearer plenum_…``."""

from __future__ import annotations

import time

from django.core.cache import cache
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
    """Counts the calls of each token by itself: one number a period, of the last one so much as still counts.

    A list of all calls, as the parent keeps it, would be read and written whole at each of them.
    """

    scope = "token"
    num_requests: int
    duration: int

    def get_cache_key(self, request: HttpRequest) -> str | None:
        """Return the start of the counters' keys; calls without a token never come so far."""
        token = token_of(request)
        return f"throttle:token:{token.pk}" if token is not None else None

    def allow_request(self, request: HttpRequest) -> bool:
        """Count the call; False when the token has made all that it may. A refused call does not count."""
        name = self.get_cache_key(request)
        if name is None:
            return True
        period, past = divmod(time.time(), self.duration)
        counter = f"{name}:{int(period)}"
        made = _count(counter, 2 * self.duration)
        if made > self.num_requests or self._with_the_last(name, int(period), past, made) > self.num_requests:
            cache.incr(counter, -1)
            return False
        return True

    def wait(self) -> float | None:
        """Return in how many seconds calls are let through again at the latest."""
        return self.duration - time.time() % self.duration

    def _with_the_last(self, name: str, period: int, past: float, made: int) -> float:
        """Return how many calls the last ``duration`` seconds have seen, if those before came evenly."""
        before: int = cache.get(f"{name}:{period - 1}", 0)
        return made + before * (1 - past / self.duration)


def _count(counter: str, seconds: int) -> int:
    """Count one more; return how many there were since the counter began."""
    try:
        return cache.incr(counter)
    except ValueError:  # the first of this period
        return 1 if cache.add(counter, 1, seconds) else cache.incr(counter)


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
