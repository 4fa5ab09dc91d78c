"""Say whom a participant of an event's exchange should meet, and why: the list that her page shows."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.html import strip_tags

from matchmaking.free_time import free_time
from matchmaking.models import Exchange, ExchangeProfile, ProfileState
from matchmaking.pages.reasons import coded_reasons
from matchmaking.pages.suggestions import Suggested, reasons, suggested
from matchmaking.queries import inbox_of, profile_of
from matchmaking.queries.suggestions import ranked_at
from matchmaking.ranking.model import Reason
from matchmaking.services.suggesting import is_current, rank_exchange
from network.models import Person

LANGUAGES = ("en", "ru")


class Command(BaseCommand):
    """Compares people first where that was not done since something changed; ``--kept`` takes what there is."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--event", required=True, metavar="SLUG")
        parser.add_argument("--person", required=True, metavar="EMAIL", help="who reads the list")
        parser.add_argument(
            "--most", type=int, default=12, metavar="N", help="how many at most (default: 12)"
        )
        parser.add_argument("--kept", action="store_true", help="do not compare people anew")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the list."""
        if options["most"] < 1:
            raise CommandError("--most must be 1 or more.")
        exchange, reader = _find(options["event"], options["person"])
        if not options["kept"] and not is_current(exchange):
            rank_exchange(exchange.pk)
            exchange, reader = _find(options["event"], options["person"])
        answer = _answer(exchange, reader, options["most"])
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"{reader.name}: {len(answer['suggestions'])} partners, by {answer['order']}")
        for row in answer["suggestions"]:
            self.stdout.write(f"{row['rank']:>3}. {row['name']} ({row['organisation'] or '–'})")
            for reason in row["reasons"]:
                self.stdout.write(f"       {reason['en']}")


def _find(slug: str, email: str) -> tuple[Exchange, ExchangeProfile]:
    exchange = Exchange.objects.select_related("event", "ranking").filter(event__slug=slug).first()
    if exchange is None:
        raise CommandError(f"There is no exchange at an event “{slug}”.")
    person = Person.objects.filter(email__iexact=email).first()
    reader = profile_of(exchange, person) if person else None
    if reader is None or reader.state != ProfileState.SHOWN:
        raise CommandError(f"Nobody with the e-mail {email} is shown in that exchange.")
    return exchange, reader


def _answer(exchange: Exchange, reader: ExchangeProfile, most: int) -> dict[str, Any]:
    now = timezone.now()
    asked = [one.other(reader).pk for one in inbox_of(reader, now=now).live]
    best = suggested(exchange, reader, without=asked, most=most)
    free = free_time(exchange, [reader, *best.people], now=now)
    as_of = ranked_at(exchange)
    return {
        "event": exchange.event.slug,
        "person": reader.code,
        "order": "ranking" if best.scores else "topics",
        "computed_at": as_of.isoformat() if as_of else None,
        "matcher": exchange.ranking.matcher if as_of else None,
        "suggestions": [
            {
                "rank": rank,
                "code": other.code,
                "name": other.name,
                "organisation": other.organisation_name,
                **_measures(best, other),
                "reasons": _reasons(reader, other, best),
                "common_slots": [slot.start.isoformat() for slot in free.common(reader, other)],
            }
            for rank, other in enumerate(best.people, start=1)
        ],
    }


def _measures(best: Suggested, other: ExchangeProfile) -> dict[str, float | None]:
    kept = best.kept.get(other.pk)
    if kept is None:
        return dict.fromkeys(("score", "mutual", "gets", "gives"))
    return {
        "score": round(best.scores[other.pk], 4),
        "mutual": kept.mutual,
        "gets": kept.gets,
        "gives": kept.gives,
    }


def _reasons(reader: ExchangeProfile, other: ExchangeProfile, best: Suggested) -> list[dict[str, str]]:
    """Return each reason in both languages, with its code where people were compared."""
    said = []
    for language in LANGUAGES:
        with translation.override(language):
            said.append([strip_tags(str(words)) for words in reasons(reader, other, best.own, best.kept)])
    rows = [dict(zip(LANGUAGES, pair, strict=True)) for pair in zip(*said, strict=True)]
    codes: list[Reason] = []
    if other.pk in best.kept:
        codes = coded_reasons(reader, other, best.kept[other.pk], ranked_at(reader.exchange))
    return [{"code": code.code.value, **row} for code, row in zip(codes, rows, strict=False)] + rows[
        len(codes) :
    ]
