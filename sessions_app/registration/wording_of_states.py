"""How a registration stands, as people read it: icon, word, colour and a sentence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from network.models import OutboxState
from sessions_app.registration.models import Entry, Registration
from sessions_app.registration.states import EntryState, State


@dataclass(frozen=True, kw_only=True)
class Look:
    """A state in icon, word, colour (``kind`` of a tag or a notice) and what it means for the person."""

    icon: str
    kind: str
    word: str
    text: str


_LOOKS: dict[State, tuple[str, str, Promise, Promise]] = {
    State.DRAFT: ("minus", "quiet", gettext_lazy("Not sent yet"), gettext_lazy("What you have filled in is kept.")),
    State.INVITED: ("mail", "warn", gettext_lazy("Waiting for you"), gettext_lazy("Your delegation has a place for you. Finish the registration to take it.")),
    State.PENDING: ("clock", "", gettext_lazy("Waiting for approval"), gettext_lazy("The organiser decides. We write to you as soon as that has happened; you need not do anything.")),
    State.WAITING: ("clock", "warn", gettext_lazy("On the waiting list"), gettext_lazy("When a place becomes free, it goes to the first who waits. We write to you then.")),
    State.OFFERED: ("alert", "warn", gettext_lazy("A place is offered to you"), gettext_lazy("It is kept for you for a limited time. Accept it, or let it go to the next.")),
    State.CONFIRMED: ("check", "ok", gettext_lazy("Confirmed: you are coming"), gettext_lazy("Your place is kept for you.")),
    State.DECLINED: ("cross", "bad", gettext_lazy("Declined"), gettext_lazy("The organiser could not take your registration.")),
    State.CANCELLED: ("cross", "quiet", gettext_lazy("Cancelled"), gettext_lazy("No place is kept for you any more.")),
}  # fmt: skip
_DELIVERY = {
    OutboxState.WAITING: ("clock", "", gettext_lazy("on its way")),
    OutboxState.DELIVERED: ("check", "ok", gettext_lazy("sent")),
    OutboxState.FAILED: ("cross", "bad", gettext_lazy("could not be delivered")),
}


# As the head of a delegation reads it; an empty state is a line that has not been sent.
_OF_MEMBERS: dict[str, tuple[str, str, Promise]] = {
    "": ("minus", "line", gettext_lazy("not invited yet")),
    State.INVITED: ("mail", "warn", gettext_lazy("invited, not finished")),
    State.PENDING: ("clock", "", gettext_lazy("waits for the organiser")),
    State.WAITING: ("clock", "warn", gettext_lazy("on the waiting list")),
    State.OFFERED: ("alert", "warn", gettext_lazy("offered a place")),
    State.CONFIRMED: ("check", "ok", pgettext_lazy("registration", "confirmed")),
    State.DECLINED: ("cross", "bad", gettext_lazy("declined by the organiser")),
    State.CANCELLED: ("cross", "line", gettext_lazy("does not come")),
}


def tag_of(state: str) -> dict[str, str]:
    """Return the icon, colour (``kind`` of a tag) and word of a member's state, as the head reads it."""
    icon, kind, word = _OF_MEMBERS[state]
    return {"icon": icon, "kind": kind, "text": str(word)}


def look_of(registration: Registration) -> Look:
    """Return how the registration stands."""
    icon, kind, word, text = _LOOKS[State(registration.state)]
    return Look(icon=icon, kind=kind, word=str(word), text=str(text))


def needs_approval(registration: Registration) -> bool:
    """Tell whether the organiser decides about each person of the registration's category."""
    return registration.category is not None and registration.category.entry == Entry.APPROVAL


def sentence_of(registration: Registration) -> str:
    """Return what the state means for this person, where it means another thing than for most."""
    state = State(registration.state)
    if state is State.INVITED and needs_approval(registration):
        return _(
            "Your delegation has named you. Finish the registration; then the organiser decides about it."
        )
    delegation = registration.delegation
    if state is State.WAITING and delegation is not None and delegation.all_or_none:
        return _("Your delegation waits until there are places for all of its people. We write to you then.")
    if state is State.CANCELLED and offer_ran_out(registration):
        return _("A place was offered to you and not taken in time, so it has gone to the next who waited.")
    return look_of(registration).text


def offer_ran_out(registration: Registration) -> bool:
    """Tell whether she has lost a place that was offered to her because she did not take it in time."""
    never_came = registration.state == State.CANCELLED and registration.confirmed_at is None
    expired = registration.entries.filter(state=EntryState.EXPIRED, quota__session__isnull=True)
    return never_came and expired.exists()


@dataclass(frozen=True, kw_only=True)
class MessageRow:
    """A message that was written to the person, and what became of it."""

    subject: str
    at: dt.datetime
    icon: str
    kind: str
    word: str


def message_rows(registration: Registration) -> list[MessageRow]:
    """Return the messages of the registration, newest first."""
    rows = []
    for message in registration.messages.select_related("outbox"):
        state = message.outbox.state if message.outbox else OutboxState.DELIVERED
        icon, kind, word = _DELIVERY[OutboxState(state)]
        rows.append(
            MessageRow(subject=message.subject, at=message.created_at, icon=icon, kind=kind, word=str(word))
        )
    return rows
