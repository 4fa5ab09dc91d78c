"""One letter a person about a published plan: what is new for her, what moved, what lost its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from matchmaking.models import ExchangeProfile, Meeting, MeetingRequest, Slot, SolverRun, Table
from matchmaking.proposals import Change, read_changes
from matchmaking.services.telling import language_of, place_in_words, slot_in_words
from matchmaking.snapshot import Kind, Where
from network.letters import compose, to_message
from network.mail import enqueue_mail
from network.models import OutboxMessage
from network.services import enqueue

KIND = "matchmaking.plan"
AT_A_TIME = 100  # people, so that one delivery stays well below the lease of the outbox


@dataclass(frozen=True, slots=True)
class Line:
    """A meeting in somebody's letter: with whom, when and where, and where it was."""

    other: str
    organisation: str
    now: str
    place: str
    before: str


def enqueue_letters(run: SolverRun, begin: int = 0) -> None:
    """Have the people of the run's changes told, from the so many-th on, after the commit."""
    enqueue(kind=KIND, key=f"plan:{run.pk}:{begin}", payload={"run": str(run.pk), "begin": begin})


def write_letters(message: OutboxMessage) -> None:
    """Write the next letters of a published run; written twice they are sent once."""
    run = SolverRun.objects.select_related("exchange__event").filter(pk=message.payload["run"]).first()
    if run is None:
        return
    begin = int(message.payload["begin"])
    concerned = _by_person(run, read_changes(run.plan))
    keys = sorted(concerned)[begin : begin + AT_A_TIME]
    slots = {slot.pk: slot for slot in Slot.objects.filter(exchange=run.exchange_id)}
    for slot in slots.values():
        slot.exchange = run.exchange
    tables = Table.objects.in_bulk(
        {where.table for key in keys for change, _other in concerned[key]
         for where in (change.before, change.after) if where and where.table}
    )  # fmt: skip
    people = ExchangeProfile.objects.filter(pk__in=keys).select_related("person")
    for profile in people:
        _write(run, profile, concerned[profile.pk], slots, tables)
    if begin + AT_A_TIME < len(concerned):
        enqueue_letters(run, begin + AT_A_TIME)


def _by_person(run: SolverRun, changes: Iterable[Change]) -> dict[int, list[tuple[Change, ExchangeProfile]]]:
    """Return participant key to her changes, each with the other side."""
    wanted = list(changes)
    rows: dict[tuple[Kind, str], Meeting | MeetingRequest] = {}
    for kind, model in ((Kind.MEETING, Meeting), (Kind.REQUEST, MeetingRequest)):
        codes = [change.code for change in wanted if change.kind is kind]
        found = model.objects.filter(exchange=run.exchange_id, code__in=codes)
        rows |= {(kind, row.code): row for row in found.select_related("low", "high")}
    concerned: dict[int, list[tuple[Change, ExchangeProfile]]] = defaultdict(list)
    for change in wanted:
        row = rows.get((change.kind, change.code))
        if row is not None:
            concerned[row.low_id].append((change, row.high))
            concerned[row.high_id].append((change, row.low))
    return concerned


def _write(
    run: SolverRun,
    profile: ExchangeProfile,
    changes: list[tuple[Change, ExchangeProfile]],
    slots: dict[int, Slot],
    tables: dict[int, Table],
) -> None:
    if not profile.person.email or not profile.person.is_active:
        return
    event = run.exchange.event
    language = language_of(profile.person, event)
    with translation.override(language):
        lines = [
            (change, Line(
                other.name, other.organisation_name,
                _when(change.after, slots), _place(change.after, tables), _when(change.before, slots),
            ))
            for change, other in sorted(changes, key=lambda one: _start(one[0], slots))
        ]  # fmt: skip
        values = {
            "name": profile.name,
            "event": str(event),
            "new": [line for change, line in lines if change.is_new],
            "moved": [line for change, line in lines if not change.is_new and not change.is_lost],
            "lost": [line for change, line in lines if change.is_lost],
            "reason": run.options.get("reason", ""),
            "url": f"{settings.BASE_URL}{reverse('matchmaking:mine', args=(event.slug,))}",
        }
    letter = compose("matchmaking/plan", values, language=language)
    enqueue_mail(to_message(letter, to=profile.person.email), key=f"exchange:plan:{run.pk}:{profile.pk}")


def _start(change: Change, slots: dict[int, Slot]) -> float:
    where = change.after or change.before
    slot = slots.get(where.slot) if where else None
    return slot.start.timestamp() if slot else 0.0


def _when(where: Where | None, slots: dict[int, Slot]) -> str:
    slot = slots.get(where.slot) if where else None
    return slot_in_words(slot) if slot else ""


def _place(where: Where | None, tables: dict[int, Table]) -> str:
    return place_in_words(tables.get(where.table) if where and where.table else None)
