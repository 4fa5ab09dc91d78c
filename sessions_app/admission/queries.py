"""Reads of admission, scoped by event."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from network.localised import localised
from network.models import Person
from sessions_app.admission.models import Gate, Result, Scan, SigningKey, Ticket
from sessions_app.admission.models import Rule as RuleRow
from sessions_app.admission.tickets.rules import Mode, Rule
from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability
from sessions_app.events.queries import with_capability
from sessions_app.registration.models import Category, Place, Registration
from sessions_app.registration.states import State

RULES_SECONDS = 60
KEY_SECONDS = 24 * 3600
QUARTER = dt.timedelta(minutes=15)


def get_event_for_door(slug: str, viewer: Person | AnonymousUser) -> Event:
    """Return the event whose doors the viewer may keep; raise Http404 for all others."""
    return get_object_or_404(with_capability(viewer, Capability.ADMISSION), slug=slug)


def rules_of(event_id: int) -> list[Rule]:
    """Return the event's rules as plain data, in the organiser's order."""
    rows = RuleRow.objects.filter(event_id=event_id).select_related("day").order_by("sort_order", "id")
    return [
        Rule(
            id=row.pk,
            categories=frozenset(category.pk for category in row.categories.all()),
            gate=row.gate_id,
            day=row.day.date if row.day else None,
            opens=row.opens,
            closes=row.closes,
            session=row.session_id,
            mode=Mode(row.mode),
            checks_document=row.checks_document,
        )
        for row in rows.prefetch_related("categories")
    ]


def cached_rules(event_id: int) -> list[Rule]:
    """Return the event's rules as the door needs them; kept until ``forget_rules`` or for a minute."""
    key = f"admission:rules:{event_id}"
    rules: list[Rule] | None = cache.get(key)
    if rules is None:
        rules = rules_of(event_id)
        cache.set(key, rules, RULES_SECONDS)
    return rules


def forget_rules(event_id: int) -> None:
    """Let the next scan read the rules anew, after they have changed."""
    cache.delete(f"admission:rules:{event_id}")


def public_key(event_id: int, number: int) -> bytes | None:
    """Return the public half (32 bytes) of an event's key; it never changes, so that it may be kept."""
    name = f"admission:key:{event_id}:{number}"
    public: bytes | None = cache.get(name)
    if public is None:
        key = SigningKey.objects.filter(event_id=event_id, number=number).first()
        if key is None:
            return None
        public = bytes(key.public)
        cache.set(name, public, KEY_SECONDS)
    return public


def seats_of(registration_id: int) -> frozenset[int]:
    """Return the keys of the sessions in which the registration has a seat."""
    seats = Place.objects.filter(registration_id=registration_id, quota__session__isnull=False)
    return frozenset(seats.values_list("quota__session_id", flat=True))


def valid_ticket(registration: Registration) -> Ticket | None:
    """Return the ticket that opens the door for the registration now."""
    return (
        Ticket.objects.filter(registration=registration, revoked_at__isnull=True)
        .select_related("key", "event", "registration__category")
        .first()
    )


def door_list(event: Event) -> dict[str, Any]:
    """Return what a door needs to go on without a network: keys, gates, rules and tickets.

    There is no contact data in it: names and categories only, and of withdrawn tickets the state.
    """
    tickets = (
        Ticket.objects.filter(event=event)
        .select_related("registration__category")
        .only(
            "serial", "revoked_at", "revoked_reason", "blocked_reason", "registration__code", "registration__name",
            "registration__state", "registration__category",
        )
    )  # fmt: skip
    seats: dict[int, list[int]] = {}
    categories = Category.objects.filter(event=event).order_by("id")
    places = Place.objects.filter(quota__event=event, quota__session__isnull=False)
    for registration_id, session_id in places.values_list("registration_id", "quota__session_id"):
        seats.setdefault(registration_id, []).append(session_id)
    entries = Scan.objects.filter(event=event, is_entry=True).select_related("gate")
    return {
        "event": {"id": event.pk, "slug": event.slug, "zone": event.timezone},
        "keys": [
            {"number": key.number, "public": bytes(key.public).hex()}
            for key in SigningKey.objects.filter(event=event).order_by("number")
        ],
        "gates": [
            {"id": gate.pk, "slug": gate.slug, "name": localised(gate, "name")} for gate in gates_of(event)
        ],
        "categories": {str(category.pk): localised(category, "name") for category in categories},
        "rules": [_plain_rule(rule) for rule in rules_of(event.pk)],
        "tickets": [
            {
                "registration": ticket.registration_id,
                "serial": ticket.serial,
                "code": ticket.registration.code,
                "name": ticket.registration.name,
                "category": ticket.registration.category_id,
                **_standing(ticket),
                "seats": seats.get(ticket.registration_id, []),
            }
            for ticket in tickets.order_by("registration_id", "serial")
        ],
        "entries": [
            {
                "ticket": f"{scan.ticket.registration_id}-{scan.ticket.serial}",
                "scope": scan.scope,
                "at": scan.at.isoformat(),
                "gate": scan.gate.slug if scan.gate else "",
                "nonce": scan.nonce,
            }
            for scan in entries.select_related("ticket").order_by("id")
            if scan.ticket is not None
        ],
    }


def _standing(ticket: Ticket) -> dict[str, str]:
    """Return what the door answers for the ticket before it asks its rules, and why."""
    if ticket.registration.state != State.CONFIRMED:
        return {"state": Result.CANCELLED.value, "reason": ""}
    if ticket.revoked_at is not None:
        return {"state": Result.REVOKED.value, "reason": ticket.revoked_reason}
    if ticket.blocked_reason:
        return {"state": Result.BLOCKED.value, "reason": ticket.blocked_reason}
    return {"state": Result.OK.value, "reason": ""}


def _plain_rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "categories": sorted(rule.categories),
        "gate": rule.gate,
        "day": rule.day.isoformat() if rule.day else None,
        "opens": rule.opens.isoformat() if rule.opens else None,
        "closes": rule.closes.isoformat() if rule.closes else None,
        "session": rule.session,
        "mode": rule.mode.value,
        "checks_document": rule.checks_document,
    }


def find_guests(event: Event, text: str, *, limit: int = 20) -> list[Registration]:
    """Return whom the text may mean: all of its words stand in the name, in any case of any script."""
    words = text.casefold().split()
    tickets = Ticket.objects.filter(event=event, revoked_at__isnull=True)
    names = tickets.order_by("registration__name").values_list("registration_id", "registration__name")
    wanted = [key for key, name in names if words and all(word in name.casefold() for word in words)][:limit]
    found = Registration.objects.filter(pk__in=wanted).select_related("category")
    return sorted(found, key=lambda registration: wanted.index(registration.pk))


def guests_of(event: Event) -> QuerySet[Registration]:
    """Return the event's confirmed registrations with a ticket that opens its doors."""
    tickets = Ticket.objects.filter(event=event, revoked_at__isnull=True, blocked_reason="")
    confirmed = Registration.objects.filter(event=event, state=State.CONFIRMED)
    return confirmed.filter(pk__in=tickets.values("registration")).select_related("category", "event")


def has_code(event: Event, text: str) -> bool:
    """Tell whether the text is the characters under the code of one of the event's tickets."""
    typed = "".join(character for character in text.upper() if character.isalnum())
    return len(typed) == 10 and Ticket.objects.filter(event=event, registration__code=typed).exists()


def gates_of(event: Event) -> QuerySet[Gate]:
    """Return the event's gates in the organiser's order."""
    return Gate.objects.filter(event=event)


@dataclass(frozen=True)
class Arrivals:
    """How many came in through a gate in a quarter of an hour that began at ``at`` (UTC)."""

    gate: str
    at: dt.datetime
    count: int


def arrivals(event: Event, start: dt.datetime, end: dt.datetime) -> list[Arrivals]:
    """Return the entries between two moments per quarter of an hour and gate; none where nobody came."""
    counted: Counter[tuple[str, dt.datetime]] = Counter()
    entries = Scan.objects.filter(event=event, is_entry=True, at__gte=start, at__lt=end)
    for scan in entries.select_related("gate"):
        quarter = scan.at - (scan.at - start) % QUARTER
        counted[(str(scan.gate) if scan.gate else "", quarter)] += 1
    return [
        Arrivals(gate, at, count) for (gate, at), count in sorted(counted.items(), key=lambda item: item[0])
    ]


def flagged(event: Event) -> QuerySet[Scan]:
    """Return the scans that let somebody in whom the server would have kept out, newest first.

    They were made without a network: the ticket was in already, or is none that opens this door.
    """
    scans = Scan.objects.filter(event=event, is_flagged=True)
    return scans.select_related("gate", "ticket__registration__category")
