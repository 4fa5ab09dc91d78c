"""What the exchange puts on paper, as plain data in the event's language: cards for tables, sheets for participants."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from matchmaking.models import Exchange, ExchangeProfile, Meeting, ProfileState, Table
from matchmaking.states import MEETING_LIVE, MeetingState
from network.localised import localised
from network.paper.texts import line, plain
from network.web.words import day_in_words

PRINTED = sorted(MEETING_LIVE - {MeetingState.NO_SHOW})


def table_cards(exchange: Exchange, date: dt.date, *, with_names: bool) -> dict[str, Any]:
    """Return the document of cards for all tables in use: the number, and what is met there on that day."""
    meetings = (
        Meeting.objects.filter(exchange=exchange, slot__date=date, state__in=PRINTED, table__isnull=False)
        .select_related("slot", "low", "high")
        .order_by("slot__start")
    )
    at: dict[int | None, list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        at[meeting.table_id].append(meeting)
    with translation.override(exchange.event.main_language):
        return {
            **_head(exchange, "cards", _("Cards for tables")),
            "nobody": _("No meetings so far."),
            "cards": [
                {
                    "number": str(table.number),
                    "heading": line(_("Table %(number)s") % {"number": table.number}),
                    "day": line(day_in_words(date)),
                    "features": [line(word) for word in _features(table)],
                    "rows": [
                        {
                            "time": _time(meeting),
                            "words": [line(one.name) for one in (meeting.low, meeting.high)]
                            if with_names
                            else [line(_("meeting"))],
                        }
                        for meeting in at[table.pk]
                    ],
                }
                for table in Table.objects.filter(exchange=exchange, is_active=True).order_by("number")
            ],
        }


def person_sheets(
    exchange: Exchange, profiles: Iterable[ExchangeProfile], *, foot: str, language: str = ""
) -> dict[str, Any]:
    """Return the document with a sheet for each participant who has meetings, by name; ``foot`` stands below each.

    In the ``language`` of a reader, else in the event's.
    """
    people = sorted(profiles, key=lambda profile: (profile.name.casefold(), profile.pk))
    keys = [profile.pk for profile in people]
    rows = (
        Meeting.objects.filter(Q(low__in=keys) | Q(high__in=keys), exchange=exchange, state__in=PRINTED)
        .select_related("slot", "table", "low", "high")
        .order_by("slot__start")
    )
    of: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in rows:
        of[meeting.low_id].append(meeting)
        of[meeting.high_id].append(meeting)
    with translation.override(language or exchange.event.main_language):
        return {
            **_head(exchange, "sheets", _("Meetings"), language),
            "online": _("on line"),
            "foot": line(foot),
            "sheets": [_sheet(profile, of[profile.pk], exchange) for profile in people if of[profile.pk]],
        }


def printable(exchange: Exchange) -> list[ExchangeProfile]:
    """Return the participants who may have a sheet."""
    return list(ExchangeProfile.objects.filter(exchange=exchange, state=ProfileState.SHOWN))


def _sheet(profile: ExchangeProfile, meetings: Iterable[Meeting], exchange: Exchange) -> dict[str, Any]:
    days = []
    for date, found in groupby(meetings, key=lambda meeting: meeting.slot.date):
        rows = []
        for meeting in found:
            meeting.slot.exchange = exchange
            other = meeting.other(profile)
            rows.append(
                {
                    "time": _time(meeting, exchange),
                    "table": str(meeting.table.number) if meeting.table else "",
                    "name": line(other.name),
                    "organisation": line(other.organisation_name),
                }
            )
        days.append({"heading": line(day_in_words(date)), "rows": rows})
    return {"name": line(profile.name), "organisation": line(profile.organisation_name), "days": days}


def _features(table: Table) -> list[str]:
    words = (
        (table.zone, bool(table.zone)),
        (_("step-free"), table.step_free),
        (_("quiet"), table.is_quiet),
        (_("screen"), table.has_screen),
    )
    return [str(word) for word, has in words if has]


def _time(meeting: Meeting, exchange: Exchange | None = None) -> str:
    zone = (exchange or meeting.exchange).event.zone
    start, end = meeting.slot.start.astimezone(zone), meeting.slot.end.astimezone(zone)
    return f"{start:%H:%M}–{end:%H:%M}"


def _head(exchange: Exchange, template: str, title: str, language: str = "") -> dict[str, Any]:
    name = localised(exchange.event, "name")
    language = language or exchange.event.main_language
    event = name.get(language) or next(iter(name.values()), "")
    return {
        "template": f"matchmaking/paper/{template}.typ",
        "lang": language,
        "title": f"{title}: {plain(event)}",
        "event": line(event),
    }
