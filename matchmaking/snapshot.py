"""What a run of the scheduler starts from: the exchange as an instance of plain data, and the way back."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone

from matchmaking.free_time import closed_time
from matchmaking.models import (
    Block,
    Exchange,
    ExchangeProfile,
    Meeting,
    MeetingRequest,
    ProfileState,
    Slot,
    Table,
)
from matchmaking.scheduler.model import Instance, Person, Place, Plan
from matchmaking.scheduler.model import Meeting as Planned
from matchmaking.scheduler.model import Table as Seat
from matchmaking.states import MEETING_LIVE, MeetingState, RequestState

# What a request without a place costs, by how much it matters to the two.
WORTH = {1: 1, 2: 3, 3: 9}
# A meeting that people know of is not given up for new ones.
STANDING = 100


class Kind(StrEnum):
    """What is to be planned: a meeting that stands, or a request that waits for its place."""

    MEETING = "meeting"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Where:
    """A slot and a table by their keys; no table on line."""

    slot: int
    table: int | None


@dataclass(frozen=True, slots=True)
class Item:
    """Something to be planned, by its code; ``at`` is where it stands now."""

    kind: Kind
    code: str
    low: int
    high: int
    at: Where | None = None
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The exchange as it was at ``version``.

    Keys of the instance: people and tables by their own, meetings by their position in ``items``, slots by
    their position in ``slots``.
    """

    version: int
    instance: Instance
    items: tuple[Item, ...]
    slots: tuple[int, ...]

    @property
    def present(self) -> Plan:
        """Where everything stands now, valid or not."""
        position = {key: n for n, key in enumerate(self.slots)}
        return Plan(
            {
                n: Place(position[item.at.slot], item.at.table)
                for n, item in enumerate(self.items)
                if item.at is not None
            }
        )

    def where(self, place: Place) -> Where:
        """Return a place of the scheduler by the keys of slot and table."""
        return Where(self.slots[place.slot], place.table)

    @property
    def wanted(self) -> int:
        """How many meetings the plan could place or move."""
        return sum(not item.is_fixed for item in self.items)


def take_snapshot(
    exchange: Exchange,
    *,
    away: Mapping[int, Collection[int]] | None = None,
    fair: int | None = None,
    now: dt.datetime | None = None,
) -> Snapshot:
    """Return what is to be planned from ``now`` on; a dozen queries however large the exchange is.

    Planned are agreed requests without a meeting, and booked meetings that have not begun. Pinned ones and
    those of earlier slots of a day that still goes on are fixed. ``away`` is participant key to keys of
    slots in which she is not there. A slot that two agreed on is the only one of theirs.
    """
    moment = now or timezone.now()
    version = Exchange.objects.values_list("version", flat=True).get(pk=exchange.pk)
    slots = _slots_of_days_left(exchange, moment)
    position = {slot.pk: n for n, slot in enumerate(slots)}
    ahead = frozenset(position[slot.pk] for slot in slots if slot.start > moment)
    standing = _standing(exchange, position, ahead)
    waiting, wished = _waiting(exchange, position, ahead)
    items = (*standing, *waiting)
    people = ExchangeProfile.objects.filter(exchange=exchange).select_related("person")
    involved = {key for item in items for key in (item.low, item.high)}
    profiles = {profile.pk: profile for profile in people if profile.pk in involved}
    tables = list(Table.objects.filter(exchange=exchange))
    instance = Instance(
        days=_days(slots),
        tables=tuple(_seat(table, items, position) for table in tables),
        people=tuple(_people(exchange, profiles, slots, items, away or {})),
        meetings=tuple(
            _meeting(
                n, item, profiles, position, ahead, wished, is_online=_is_online(exchange, item, profiles)
            )
            for n, item in enumerate(items)
        ),
        max_break_difference=fair,
        name=str(exchange.pk),
    )
    return Snapshot(version, instance, items, tuple(slot.pk for slot in slots))


def _slots_of_days_left(exchange: Exchange, moment: dt.datetime) -> list[Slot]:
    slots = list(Slot.objects.filter(exchange=exchange))
    left = {slot.date for slot in slots if slot.start > moment}
    return [slot for slot in slots if slot.date in left]


def _days(slots: Iterable[Slot]) -> tuple[tuple[int, ...], ...]:
    days: dict[dt.date, list[int]] = defaultdict(list)
    for n, slot in enumerate(slots):
        days[slot.date].append(n)
    return tuple(tuple(day) for day in days.values())


def _standing(exchange: Exchange, position: Mapping[int, int], ahead: Collection[int]) -> list[Item]:
    # Who was not met is free.
    kept = MEETING_LIVE - {MeetingState.NO_SHOW}
    rows = Meeting.objects.filter(exchange=exchange, state__in=sorted(kept), slot__in=position).order_by("pk")
    return [
        Item(
            Kind.MEETING, code, low, high, Where(slot, table),
            is_fixed=is_pinned or state != MeetingState.BOOKED or position[slot] not in ahead,
        )
        for code, low, high, slot, table, state, is_pinned in rows.values_list(
            "code", "low_id", "high_id", "slot_id", "table_id", "state", "is_pinned"
        )
    ]  # fmt: skip


def _waiting(
    exchange: Exchange, position: Mapping[int, int], ahead: Collection[int]
) -> tuple[list[Item], dict[str, tuple[int, int | None]]]:
    """Return the agreed requests without a meeting, and code to priority and agreed slot (by position)."""
    blocked = set(Block.objects.filter(profile__exchange=exchange).values_list("profile_id", "other_id"))
    rows = MeetingRequest.objects.filter(
        exchange=exchange,
        state=RequestState.ACCEPTED,
        meeting__isnull=True,
        low__state=ProfileState.SHOWN,
        high__state=ProfileState.SHOWN,
    ).order_by("pk")
    items, wished = [], {}
    for code, low, high, slot, priority in rows.values_list(
        "code", "low_id", "high_id", "slot_id", "priority"
    ):
        if (low, high) in blocked or (high, low) in blocked:
            continue
        items.append(Item(Kind.REQUEST, code, low, high))
        agreed = position.get(slot)
        wished[code] = (priority, agreed if agreed in ahead else None)
    return items, wished


def _seat(table: Table, items: Iterable[Item], position: Mapping[int, int]) -> Seat:
    features = {
        name
        for name, has in (
            ("step_free", table.step_free),
            ("quiet", table.is_quiet),
            ("screen", table.has_screen),
        )
        if has
    }
    closed: frozenset[int] = frozenset()
    if not table.is_active:
        held = {
            position[item.at.slot]
            for item in items
            if item.is_fixed and item.at and item.at.table == table.pk
        }
        closed = frozenset(position.values()) - held
    return Seat(key=table.pk, features=frozenset(features), unavailable=closed)


def _people(
    exchange: Exchange,
    profiles: Mapping[int, ExchangeProfile],
    slots: list[Slot],
    items: Iterable[Item],
    away: Mapping[int, Collection[int]],
) -> Iterable[Person]:
    position = {slot.pk: n for n, slot in enumerate(slots)}
    date = {slot.pk: slot.date for slot in slots}
    held: dict[int, set[int]] = defaultdict(set)
    for item in items:
        if item.is_fixed and item.at is not None:
            held[item.low].add(item.at.slot)
            held[item.high].add(item.at.slot)
    closed = closed_time(exchange, profiles.values(), slots)
    for pk, profile in profiles.items():
        busy = (closed[pk] | set(away.get(pk, ()))) - held[pk]
        limits = [limit for limit in (exchange.meetings_a_day, profile.meetings_a_day) if limit]
        # What is fixed already may be more than she wants; it is no reason to refuse the plan.
        most = max(Counter(date[slot] for slot in held[pk]).values(), default=0)
        yield Person(
            key=pk,
            unavailable=frozenset(position[slot] for slot in busy if slot in position),
            a_day=max(min(limits), most) if limits else None,
        )


def _is_online(exchange: Exchange, item: Item, profiles: Mapping[int, ExchangeProfile]) -> bool:
    if item.at is not None:
        return item.at.table is None
    return bool(exchange.room_link) and (profiles[item.low].is_remote or profiles[item.high].is_remote)


def _meeting(
    n: int,
    item: Item,
    profiles: Mapping[int, ExchangeProfile],
    position: Mapping[int, int],
    ahead: frozenset[int],
    wished: Mapping[str, tuple[int, int | None]],
    *,
    is_online: bool,
) -> Planned:
    people = (item.low, item.high)
    if item.is_fixed and item.at is not None:
        return Planned(
            key=n, people=people, slot=position[item.at.slot], table=item.at.table, remote=is_online
        )
    step_free = any(profiles[key].needs_step_free for key in people)
    priority, agreed = wished.get(item.code, (None, None)) if item.kind is Kind.REQUEST else (None, None)
    return Planned(
        key=n,
        people=people,
        slots=ahead if agreed is None else frozenset({agreed}),
        needs=frozenset({"step_free"}) if step_free and not is_online else frozenset(),
        remote=is_online,
        optional=True,
        priority=STANDING if priority is None else WORTH[priority],
    )
