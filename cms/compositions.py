"""What the templates of home and event pages are given."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.front import Phase
from cms.models import EventFrontPage
from cms.models.base import languages_context
from cms.queries import Cards, EventCard, Front, Viewer, card_of, event_cards, front_of, news
from media_archive.pages.archive import CutRow, row_of
from media_archive.queries.archive import public_cuts
from network.localised import localised
from sessions_app.events.models import Event
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.queries import released_schedule
from sessions_app.programme.schedule.model import text_in

NEWS_AT_HOME = 3
OTHERS_AT_HOME = 5
FILMS_SHOWN = 4
# How an event's page is composed until an editor composes it: these parts in this order.
USUAL_PARTS = ("programme_days", "speakers", "venue", "release", "recordings", "organisers", "news")
WHOLE_WIDTH = {"programme_days", "organisers", "figures", "call", "news", "partners"}
BESIDE = {"venue", "release", "recordings", "video"}


@dataclass(slots=True)
class Row:
    """Parts of an event's page that stand side by side: the main ones, and the short ones beside them."""

    main: list[Any] = field(default_factory=list)
    aside: list[Any] = field(default_factory=list)


def rows_of(body: Iterable[Any]) -> list[Row]:
    """Arrange a stream: short parts stand beside those before them, wide ones have a row of their own."""
    rows: list[Row] = []
    open_row = False
    for part in body:
        if part.block_type in WHOLE_WIDTH:
            rows.append(Row(main=[part]))
            open_row = False
            continue
        if not open_row:
            rows.append(Row())
            open_row = True
        (rows[-1].aside if part.block_type in BESIDE else rows[-1].main).append(part)
    return rows


def parts_with_content(body: Iterable[Any], front: Front) -> list[Any]:
    """Leave out live parts of which there is nothing to show yet."""
    empty = {
        "programme_days": not front.days,
        "speakers": not front.people,
        "organisers": not front.organisers and not front.card.event.contact_email,
        "venue": front.card.event.venue is None,
        "release": front.release is None,
    }
    return [part for part in body if not empty.get(part.block_type)]


def usual_body() -> Any:
    """Return the stream of an event's page that nobody has composed."""
    stream = EventFrontPage._meta.get_field("body").stream_block
    parts = {name: stream.child_blocks[name] for name in USUAL_PARTS}
    plain = [
        {"type": name, "value": part.get_prep_value(part.get_default()) | {"only_event": True}}
        if name == "news"
        else {"type": name, "value": part.get_prep_value(part.get_default())}
        for name, part in parts.items()
    ]
    return stream.to_python(plain)


def home_context(cards: Cards | None = None) -> dict[str, Any]:
    """Return the events and news of the first page."""
    cards = cards or event_cards()
    hero = cards.hero
    others = [card for card in cards.all if card is not hero]
    return {
        "cards": cards,
        "hero": front_of(hero) if hero else None,
        "hero_words": _hero_words(hero) if hero else "",
        "others": others[:OTHERS_AT_HOME],
        "more_events": len(others) > OTHERS_AT_HOME,
        "articles": list(news()[:NEWS_AT_HOME]),
        "words": own_words(),
        "description": own_words()["lead"],
    }


def _hero_words(card: EventCard) -> str:
    if card.phase is Phase.PAST:
        return _("Latest event")
    if card.phase is Phase.RUNNING and card.day_number:
        return _("Running: day %(number)s of %(count)s") % {
            "number": card.day_number,
            "count": len(card.dates),
        }
    if 0 < card.days_to_go <= 60:
        return ngettext("In %(count)s day", "In %(count)s days", card.days_to_go) % {"count": card.days_to_go}
    return _("Next event")


def event_context(event: Event, viewer: Viewer, page: EventFrontPage | None = None) -> dict[str, Any]:
    """Return an event's front; ``event`` in it brings the event's colours and its header."""
    front = front_of(card_of(event))
    language = translation.get_language() or settings.LANGUAGE_CODE
    texts = (language, event.main_language)
    name, name_language = text_in(front.card.name, *texts)
    context = {
        "event": front.card.event,
        "section": "overview",
        "front": front,
        "card": front.card,
        "films": films_of(event),
        "rows": rows_of(parts_with_content(page.body if page and page.body else usual_body(), front)),
        "page_title": (page and page.seo_title) or name,
        "description": (page and page.search_description) or text_in(front.card.summary, *texts)[0],
        "structured": structured_event(front, language),
    }
    if page is not None:
        return (
            context
            | languages_context(page, language)
            | {
                "page_title": context["page_title"],
                "description": context["description"],
                "is_fallback": page.language != language and bool(page.body),
            }
        )
    addresses = {code: address_in(code, "event_front", event.slug) for code, _name in settings.LANGUAGES}
    return context | {
        "shown_language": name_language,
        "is_fallback": False,
        "language_addresses": addresses,
        "translations": [(code, settings.BASE_URL + url) for code, url in addresses.items()],
        "canonical": settings.BASE_URL + addresses[language],
    }


def films_of(event: Event) -> list[CutRow]:
    """Return the first recordings that everybody may watch; one query, two more when there are any."""
    cuts = public_cuts(event.pk, most=FILMS_SHOWN)
    schedule = released_schedule(event) if cuts else None
    if schedule is None:
        return []
    reader = Reader(schedule, translation.get_language() or settings.LANGUAGE_CODE)
    return [row_of(cut, event.slug, reader) for cut in cuts]


def address_in(language: str, name: str, *arguments: Any) -> str:
    """Return the address of a named page under a language's prefix."""
    with translation.override(language):
        return reverse(name, args=arguments)


def structured_event(front: Front, language: str) -> str:
    """Return the event as schema.org JSON-LD, fit to stand inside a script element."""
    event = front.card.event
    texts = (language, event.main_language)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": text_in(front.card.name, *texts)[0],
        "description": text_in(front.card.summary, *texts)[0],
        "url": settings.BASE_URL + address_in(language, "event_front", event.slug),
        "inLanguage": list(event.languages),
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "eventStatus": "https://schema.org/EventScheduled",
        "organizer": [
            {"@type": "Organization", "name": text_in(localised(body, "name"), *texts)[0]}
            for body in front.organisers
        ],
    }
    if front.card.dates:
        data |= {"startDate": str(front.card.dates[0]), "endDate": str(front.card.dates[-1])}
    if event.venue:
        data["location"] = {
            "@type": "Place",
            "name": text_in(localised(event.venue, "name"), *texts)[0],
            "address": ", ".join(
                filter(None, (text_in(localised(event.venue, key), *texts)[0] for key in ("address", "city")))
            ),
        }
    plain = json.dumps({key: value for key, value in data.items() if value}, ensure_ascii=False)
    return plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def own_words() -> dict[str, str]:
    """Return what the site says of itself where no editor wrote it."""
    return {
        "heading": _("Where forums become results"),
        "lead": _(
            "Programmes that stay true to the minute, calendars that keep up with every change, "
            "and one place for what was said and decided."
        ),
    }
