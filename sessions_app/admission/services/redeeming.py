"""Letting in: each scan is written once, and of those that let a ticket in one is the entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.utils import timezone

from network.models import Person
from network.services import record_audit
from sessions_app.admission.models import Gate, Result, Scan, Ticket
from sessions_app.admission.queries import cached_rules, public_key, seats_of
from sessions_app.admission.services.announcing import announce_scan
from sessions_app.admission.tickets import payload
from sessions_app.admission.tickets.rules import Refusal, decide
from sessions_app.events.models import Event, WebhookKind
from sessions_app.registration.models import Registration
from sessions_app.registration.services.places import one_transaction
from sessions_app.registration.states import State


@dataclass(frozen=True)
class Attempt:
    """One scan as a door sends it: the code as read or typed, its own nonce, gate, and its clock's time.

    ``confirmed`` says that the steward has seen the document; ``offline`` that the door has let the
    guest in already, while it had no network.
    """

    code: str
    nonce: str
    gate: Gate | None
    at: dt.datetime
    confirmed: bool = False
    offline: bool = False


@dataclass(frozen=True)
class Answer:
    """What the door is told; ``first`` is the entry that stands, of this scan or of an earlier one."""

    result: str
    reason: str
    registration: Registration | None
    first: Scan | None
    scan: Scan


@dataclass(frozen=True)
class _Finding:
    result: Result
    reason: str = ""
    ticket: Ticket | None = None
    scope: str = ""


def redeem(*, event: Event, attempt: Attempt, by: Person | None, now: dt.datetime | None = None) -> Answer:
    """Let the ticket in or say why not; the same nonce gets the same answer and changes nothing.

    Raises Busy when the ticket was locked by others for longer than three seconds.
    """
    try:
        return _redeem(event=event, attempt=attempt, by=by, now=now)
    except IntegrityError:  # the same nonce came in at the same moment; it is there now
        return _redeem(event=event, attempt=attempt, by=by, now=now)


@one_transaction
def _redeem(*, event: Event, attempt: Attempt, by: Person | None, now: dt.datetime | None) -> Answer:
    received = now or timezone.now()
    at = min(attempt.at, received)  # a door's clock may run ahead
    found = _find(event, attempt.code)
    earlier = _earlier(event, found.ticket, attempt.nonce)
    repeated = next((scan for scan in earlier if scan.nonce == attempt.nonce), None)
    if repeated is not None:
        return _answer(repeated, repeated.ticket, earlier)
    if found.result is Result.OK and found.ticket is not None:
        found = _judge(event, found.ticket, attempt, at)
    others = [other for other in earlier if other.scope == found.scope]
    if found.result is Result.CHECK and any(other.is_entry for other in others):
        # Whoever is in already needs no look at the document.
        found = replace(found, result=Result.ALREADY_REDEEMED, reason="")
    scan = Scan(
        event=event,
        ticket=found.ticket,
        gate=attempt.gate,
        nonce=attempt.nonce,
        at=at,
        received_at=received,
        result=found.result.value,
        reason=found.reason[:300],
        scope=found.scope[:100],
        is_offline=attempt.offline,
        by=by,
    )
    if found.result is Result.OK:
        _enter(scan, others)
    elif attempt.offline:  # the door has let somebody in whom the server would have kept out
        scan.is_flagged = True
    scan.save(force_insert=True)
    if scan.is_entry:
        announce_scan(WebhookKind.ADMISSION_ENTRY, scan, now=received)
    return _answer(scan, found.ticket, [*earlier, scan])


def redeem_all(
    *, event: Event, attempts: Iterable[Attempt], by: Person | None, now: dt.datetime | None = None
) -> list[Answer]:
    """Take in what a door scanned without a network, each in its own transaction; sent again, it changes nothing."""
    return [redeem(event=event, attempt=attempt, by=by, now=now) for attempt in attempts]


@one_transaction
def undo(*, event: Event, nonce: str, by: Person | None, now: dt.datetime | None = None) -> Scan | None:
    """Take a scan back; the next one that let the ticket in becomes the entry. None when there is none."""
    scans = Scan.objects.filter(event=event, nonce=nonce)
    found = scans.first()
    if found is None:
        return None
    if found.ticket_id is not None:
        Ticket.objects.select_for_update().get(pk=found.ticket_id)
    # Read again under the lock: others may have made it the entry, or taken it back, meanwhile.
    scan = scans.select_for_update(of=("self",)).select_related("ticket__registration", "gate").get()
    if scan.undone_at is not None:
        return scan
    was_entry = scan.is_entry
    scan.undone_at, scan.is_entry, scan.is_flagged = now or timezone.now(), False, False
    scan.save(update_fields=["undone_at", "is_entry", "is_flagged"])
    if was_entry:
        announce_scan(WebhookKind.ADMISSION_UNDONE, scan, now=scan.undone_at)
    _settle(scan, now=scan.undone_at)
    record_audit(
        actor=by,
        action="admission.scan_undone",
        subject=scan,
        event_id=event.pk,
        changes={"nonce": (nonce, None)},
    )
    return scan


def _find(event: Event, text: str) -> _Finding:
    """Tell whose ticket the text names, and lock it; the signature is checked first."""
    try:
        signed = payload.read(text)
    except payload.NotACode:
        return _find_by_hand(event, text)
    key = public_key(signed.payload.event, signed.payload.key)
    if key is None or not payload.is_genuine(signed, key):
        return _Finding(Result.INVALID)
    if signed.payload.event != event.pk:
        return _Finding(Result.WRONG_EVENT)
    return _standing(
        _locked().filter(
            event=event, registration_id=signed.payload.registration, serial=signed.payload.serial
        )
    )


def _find_by_hand(event: Event, text: str) -> _Finding:
    """Find by the characters under the code, which a steward types or picks from the list of names."""
    typed = "".join(character for character in text.upper() if character.isalnum())
    if len(typed) != 10:
        return _Finding(Result.INVALID)
    return _standing(_locked().filter(event=event, registration__code=typed, revoked_at__isnull=True))


def _locked() -> QuerySet[Ticket]:
    return Ticket.objects.select_for_update(of=("self",)).select_related("registration__category")


def _standing(tickets: QuerySet[Ticket]) -> _Finding:
    ticket = next(iter(tickets.order_by()[:1]), None)  # either condition is met by one ticket at most
    if ticket is None:
        return _Finding(Result.INVALID)
    if ticket.registration.state != State.CONFIRMED:
        return _Finding(Result.CANCELLED, ticket=ticket)
    if ticket.revoked_at is not None:
        return _Finding(Result.REVOKED, reason=ticket.revoked_reason, ticket=ticket)
    if ticket.blocked_reason:
        return _Finding(Result.BLOCKED, reason=ticket.blocked_reason, ticket=ticket)
    return _Finding(Result.OK, ticket=ticket)


def _earlier(event: Event, ticket: Ticket | None, nonce: str) -> list[Scan]:
    """Return, in one query, the scan of this nonce and those that let this ticket in.

    The ticket is at hand already: to join it once more would cost each scan as much as finding it.
    """
    wanted = Q(nonce=nonce)
    if ticket is not None:
        wanted |= Q(ticket=ticket, undone_at__isnull=True) & (Q(is_entry=True) | Q(is_flagged=True))
    scans = list(Scan.objects.filter(wanted, event=event).select_related("gate").order_by())
    for scan in scans:
        if ticket is not None and scan.ticket_id == ticket.pk:
            scan.ticket = ticket
    return scans


def _judge(event: Event, ticket: Ticket, attempt: Attempt, at: dt.datetime) -> _Finding:
    """Apply the event's rules to a ticket that is in order."""
    rules = cached_rules(event.pk)
    needs_seats = any(rule.session is not None for rule in rules)
    category = ticket.registration.category_id
    verdict = decide(
        rules,
        category=category or 0,
        gate=attempt.gate.pk if attempt.gate else None,
        at=at,
        zone=ZoneInfo(event.timezone),
        seats=seats_of(ticket.registration_id) if needs_seats else (),
        nonce=attempt.nonce,
    )
    if isinstance(verdict, Refusal):
        return _Finding(Result.NOT_ALLOWED, reason=verdict.value, ticket=ticket)
    if verdict.rule.checks_document and not (attempt.confirmed or attempt.offline):
        return _Finding(Result.CHECK, reason="document", ticket=ticket, scope=verdict.scope)
    return _Finding(Result.OK, ticket=ticket, scope=verdict.scope)


def _enter(scan: Scan, others: list[Scan]) -> None:
    """Make the scan the entry, or tell that there is one; offline scans are ordered by their own time.

    A guest who was let in twice without a network was let in twice: both scans are kept, the
    earliest is the entry, the other is flagged.
    """
    entry = next((other for other in others if other.is_entry), None)
    if entry is None:
        scan.is_entry = True
        return
    if not scan.is_offline:
        scan.result = Result.ALREADY_REDEEMED.value
        return
    if (scan.at, scan.nonce) < (entry.at, entry.nonce):
        entry.is_entry, entry.is_flagged = False, True
        entry.save(update_fields=["is_entry", "is_flagged"])
        scan.is_entry = True
    else:
        scan.is_flagged = True


def _settle(scan: Scan, *, now: dt.datetime) -> None:
    """Make the earliest scan that let the ticket in the entry, after another was taken back."""
    others = Scan.objects.filter(ticket=scan.ticket, scope=scan.scope, undone_at__isnull=True)
    if scan.ticket_id is None or not scan.scope or others.filter(is_entry=True).exists():
        return
    earliest = others.filter(is_flagged=True).order_by("at", "nonce").first()
    if earliest is not None:
        earliest.is_entry, earliest.is_flagged = True, False
        earliest.save(update_fields=["is_entry", "is_flagged"])
        announce_scan(WebhookKind.ADMISSION_ENTRY, earliest, now=now)


def _answer(scan: Scan, ticket: Ticket | None, others: Iterable[Scan]) -> Answer:
    first = next((other for other in others if other.is_entry and other.scope == scan.scope), None)
    result = scan.result
    if scan.is_flagged and scan.is_offline and result == Result.OK:
        result = Result.ALREADY_REDEEMED.value
    return Answer(result, scan.reason, ticket.registration if ticket else None, first, scan)
