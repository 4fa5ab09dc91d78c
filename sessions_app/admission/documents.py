"""What is printed on paper, read from the database as plain data; everything in the event's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from network.localised import localised
from network.paper.texts import line, plain, two_names
from network.web.words import date_span
from sessions_app.admission.models import Ticket
from sessions_app.admission.paper.qr import qr_svg
from sessions_app.admission.services.ticketing import code_of
from sessions_app.events.models import Event
from sessions_app.registration.errors import WrongState
from sessions_app.registration.models import Registration

# Width and height in millimetres.
SIZES: dict[str, tuple[int, int]] = {"105x148": (105, 148), "a6": (105, 148), "a7": (74, 105)}
SHEETS = ("single", "a4")


def badges(
    event: Event,
    registrations: Sequence[Registration],
    *,
    size: str = "105x148",
    sheet: str = "single",
    each: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Return the document of badges; ``each`` hears now and then how many are ready.

    Who has no valid ticket gets a badge without a code.
    """
    tickets = tickets_of(registrations)
    made = []
    for number, registration in enumerate(registrations, start=1):
        made.append(_badge(event, registration, tickets.get(registration.pk)))
        if each is not None and number % 50 == 0:
            each(number)
    with translation.override(event.main_language):
        return {
            **_head(event, "badges", _("Badges")),
            "size": SIZES[size],
            "sheet": sheet,
            "days": days_of(event),
            "badges": made,
        }


def tents(event: Event, registrations: Iterable[Registration]) -> dict[str, Any]:
    """Return the document of name tents."""
    with translation.override(event.main_language):
        return {
            **_head(event, "tents", _("Name tents")),
            "people": [_person(event, registration) for registration in registrations],
        }


def door_list(event: Event, registrations: Iterable[Registration], *, now: dt.datetime) -> dict[str, Any]:
    """Return the document of the list for the door, by name, without contact data; ``now`` stands on it."""
    people = [_person(event, registration) for registration in registrations]
    people.sort(key=lambda person: (person["name"]["text"].casefold(), person["code"]))
    with translation.override(event.main_language):
        at = date_format(now.astimezone(event.zone), "DATETIME_FORMAT")
        return {
            **_head(event, "door", _("List for the door")),
            "head": ["", _("Name"), _("Organisation"), _("Category"), _("Code")],
            "footer": _("%(count)d people. As of %(time)s; who came later stands on the device.")
            % {"count": len(people), "time": at},
            "people": people,
        }


def ticket_sheet(ticket: Ticket, *, language: str) -> dict[str, Any]:
    """Return the document of one ticket in a language of the interface. Raises WrongState without its key."""
    event = ticket.event
    person = _person(event, ticket.registration, language=language)
    with translation.override(language):
        facts = [(_("When"), line(days_of(event)))]
        venue = _place(event, language)
        if venue:
            facts.append((_("Where"), line(venue)))
        return {
            **_head(event, "ticket", _("Ticket"), language=language),
            "facts": facts,
            "ticket": {**person, "qr": qr_svg(code_of(ticket))},
            "words": {
                "ticket": _("Ticket"),
                "aloud": _("If it cannot be scanned, read this out:"),
                "how": _("Fold along the lines and show the code at the door. It is for you alone."),
            },
        }


def tickets_of(registrations: Iterable[Registration]) -> dict[int, Ticket]:
    """Return registration to its valid ticket, in one query for all."""
    ids = [registration.pk for registration in registrations]
    found = Ticket.objects.filter(registration__in=ids, revoked_at__isnull=True).select_related("key")
    return {ticket.registration_id: ticket for ticket in found}


def days_of(event: Event) -> str:
    """Return the event's days in words of the active language."""
    days = [day.date for day in event.days.all()]
    return str(date_span(days)) if days else ""


def _head(event: Event, template: str, title: str, *, language: str = "") -> dict[str, Any]:
    language = language or event.main_language
    name = _in(event, "name", language)
    return {
        "template": f"sessions_app/admission/paper/{template}.typ",
        "lang": language,
        "title": f"{title}: {plain(name)}",
        "event": line(name),
    }


def _badge(event: Event, registration: Registration, ticket: Ticket | None) -> dict[str, Any]:
    qr = ""
    if ticket is not None and not ticket.blocked_reason:
        try:
            qr = qr_svg(code_of(ticket))
        except WrongState:  # the platform's secret has changed; the badge is good all the same
            qr = ""
    return {**_person(event, registration), "qr": qr}


def _person(event: Event, registration: Registration, *, language: str = "") -> dict[str, Any]:
    language = language or event.main_language
    category = registration.category
    word = (_in(category, "badge_word", language) or _in(category, "name", language)) if category else ""
    name, second = two_names(registration.name or registration.code, registration.name_latin)
    return {
        "name": line(name),
        "second": line(second),
        "organisation": line(registration.organisation_name),
        "post": line(registration.post),
        "word": line(word),
        "hue": category.hue if category else 8,
        "code": f"{registration.code[:5]} {registration.code[5:]}",
    }


def _place(event: Event, language: str) -> str:
    if event.venue is None:
        return ""
    parts = (_in(event.venue, name, language) for name in ("name", "address", "city"))
    return ", ".join(part for part in parts if part)


def _in(thing: Any, field: str, language: str) -> str:
    texts = localised(thing, field)
    return texts.get(language) or next(iter(texts.values()), "")
