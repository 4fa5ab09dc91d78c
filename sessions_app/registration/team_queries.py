"""Reads of the team's desk: the list of registrations with its filters, one registration's log and trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce

from network.models import AuditEntry, OutboxState, Person
from network.search import name_contains
from sessions_app.events.models import Event
from sessions_app.programme.models import Session
from sessions_app.registration.models import (
    Answer,
    Category,
    Delegation,
    Message,
    Question,
    Registration,
    WaitingEntry,
)
from sessions_app.registration.queries import for_team
from sessions_app.registration.states import ENTRY_OPEN, EntryState, State

SHOWN_STATES = tuple(state for state in State if state is not State.DRAFT)
# What the list may be sorted by; a minus in front turns it round. The key makes the order total.
SORTS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "id"),
    "organisation": ("organisation_name", "name", "id"),
    "category": ("category__sort_order", "category_id", "name", "id"),
    "state": ("state", "name", "id"),
    "received": ("submitted_at", "id"),
    "turn": ("category__quota_id", "turn", "id"),
}
DEFAULT_SORT = "-received"
# A waiting list is read in its own order.
QUEUED = (State.WAITING, State.OFFERED)
# Kinds of questions whose answers a filter can name.
FILTERED_KINDS = ("choice", "choices", "yes_no", "consent")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which registrations a list shows, in words of its address; what is empty or unknown filters nothing.

    ``category`` is a slug, ``delegation`` a code, ``answer`` a question's key, a colon and the
    choice's key (or yes/no), ``mail`` is "failed" for those whom a message did not reach.
    """

    q: str = ""
    state: str = ""
    category: str = ""
    delegation: str = ""
    answer: str = ""
    mail: str = ""
    sort: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Wanted:
        """Read the address; control characters and endless words are dropped."""
        found = {
            name: "".join(sign for sign in str(values.get(name) or "") if sign.isprintable()).strip()[
                :LONGEST
            ]
            for name in ("q", "state", "category", "delegation", "answer", "mail", "sort")
        }
        if found["state"] not in SHOWN_STATES:
            found["state"] = ""
        if found["sort"].removeprefix("-") not in SORTS:
            found["sort"] = ""
        return cls(**found)

    def query(self, **changes: str) -> str:
        """Return the address's query for this list with some values changed, without a question mark."""
        values = asdict(replace(self, **changes))
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def order(self) -> str:
        """The name of the order, as it was asked for or as such a list is read."""
        return self.sort or ("turn" if self.state in QUEUED else DEFAULT_SORT)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return self != Wanted(sort=self.sort)


def listing(event: Event, viewer: Person | AnonymousUser, wanted: Wanted) -> QuerySet[Registration]:
    """Return the event's registrations that are wanted, in the order that is wanted."""
    return _listed(event, for_team(event, viewer), wanted)


def for_program(event: Event, wanted: Wanted) -> QuerySet[Registration]:
    """Return the same for a program, whose token was asked for already."""
    sent = Registration.objects.filter(event=event).exclude(state=State.DRAFT).select_related("category")
    return _listed(event, sent, wanted)


def _listed(event: Event, rows: QuerySet[Registration], wanted: Wanted) -> QuerySet[Registration]:
    rows = _without_state(event, rows, wanted)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.order.removeprefix("-") == "turn":
        rows = rows.annotate(turn=_turn())
    return rows.select_related("delegation").order_by(*_order(wanted.order))


def _order(sort: str) -> list[str]:
    names = SORTS[sort.removeprefix("-")]
    return [f"-{name}" for name in names] if sort.startswith("-") else list(names)


def _turn() -> Coalesce:
    """Return the number of the registration's open turn, or of its delegation's, for a place of a category."""
    turns = WaitingEntry.objects.filter(state__in=sorted(ENTRY_OPEN), quota__session__isnull=True)
    own = turns.filter(registration=OuterRef("pk")).order_by("number").values("number")[:1]
    shared = turns.filter(delegation=OuterRef("delegation")).order_by("number").values("number")[:1]
    return Coalesce(Subquery(own), Subquery(shared))


@dataclass(frozen=True, slots=True)
class Turn:
    """Where somebody stands in the list of a quota: her place, or until when (UTC) one is offered to her."""

    place: int = 0
    offer_until: dt.datetime | None = None


def turns_of(rows: Iterable[Registration]) -> dict[int, Turn]:
    """Return registration to its turn, for those who wait or are offered a place: one query for each kind."""
    waiting = [row for row in rows if row.state == State.WAITING]
    offered = [row.pk for row in rows if row.state == State.OFFERED]
    found: dict[int, Turn] = {}
    if offered:
        offers = WaitingEntry.objects.filter(registration__in=offered, state=EntryState.OFFERED)
        until = offers.filter(quota__session__isnull=True).values_list("registration_id", "offer_until")
        found = {pk: Turn(offer_until=moment) for pk, moment in until}
    if not waiting:
        return found
    quotas = {row.category.quota_id for row in waiting if row.category is not None}
    line = WaitingEntry.objects.filter(quota__in=quotas, state=EntryState.WAITING)
    before = line.filter(quota=OuterRef("quota"), number__lt=OuterRef("number")).order_by()
    count = before.values("quota").annotate(count=Count("pk")).values("count")
    groups = {row.delegation_id for row in waiting if row.delegation_id is not None}
    wanted = line.filter(Q(registration__in=[row.pk for row in waiting]) | Q(delegation__in=groups))
    wanted = wanted.annotate(before=Coalesce(Subquery(count), 0))
    own: dict[int, Turn] = {}
    shared: dict[int, Turn] = {}
    for registration, delegation, number in wanted.values_list("registration_id", "delegation_id", "before"):
        if registration is not None:
            own[registration] = Turn(place=number + 1)
        else:
            shared[delegation] = Turn(place=number + 1)
    for row in waiting:
        turn = own.get(row.pk) or shared.get(row.delegation_id or 0)
        if turn is not None:
            found[row.pk] = turn
    return found


def counts_by_state(event: Event, viewer: Person | AnonymousUser, wanted: Wanted) -> dict[str, int]:
    """Return state to number among what is wanted, the state left aside: one query."""
    rows = _without_state(event, for_team(event, viewer), wanted).order_by()
    return dict(rows.values_list("state").annotate(Count("pk")))


def _without_state(event: Event, rows: QuerySet[Registration], wanted: Wanted) -> QuerySet[Registration]:
    if wanted.q:
        rows = rows.filter(
            name_contains(["name", "name_latin", "email", "organisation_name", "code"], wanted.q)
        )
    if wanted.category:
        rows = rows.filter(category__slug=wanted.category)
    if wanted.delegation:
        rows = rows.filter(delegation__code=wanted.delegation)
    if wanted.mail == "failed":
        rows = rows.filter(pk__in=bounced(event).order_by().values("registration_id"))
    if wanted.answer:
        rows = rows.filter(pk__in=_answering(event, wanted.answer))
    return rows


def _answering(event: Event, answer: str) -> QuerySet[Answer, int]:
    """Return whose answer to a question is the named one, or has it among several."""
    key, _colon, value = answer.partition(":")
    given = Answer.objects.filter(question__event=event, question__key=key).annotate(
        plain=Cast("value", TextField())
    )
    condition = Q(plain={"yes": "true", "no": "false"}[value]) if value in ("yes", "no") else Q(pk__in=())
    # Keys of choices are plain ASCII, so that their JSON is the same on every database.
    condition |= Q(plain__contains=f'"{value}"')
    return given.filter(condition).values_list("registration_id", flat=True)


def categories_of(event: Event) -> list[Category]:
    """Return all the event's categories in the organiser's order, with their quotas."""
    return list(Category.objects.filter(event=event).select_related("quota"))


def delegations_of(event: Event) -> QuerySet[Delegation]:
    """Return the event's delegations by organisation."""
    return Delegation.objects.filter(event=event).order_by("organisation_name")


def questions_to_filter(event: Event) -> QuerySet[Question]:
    """Return the questions whose answers a filter can name, with their choices."""
    return Question.objects.filter(event=event, is_removed=False, kind__in=FILTERED_KINDS).prefetch_related(
        "choices"
    )


def messages_of(registration: Registration) -> QuerySet[Message]:
    """Return what was written to somebody, the newest first, with its delivery."""
    return Message.objects.filter(registration=registration).select_related("outbox")


def trail_of(registration: Registration) -> QuerySet[AuditEntry]:
    """Return who changed the registration, the newest first."""
    return AuditEntry.objects.filter(
        object_type=registration._meta.label_lower, object_id=str(registration.pk)
    ).select_related("actor")


def names_of_categories(event: Event, slugs: Collection[str]) -> dict[str, str]:
    """Return address to name of those of the event's categories; no query for none."""
    if not slugs:
        return {}
    return {one.slug: str(one) for one in Category.objects.filter(event=event, slug__in=slugs)}


def names_of_sessions(event: Event, codes: Collection[str]) -> dict[str, str]:
    """Return code to title of those of the event's sessions; no query for none."""
    if not codes:
        return {}
    return {one.code: str(one) for one in Session.objects.filter(event=event, code__in=codes)}


def bounced(event: Event) -> QuerySet[Message]:
    """Return the messages of the event's registrations that did not get through."""
    return Message.objects.filter(registration__event=event, outbox__state=OutboxState.FAILED)
