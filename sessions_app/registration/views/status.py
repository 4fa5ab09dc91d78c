"""The page of one registration: how it stands, and what its owner can do. A signed link opens it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sessions_app.registration.links import is_signed
from sessions_app.registration.models import Registration


def find(slug: str, code: str, signature: str) -> Registration:
    """Return the registration that the signed address names; raise Http404 when it names none."""
    registration = get_object_or_404(
        Registration.objects.select_related("event", "category", "person", "delegation"),
        event__slug=slug,
        code=code,
    )
    if not is_signed(registration, signature):
        raise Http404
    return registration


@never_cache
@require_safe
def status(request: HttpRequest, slug: str, code: str, signature: str) -> HttpResponse:
    """Show how the registration stands."""
    registration = find(slug, code, signature)
    return render(
        request, "registration/status.html", {"registration": registration, "event": registration.event}
    )
