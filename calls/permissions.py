"""Who may do what for a call: a panel seat for those who decide, the event's team role for those who run it."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser

from calls.models import Call, PanelMember, Seat
from network.models import Person
from sessions_app.events.permissions import Capability, has_anywhere, may


def has_seat(person: Person | AnonymousUser, call: Call, seats: Iterable[Seat] = tuple(Seat)) -> bool:
    """Tell whether the person sits on the call's panel now, in one of the ``seats``; one query.

    Nobody decides by other rights: an operator without a seat has none here.
    """
    if not isinstance(person, Person) or not person.is_active:
        return False
    return PanelMember.objects.filter(
        call=call, person=person, seat__in=list(seats), until__isnull=True
    ).exists()


def may_manage(person: Person | AnonymousUser, call: Call) -> bool:
    """Tell whether the person may write the call and appoint its panel.

    That is the commission secretary or the organiser of its event; calls without an event are the operators'.
    """
    if not isinstance(person, Person) or not person.is_active:
        return False
    if call.event is None:
        return person.is_superuser
    return may(person, Capability.COMMISSION, call.event)


def manages_any(person: Person | AnonymousUser) -> bool:
    """Tell whether the person may write calls of some event."""
    return has_anywhere(person, Capability.COMMISSION)
