"""What changed between releases, and old releases as they were."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from network.localised import localised
from sessions_app.events.models import Event
from sessions_app.programme.models import Release
from sessions_app.programme.pages.changes import SHOWN_AT_ONCE, ReleaseLines, release_lines
from sessions_app.programme.pages.people import rows_by_day
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.queries import releases, schedule_of
from sessions_app.programme.schedule import diff
from sessions_app.programme.views.public import find_event, language_of_page, or_404, public_page

RELEASES_SHOWN = 50


@require_safe
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """List the releases, newest first, with what changed in words."""

    def build(reader: Reader, event: Event) -> dict[str, Any]:
        found = releases(event)[:RELEASES_SHOWN]
        return {
            "releases": [_lines(release, reader, limit=SHOWN_AT_ONCE) for release in found],
            "zone": reader.schedule.zone,
        }

    return public_page(request, slug, "programme/changes.html", build, page="changes", section="changes")


@require_safe
def release(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show the programme as one release printed it, and what that release changed."""

    def build(reader: Reader, event: Event) -> dict[str, Any]:
        found = or_404(releases(event).filter(number=number).first() if number < 2**31 else None)
        old = Reader(schedule_of(found), language_of_page())
        newest = reader.schedule.version == old.schedule.version
        return {
            "release": _lines(found, reader),
            "days": rows_by_day(old, old.planned),
            "zone": old.schedule.zone,
            "is_newest": newest,
        }

    return public_page(
        request, slug, "programme/release.html", build, page=f"release:{number}", section="changes"
    )


@require_safe
def release_number(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell the number of the newest release to open pages that no socket reaches."""
    response = JsonResponse({"release": find_event(request, slug).stamp.release})
    response["Cache-Control"] = "private, no-cache"
    return response


def _lines(found: Release, reader: Reader, limit: int | None = None) -> ReleaseLines:
    difference = diff.from_plain(found.changes) if found.changes else diff.Changes()
    return release_lines(found.number, found.at, localised(found, "note"), difference, reader, limit=limit)
