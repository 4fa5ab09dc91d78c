"""Writes the doors of the demo's events: gates, rules, tickets of the confirmed, and scans of days that have begun.

Scans are written in bulk, as the doors would have left them.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence

from cms.demo.content import FORUM
from network.localised import set_localised
from sessions_app.admission.models import Gate, Result, Rule, RuleMode, Scan, Ticket
from sessions_app.admission.services.ticketing import issue_tickets
from sessions_app.events.models import Event
from sessions_app.registration.models import Category, Registration
from sessions_app.registration.states import State

GATES: Sequence[tuple[str, Mapping[str, str]]] = (
    ("main", {"en": "Main entrance", "ru": "Главный вход"}),
    ("east", {"en": "East entrance", "ru": "Восточный вход"}),
    ("guests", {"en": "Guests and press", "ru": "Гости и пресса"}),
)
COME = 0.72  # this part of those with a ticket comes on a day
BEFORE, AFTER = 70, 150  # minutes around the opening in which people come


def load_admission(event: Event, *, now: dt.datetime) -> None:
    """Write gates, rules, tickets and scans of an event whose registration is there; a second time only scans anew."""
    gates = [_gate(event, order, slug, name) for order, (slug, name) in enumerate(GATES)]
    if not Rule.objects.filter(event=event).exists():
        _write_rules(event, gates)
    ready = Registration.objects.filter(event=event, state=State.CONFIRMED)
    issue_tickets(event=event, registrations=list(ready.filter(tickets__isnull=True)))
    Scan.objects.filter(event=event).delete()
    _write_scans(event, gates, now)


def _gate(event: Event, order: int, slug: str, name: Mapping[str, str]) -> Gate:
    gate = Gate.objects.filter(event=event, slug=slug).first()
    if gate is None:
        gate = Gate(event=event, slug=slug, sort_order=order)
        set_localised(gate, "name", dict(name))
        gate.save()
    return gate


def _write_rules(event: Event, gates: Sequence[Gate]) -> None:
    """Let guests and press in at their own door too, as often as they like; everybody else once a day."""
    invited = list(Category.objects.filter(event=event, slug__in=("guest", "press")))
    if event.slug == FORUM and invited:
        rule = Rule.objects.create(event=event, gate=gates[2], mode=RuleMode.REENTRY, sort_order=0)
        rule.categories.set(invited)
    for order, gate in enumerate(gates[:2], start=1):
        Rule.objects.create(event=event, gate=gate, mode=RuleMode.DAILY, sort_order=order)


def _write_scans(event: Event, gates: Sequence[Gate], now: dt.datetime) -> None:
    rolls = random.Random(f"{event.slug}/doors")  # noqa: S311 - invents, hides nothing
    tickets = list(Ticket.objects.filter(event=event, revoked_at__isnull=True).order_by("registration_id"))
    rules = {rule.gate_id: rule for rule in Rule.objects.filter(event=event, mode=RuleMode.DAILY)}
    rows: list[Scan] = []
    for day in event.days.all():
        opens = dt.datetime.combine(day.date, day.opens, event.zone)
        for ticket in tickets:
            at = opens + dt.timedelta(minutes=rolls.triangular(-BEFORE, AFTER, -5))
            gate = gates[0] if rolls.random() < 0.65 else gates[1]
            comes = rolls.random() < COME
            if comes and at < now:
                rows.append(_entry(event, ticket, gate, rules[gate.pk], at, len(rows)))
    _flag_two(rows, gates)
    Scan.objects.bulk_create(rows, batch_size=500)


def _entry(event: Event, ticket: Ticket, gate: Gate, rule: Rule, at: dt.datetime, number: int) -> Scan:
    return Scan(
        event=event,
        ticket=ticket,
        gate=gate,
        nonce=f"demo-{number}",
        at=at,
        received_at=at,
        result=Result.OK,
        scope=f"{rule.pk}:{at:%Y-%m-%d}",
        is_entry=True,
    )


def _flag_two(rows: list[Scan], gates: Sequence[Gate]) -> None:
    """Let two people in once more at the other door, while it had no network."""
    for first in rows[10:12]:
        first.is_offline = True
        again = _entry(first.event, _ticket(first), gates[1], Rule(pk=0), first.at, len(rows))
        again.at = first.at + dt.timedelta(minutes=4)
        again.scope, again.is_entry, again.is_flagged, again.is_offline = first.scope, False, True, True
        rows.append(again)


def _ticket(scan: Scan) -> Ticket:
    if scan.ticket is None:
        raise ValueError("a demo scan is of a ticket")
    return scan.ticket
