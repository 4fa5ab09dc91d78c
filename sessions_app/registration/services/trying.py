"""The team tries the form: all of it happens as for anybody, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from network.models import Person
from sessions_app.events.models import Event
from sessions_app.registration.models import Category, Invitation, Registration
from sessions_app.registration.services.places import one_transaction
from sessions_app.registration.services.registering import Details
from sessions_app.registration.services.sending import send
from sessions_app.registration.states import LIVE, State


class _Undone(Exception):
    """Carries what a trial came to out of its transaction, which it undoes."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.state = state


def try_form(
    *,
    event: Event,
    person: Person,
    draft: Registration | None,
    details: Details,
    category: Category,
    answers: Mapping[str, Any],
    invitation: Invitation | None = None,
) -> State:
    """Send the form and take it back; return in which state it would stand.

    No place, number, letter, audit row or registration is left, and the draft goes too. Raises what
    ``submit`` raises; the draft stays then, so that the form can be mended.
    """
    try:
        _rehearse(
            event=event,
            person=person,
            draft=draft,
            details=details,
            category=category,
            answers=answers,
            invitation=invitation,
        )
    except _Undone as outcome:
        discard(draft)
        return outcome.state
    raise AssertionError("a trial always ends in being undone")


@one_transaction
def _rehearse(
    *,
    event: Event,
    person: Person,
    draft: Registration | None,
    details: Details,
    category: Category,
    answers: Mapping[str, Any],
    invitation: Invitation | None,
) -> None:
    # Who is registered herself tries the form as somebody who is not.
    own = Registration.objects.filter(event=event, person=person, state__in=sorted(LIVE))
    own.update(person=None, email="")
    registration = send(
        event=event,
        person=person,
        draft=draft,
        details=details,
        category=category,
        answers=answers,
        files={},
        key="",
        invitation=invitation,
        is_trial=True,
    )
    raise _Undone(State(registration.state))


def discard(draft: Registration | None) -> None:
    """Delete a form that was only tried, with its files."""
    if draft is None or draft.pk is None:
        return
    kept = Registration.objects.filter(pk=draft.pk, state=State.DRAFT).first()
    if kept is None:
        return
    for file in kept.files.all():
        file.content.delete(save=False)
    kept.delete()
