"""How a registration stands, as people read it: icon, word, colour and a sentence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from network.models import OutboxState
from sessions_app.registration.models import Registration
from sessions_app.registration.states import State


@dataclass(frozen=True, kw_only=True)
class Look:
    """A state in icon, word, colour (``kind`` of a tag or a notice) and what it means for the person."""

    icon: str
    kind: str
    word: str
    text: str


_LOOKS: dict[State, tuple[str, str, Promise, Promise]] = {
    State.DRAFT: ("minus", "quiet", _("Not sent yet"), _("What you have filled in is kept.")),
    State.INVITED: ("mail", "warn", _("Waiting for you"), _("Your delegation has a place for you. Finish the registration to take it.")),
    State.PENDING: ("clock", "", _("Waiting for approval"), _("The organiser decides. We write to you as soon as that has happened; you need not do anything.")),
    State.WAITING: ("clock", "warn", _("On the waiting list"), _("When a place becomes free, it goes to the first who waits. We write to you then.")),
    State.OFFERED: ("alert", "warn", _("A place is offered to you"), _("It is kept for you for a limited time. Accept it, or let it go to the next.")),
    State.CONFIRMED: ("check", "ok", _("Confirmed: you are coming"), _("Your place is kept for you.")),
    State.DECLINED: ("cross", "bad", _("Declined"), _("The organiser could not take your registration.")),
    State.CANCELLED: ("cross", "quiet", _("Cancelled"), _("No place is kept for you any more.")),
}  # fmt: skip
_DELIVERY = {
    OutboxState.WAITING: ("clock", "", _("on its way")),
    OutboxState.DELIVERED: ("check", "ok", _("sent")),
    OutboxState.FAILED: ("cross", "bad", _("could not be delivered")),
}


# As the head of a delegation reads it; an empty state is a line that has not been sent.
_OF_MEMBERS: dict[str, tuple[str, str, Promise]] = {
    "": ("minus", "line", _("not invited yet")),
    State.INVITED: ("mail", "warn", _("invited, not finished")),
    State.PENDING: ("clock", "", _("waits for the organiser")),
    State.WAITING: ("clock", "warn", _("on the waiting list")),
    State.OFFERED: ("alert", "warn", _("offered a place")),
    State.CONFIRMED: ("check", "ok", pgettext_lazy("registration", "confirmed")),
    State.DECLINED: ("cross", "bad", _("declined by the organiser")),
    State.CANCELLED: ("cross", "line", _("does not come")),
}


def tag_of(state: str) -> dict[str, str]:
    """Return the icon, colour (``kind`` of a tag) and word of a member's state, as the head reads it."""
    icon, kind, word = _OF_MEMBERS[state]
    return {"icon": icon, "kind": kind, "text": str(word)}


def look_of(registration: Registration) -> Look:
    """Return how the registration stands."""
    icon, kind, word, text = _LOOKS[State(registration.state)]
    return Look(icon=icon, kind=kind, word=str(word), text=str(text))


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
