"""What all public pages of a programme share: who may look, what is kept, and each reader's stars."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from network.web.pages import cached_page
from sessions_app.events.models import Event
from sessions_app.events.queries import for_viewer, get_event
from sessions_app.programme.pages.agenda import clashes_in_words
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.queries import (
    PageStamp,
    page_stamp,
    recordings_of,
    released_schedule,
    schedule_of_stamp,
    starred_codes,
)

Context = dict[str, Any]
Build = Callable[[Reader, Event], Context]

_STAR = re.compile(
    rb'data-star="([0-9A-Z]{1,12})" data-event="([^"]*)" aria-pressed="false"'
)  # as components/star.html writes it
_CLASH = re.compile(
    rb'data-clash="([0-9A-Z]{1,12})" hidden>(<svg .*?</svg>)<span></span>'
)  # as components/session_row.html writes it


@dataclass(frozen=True, slots=True)
class PublicEvent:
    """An event that the viewer may know of, before anything is read of it."""

    slug: str
    stamp: PageStamp


def language_of_page() -> str:
    """Return the language in which the page is written."""
    return get_language() or settings.LANGUAGE_CODE


def find_event(request: HttpRequest, slug: str) -> PublicEvent:
    """Return the event by its address; raise Http404 when the viewer may not know of it."""
    stamp = None if "\x00" in slug else page_stamp(slug)
    if stamp is None:
        raise Http404
    if not stamp.is_public and not for_viewer(request.user).filter(pk=stamp.event_id).exists():
        raise Http404
    return PublicEvent(slug, stamp)


def reader_of(request: HttpRequest, slug: str, language: str = "") -> Reader:
    """Return the released programme in a language, by default the page's; raise Http404 without a release."""
    return reader_of_event(get_event(slug, request.user), language)


def reader_of_event(event: Event, language: str = "") -> Reader:
    """Return the event's released programme in a language; raise Http404 without a release."""
    schedule = released_schedule(event)
    if schedule is None:
        raise Http404
    return Reader(schedule, language or language_of_page())


def public_page(
    request: HttpRequest,
    slug: str,
    template: str,
    build: Build,
    *,
    page: str = "",
    section: str = "programme",
) -> HttpResponse:
    """Answer with a page of the event's released programme.

    ``build`` returns the template's context. ``page`` names the page within the event and language and
    lets it be kept; without it the page is made anew. Before the first release a page says so.
    """
    found = find_event(request, slug)
    if not found.stamp.release:
        return not_published(request, slug, section)

    def rendered(markers: Context) -> str:
        event = get_event(slug, request.user)
        context = {
            "event": event,
            "event_slug": slug,
            "section": section,
            "release_number": found.stamp.release,
            "poll_url": reverse("programme_release_number", args=(slug,)),
            **markers,
        }
        reader = Reader(schedule_of_stamp(found.stamp), language_of_page(), recordings=recordings)
        context |= {"reader_of": reader, "event_title": reader.words(reader.schedule.title)}
        return render_to_string(template, {**context, **build(reader, event)}, request)

    recordings = recordings_of(found.stamp.event_id)
    codes = starred_codes(request.user, Event(pk=found.stamp.event_id))
    return cached_page(
        request,
        key=f"{found.stamp.key}:{sorted(recordings.items())}:{language_of_page()}:{page}",
        render=rendered,
        etag=" ".join(sorted(codes)),
        personal=star_list(request, slug, codes),
        personalise=(lambda body: with_clashes(with_stars(body, codes), found.stamp, codes))
        if codes
        else None,
        keep=bool(page),
    )


def not_published(request: HttpRequest, slug: str, section: str) -> HttpResponse:
    """Say that nothing has been released yet."""
    event = get_event(slug, request.user)
    return render(
        request, "programme/not_published.html", {"event": event, "section": section, "event_slug": slug}
    )


def with_stars(body: bytes, codes: list[str]) -> bytes:
    """Return the page with the buttons of starred sessions pressed."""
    starred = {code.encode() for code in codes}

    def pressed(match: re.Match[bytes]) -> bytes:
        if match[1] not in starred:
            return match[0]
        return b'data-star="%b" data-event="%b" aria-pressed="true"' % (match[1], match[2])

    return _STAR.sub(pressed, body)


def with_clashes(body: bytes, stamp: PageStamp, codes: list[str]) -> bytes:
    """Return the page with the others named on each starred session that overlaps with them."""
    words = _clash_words(stamp, language_of_page(), tuple(codes))

    def named(match: re.Match[bytes]) -> bytes:
        said = words.get(match[1].decode())
        if said is None:
            return match[0]
        return b'data-clash="%b">%b<span>%b</span>' % (match[1], match[2], escape(said).encode())

    return _CLASH.sub(named, body) if words else body


@lru_cache(maxsize=512)
def _clash_words(stamp: PageStamp, language: str, codes: tuple[str, ...]) -> dict[str, str]:
    return clashes_in_words(Reader(schedule_of_stamp(stamp), language), codes) if len(codes) > 1 else {}


def star_list(request: HttpRequest, slug: str, codes: list[str]) -> str:
    """Return the element that keeps the page's stars: in the browser, or for a signed-in person on the server."""
    own: SafeString | str = ""
    if request.user.is_authenticated:
        own = format_html(
            ' data-signed-in data-codes="{}" data-merge="{}" data-csrf="{}"',
            " ".join(codes),
            reverse("merge_stars"),
            get_token(request),
        )
    # The sentence of agenda.clash_words, for what is starred while the page is open.
    words = format_html(
        ' data-overlaps="{}" data-other="{}"',
        _("Overlaps with %(sessions)s"),
        _("“%(title)s”, %(start)s–%(end)s"),
    )
    return format_html('<star-list data-event="{}"{}{}></star-list>', slug, words, own)


def or_404(page: Any) -> Any:
    """Return the page, or raise Http404 when there is none."""
    if page is None:
        raise Http404
    return page
