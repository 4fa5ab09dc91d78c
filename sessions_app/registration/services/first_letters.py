"""The first letter to those who register: written before the places are locked, for what will most likely become of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from network.letters import Letter
from sessions_app.events.models import Event
from sessions_app.registration.models import (
    Category,
    Entry,
    MessageTemplate,
    Quota,
    Registration,
    RegistrationSettings,
)
from sessions_app.registration.models.messages import MessageKind
from sessions_app.registration.queries import line_of
from sessions_app.registration.services import messages
from sessions_app.registration.states import State

MESSAGE_OF = {
    State.PENDING: MessageKind.PENDING,
    State.WAITING: MessageKind.WAITING,
    State.CONFIRMED: MessageKind.CONFIRMED,
    State.INVITED: MessageKind.INVITED,
}
# Stands in a letter for the place on the waiting list: a character that nobody writes.
NUMBER = "\ue000"


@dataclass(frozen=True)
class Likely:
    """A letter, and what it says of whom."""

    kind: MessageKind
    about: tuple[Any, ...]
    letter: Letter


def _told_of(registration: Registration) -> tuple[Any, ...]:
    """Return what of a registration stands in its letters."""
    return (
        registration.name, registration.email, registration.locale, registration.category_id,
        registration.delegation_id,
    )  # fmt: skip


@dataclass(frozen=True)
class Beforehand:
    """What a submit reads before it locks: all who rush for the same places wait for what comes after.

    ``last_number`` and ``waiting`` are the state of the category's waiting list. In a rush, what one has read
    serves those who stand behind her in the line, for a second.
    """

    event: Event
    templates: Mapping[str, MessageTemplate]
    last_number: int
    waiting: int
    is_full: bool

    @classmethod
    def read(cls, registration: Registration, category: Category) -> Beforehand:
        """Read it for those who go for the category's places; the registration is one of theirs."""
        last, waiting, free = line_of(category.quota_id) if category.quota_id is not None else (0, 0, 1)
        event = registration.event
        for settings in RegistrationSettings.objects.filter(event=event):
            event.registration = settings  # as they are now, whatever came with the event
        return cls(event, messages.templates_of(event.pk), last, waiting, free < 1 or waiting > 0)

    def letter(
        self, registration: Registration, category: Category | None, kind: MessageKind | None = None
    ) -> Likely:
        """Return the letter of the kind, or of what will most likely become of the registration.

        In one to the waiting list ``NUMBER`` stands for the place, which only the lock tells.
        """
        if kind is None:
            kind = MessageKind.WAITING if self.is_full else MessageKind.CONFIRMED
            if category is not None and category.entry == Entry.APPROVAL:
                kind = MessageKind.PENDING
        more = {"number": NUMBER} if kind is MessageKind.WAITING else None
        letter = messages.compose_message(registration, kind, more=more, templates=self.templates)
        return Likely(kind, _told_of(registration), letter)

    def place(self, number: int) -> int:
        """Return the place of the turn that the locked quota has just given under the number.

        Who leaves the list between the reading and the lock, a second at most, still counts.
        """
        return self.waiting + number - self.last_number


def letters_of(
    registrations: Sequence[Registration],
    before: Beforehand,
    quotas: Mapping[int, Quota],
    likely: Sequence[Likely],
) -> Iterator[tuple[Registration, MessageKind, Letter]]:
    """Give what each of those who have just come in is told: the likely letter, or one of what came otherwise."""
    left = sum(1 for one in registrations if one.state == State.WAITING)
    for registration, expected in zip(registrations, likely, strict=True):
        kind, category = MESSAGE_OF[State(registration.state)], registration.category
        if (expected.kind, expected.about) != (kind, _told_of(registration)):
            expected = before.letter(registration, category, kind)
        letter = expected.letter
        if kind is MessageKind.WAITING and category is not None:
            left -= 1
            number = quotas[category.quota_id or 0].last_number - left
            letter = letter.with_text(NUMBER, str(before.place(number)))
        yield registration, kind, letter
