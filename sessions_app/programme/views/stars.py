"""Stars, and the agenda of an event that they make."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from network.models import Person
from sessions_app.events.models import Event
from sessions_app.programme.pages.agenda import AT_MOST, agenda_page
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.queries import released_schedule, starred_codes
from sessions_app.programme.services.starring import agenda_token, merge_stars, star_session, unstar_session
from sessions_app.programme.views.days import calendar_of, qr_of
from sessions_app.programme.views.public import find_event, public_page, reader_of

EVENTS_MERGED = 20


@csrf_exempt  # visitors have no token; nothing is written for them, and the rest is protected below
@require_POST
def star(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Put a session on the agenda or take it off; a visitor without script is asked to sign in."""
    if not request.user.is_authenticated:
        back = _page_before(request) or reverse("programme_session", args=(slug, code))
        return redirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': back})}")
    response: HttpResponse = _star(request, slug, code)
    return response


@csrf_protect
def _star(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    person: Person = request.user  # type: ignore[assignment]
    find_event(request, slug)
    reader = reader_of(request, slug)
    if code not in reader.by_code and code not in reader.removed_by_code:
        raise Http404
    event = Event.objects.get(slug=slug)
    wanted = request.POST.get("on") or ("0" if code in starred_codes(person, event) else "1")
    if wanted == "0":
        unstar_session(person=person, event=event, code=code)
    elif not star_session(person=person, event=event, code=code):
        raise Http404
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect(_page_before(request) or reverse("programme_session", args=(slug, code)))


@require_POST
@login_required
def merge(request: HttpRequest) -> HttpResponse:
    """Add the stars that a browser kept for a visitor to the agenda of the person who has signed in."""
    person: Person = request.user  # type: ignore[assignment]
    codes_by_event: dict[str, list[str]] = {}
    for slug in request.POST.getlist("event")[:EVENTS_MERGED]:
        event = Event.objects.filter(slug=slug.replace("\x00", ""), is_public=True).first()
        schedule = released_schedule(event) if event else None
        if schedule is not None:
            known = {session.code for session in (*schedule.sessions, *schedule.removed)}
            codes_by_event[slug] = [code for code in request.POST.getlist("code")[:AT_MOST] if code in known]
    added = merge_stars(person=person, codes_by_event=codes_by_event)
    return JsonResponse({"added": added})


@require_safe
def agenda(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the starred sessions: a signed-in person's own, or those that the address names."""
    found = find_event(request, slug)
    own = request.user.is_authenticated and "s" not in request.GET
    codes = starred_codes(request.user, Event(pk=found.stamp.event_id)) if own else codes_in_address(request)

    def build(reader: Reader, event: Event) -> dict[str, Any]:
        page = agenda_page(reader, codes)
        return {
            "page": page,
            "zone": page.zone,
            "own": own,
            "signed_in": request.user.is_authenticated,
            "calendar": _calendar(request, slug, page.codes, own=own),
            "print_address": f"{request.path}?{urlencode(_print_query(page.codes, own=own))}",
            **qr_of(f"/events/{slug}/programme/"),
            "pocket_address": _pocket_address(slug, page.codes, own=own),
        }

    printed = request.GET.get("print") == "1"
    template = "programme/agenda_print.html" if printed else "programme/agenda.html"
    return public_page(request, slug, template, build, section="agenda")


def codes_in_address(request: HttpRequest) -> list[str]:
    """Return the codes of sessions that ``?s=`` names."""
    given = request.GET.get("s", "").split(",")[:AT_MOST]
    return [code for code in (item.strip().upper() for item in given) if code.isalnum()]


def _print_query(codes: tuple[str, ...], *, own: bool) -> dict[str, str]:
    return {"print": "1"} if own else {"print": "1", "s": ",".join(codes)}


def _pocket_address(slug: str, codes: tuple[str, ...], *, own: bool) -> str:
    address = reverse("agenda_pocket", args=(slug,))
    return address if own else f"{address}?{urlencode({'s': ','.join(codes)})}"


def _calendar(request: HttpRequest, slug: str, codes: tuple[str, ...], *, own: bool) -> dict[str, str]:
    """Return the person's feed over all events, or a calendar of the sessions that the address names."""
    if not own:
        query = f"?{urlencode({'session': ','.join(codes)})}"
        return {**calendar_of(slug, query), "subscribe": ""}
    address = settings.BASE_URL + reverse("agenda_feed", args=(agenda_token(person=request.user),))  # type: ignore[arg-type]
    download = address.removeprefix(settings.BASE_URL)
    return {"subscribe": "webcal:" + address.partition(":")[2], "download": download, "copy": address}


def _page_before(request: HttpRequest) -> str:
    """Return the page of this site that the form stood on, or an empty text."""
    before = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(before, {request.get_host()}, request.is_secure())
    return before if safe else ""
