"""Setting an exchange up: its rules, hours, slots, tables and phase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from matchmaking.errors import HasMeetings
from matchmaking.free_time import slots_while_speaking
from matchmaking.live import tell_of_change
from matchmaking.models import (
    Exchange,
    ExchangeHours,
    ExchangeProfile,
    Meeting,
    Occupation,
    OccupationKind,
    Slot,
    Table,
)
from matchmaking.states import MEETING_LIVE, Phase, shows_people
from matchmaking.timing import Span, slots_between, without_overlaps
from network.audit import differences, state_of
from network.conflicts import check_seen
from network.models import Person
from network.services import record_audit
from network.web.pages import forget_pages
from sessions_app.programme.queries import released_schedule
from sessions_app.registration.services.places import one_transaction

NOT_OF_THE_FORM = frozenset({"id", "version", "phase", "screen_edition"})


def touch(exchange: Exchange, *concerned: ExchangeProfile) -> None:
    """Count a change of what the exchange's pages show, and tell open pages once it is committed.

    Pages of the ``concerned`` (none named: of everybody) hear of it at once, others when there is leisure.

    Belongs to the end of a transaction: whoever comes next waits for this row.
    """
    exchange.version = F("version") + 1
    exchange.save(update_fields=["version"])  # and reads it back in the same statement
    tell_of_change(exchange.event_id, exchange.version, [profile.person_id for profile in concerned])


@one_transaction
def save_exchange(
    *,
    exchange: Exchange,
    hours: Iterable[ExchangeHours],
    actor: Person | None,
    seen: str | None = None,
) -> Exchange:
    """Write the rules and hours of an exchange, new or changed, and make its slots anew.

    Slots that stay keep what is booked in them. Raises HasMeetings when a slot with meetings would go, and
    EditConflictError when somebody saved since ``seen``.
    """
    rows = [
        ExchangeHours(exchange=exchange, date=row.date, opens=row.opens, closes=row.closes) for row in hours
    ]
    stored = Exchange.objects.select_for_update().filter(pk=exchange.pk).first() if exchange.pk else None
    before = state_of(stored, ("hours",)) if stored else {}
    if stored is not None:
        keeps_hours = _as_told(stored.hours.all()) == _as_told(rows)
        check_seen(
            seen, before, {**state_of(exchange), "hours": before["hours"] if keeps_hours else ["changed"]}
        )
    # Others write these meanwhile: the form may have read older ones.
    written = [field.name for field in Exchange._meta.concrete_fields if field.name not in NOT_OF_THE_FORM]
    exchange.save(update_fields=written if stored else None)
    ExchangeHours.objects.filter(exchange=exchange).delete()
    ExchangeHours.objects.bulk_create(rows)
    _make_slots(exchange, rows)
    record_audit(
        actor=actor,
        action="exchange.changed" if stored else "exchange.created",
        subject=exchange,
        event_id=exchange.event_id,
        changes=differences(before, state_of(exchange, ("hours",))),
    )
    touch(exchange)
    return exchange


def _as_told(rows: Iterable[ExchangeHours]) -> set[tuple[Any, ...]]:
    return {(row.date, row.opens, row.closes) for row in rows}


def _make_slots(exchange: Exchange, hours: list[ExchangeHours]) -> None:
    wanted: dict[Span, Any] = {}
    for row in hours:
        spans = slots_between(
            row.date, row.opens, row.closes, exchange.event.zone,
            length=exchange.slot_minutes, pause=exchange.pause_minutes,
        )  # fmt: skip
        wanted |= dict.fromkeys(spans, row.date)
    kept = without_overlaps(wanted)
    standing = {Span(slot.start, slot.end): slot for slot in Slot.objects.filter(exchange=exchange)}
    gone = [slot.pk for span, slot in standing.items() if span not in kept]
    booked = Meeting.objects.filter(slot__in=gone, state__in=sorted(MEETING_LIVE)).count()
    if booked:
        raise HasMeetings(booked)
    Meeting.objects.filter(slot__in=gone).delete()  # cancelled ones, which would keep a slot that is no more
    Slot.objects.filter(pk__in=gone).delete()
    Slot.objects.bulk_create(
        Slot(exchange=exchange, date=wanted[span], start=span.start, end=span.end)
        for span in kept
        if span not in standing
    )
    sync_programme(exchange=exchange)


@one_transaction
def sync_programme(*, exchange: Exchange, profiles: Iterable[ExchangeProfile] | None = None) -> None:
    """Take the slots in which participants have a part in the released programme, and free those no more so.

    A meeting that stands there already stays, and is told to the matchmaker as a clash.
    """
    chosen = ExchangeProfile.objects.filter(exchange=exchange).select_related("person")
    if profiles is not None:
        chosen = chosen.filter(pk__in=[profile.pk for profile in profiles])
    people = {profile.person_id: profile for profile in chosen}
    slots = Slot.objects.filter(exchange=exchange)
    speaking = slots_while_speaking(
        released_schedule(exchange.event), slots, [profile.person for profile in people.values()]
    )
    wanted = {(people[pk].pk, slot) for pk, slots_of in speaking.items() for slot in slots_of}
    rows = Occupation.objects.filter(profile__in=[one.pk for one in people.values()])
    standing = rows.filter(kind=OccupationKind.PROGRAMME).values_list("profile_id", "slot_id", "pk")
    stale = [pk for profile, slot, pk in standing if (profile, slot) not in wanted]
    Occupation.objects.filter(pk__in=stale).delete()
    Occupation.objects.bulk_create(
        [
            Occupation(profile_id=profile, slot_id=slot, kind=OccupationKind.PROGRAMME)
            for profile, slot in wanted
        ],
        ignore_conflicts=True,
    )


@one_transaction
def set_phase(*, exchange: Exchange, phase: Phase, actor: Person | None) -> Exchange:
    """Move the exchange to a phase; going back is allowed and changes nothing that was agreed."""
    locked = Exchange.objects.select_for_update().get(pk=exchange.pk)
    if locked.phase == phase:
        return locked
    before, locked.phase = locked.phase, phase.value
    locked.save(update_fields=["phase"])
    record_audit(
        actor=actor,
        action="exchange.phase",
        subject=locked,
        event_id=locked.event_id,
        changes={"phase": (before, phase.value)},
    )
    if shows_people(before) != shows_people(phase):
        transaction.on_commit(forget_pages)  # their menu names the exchange, or no more
    touch(locked)
    return locked


@one_transaction
def renew_screen_address(*, exchange: Exchange, actor: Person | None) -> Exchange:
    """Give the hall screen a new address; all older ones open nothing from now on."""
    locked = Exchange.objects.select_for_update().get(pk=exchange.pk)
    locked.screen_edition += 1
    locked.save(update_fields=["screen_edition"])
    record_audit(
        actor=actor, action="exchange.screen_address_renewed", subject=locked, event_id=locked.event_id
    )
    return locked


@one_transaction
def add_tables(
    *, exchange: Exchange, count: int, actor: Person | None, zone: Mapping[str, str] | None = None,
    **features: bool,
) -> list[Table]:  # fmt: skip
    """Add so many tables, numbered on from the highest number; ``zone`` maps languages to words."""
    Exchange.objects.select_for_update().get(pk=exchange.pk)  # two who add at once would take one number
    last = Table.objects.filter(exchange=exchange).order_by("-number").values_list("number", flat=True)
    first = (last.first() or 0) + 1
    words = {f"zone_{language}": text for language, text in (zone or {}).items()}
    tables = [
        Table(exchange=exchange, number=number, **words, **features) for number in range(first, first + count)
    ]
    made = Table.objects.bulk_create(tables)
    record_audit(
        actor=actor,
        action="exchange.tables_added",
        subject=exchange,
        event_id=exchange.event_id,
        changes={"tables": (first - 1, first - 1 + count)},
    )
    touch(exchange)
    return made


@one_transaction
def save_table(*, table: Table, actor: Person | None, seen: str | None = None) -> Table:
    """Change a table; its meetings stay until they are moved, also when it is taken out of use.

    Raises EditConflictError when somebody saved since ``seen``.
    """
    before = state_of(Table.objects.select_for_update().get(pk=table.pk))
    check_seen(seen, before, state_of(table))
    table.save()
    changes = differences(before, state_of(table))
    if changes:
        record_audit(
            actor=actor,
            action="exchange.table_changed",
            subject=table,
            event_id=table.exchange.event_id,
            changes=changes,
        )
        touch(table.exchange)
    return table


@one_transaction
def remove_table(*, table: Table, actor: Person | None) -> None:
    """Delete a table; raises HasMeetings while meetings stand at it."""
    booked = table.meetings.filter(state__in=sorted(MEETING_LIVE)).count()
    if booked:
        raise HasMeetings(booked)
    record_audit(
        actor=actor, action="exchange.table_removed", subject=table, event_id=table.exchange.event_id
    )
    Meeting.objects.filter(table=table).delete()
    table.delete()
    touch(table.exchange)
