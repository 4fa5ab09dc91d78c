"""What open pages ask where no socket passes."""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from matchmaking.queries import exchange_for


@require_safe
@never_cache
def version(request: HttpRequest, slug: str) -> JsonResponse:
    """Answer with the exchange's version to those who take part in it or run it."""
    exchange = None if "\x00" in slug else exchange_for(slug, request.user)
    if exchange is None:
        raise Http404
    return JsonResponse({"version": exchange.version})
