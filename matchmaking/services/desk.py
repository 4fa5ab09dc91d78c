"""What the matchmaker does by hand: meetings arranged, guests taken in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone

from matchmaking.errors import AlreadyAsked, MayNotAsk, SlotTaken
from matchmaking.models import (
    Exchange,
    ExchangeProfile,
    Meeting,
    MeetingRequest,
    Origin,
    ProfileState,
    Slot,
    Table,
)
from matchmaking.permissions import is_blocked
from matchmaking.services.booking import book
from matchmaking.services.joining import join_exchange, save_profile
from matchmaking.services.marking import pin_meetings
from matchmaking.services.pairs import lock_pair, ordered
from matchmaking.states import MEETING_LIVE, REQUEST_LIVE, RequestState
from network.editing import save_person
from network.models import Person
from network.services import record_audit
from sessions_app.registration.services.places import one_transaction


@one_transaction
def arrange(
    *,
    one: ExchangeProfile,
    other: ExchangeProfile,
    actor: Person | None,
    slot: Slot | None = None,
    table: Table | None = None,
    is_pinned: bool = False,
    now: dt.datetime | None = None,
) -> Meeting:
    """Let the two meet, in this slot or any, at this table or any; a slot that goes on now is allowed, too.

    The exchange's rule of who may ask whom does not bind the matchmaker, a block does. What the two asked each
    other counts as agreed. Raises MayNotAsk, AlreadyAsked when they have a meeting, SlotTaken and NoCommonTime.
    """
    moment = now or timezone.now()
    if one.pk == other.pk or one.exchange_id != other.exchange_id:
        raise MayNotAsk
    lock_pair(one, other)
    low, high = ordered(one, other)
    if ProfileState.LEFT in {low.state, high.state} or is_blocked(low, high):
        raise MayNotAsk
    if Meeting.objects.filter(low=low, high=high, state__in=sorted(MEETING_LIVE)).exists():
        raise AlreadyAsked
    if slot is not None and slot.start <= moment:
        if slot.end <= moment:
            raise SlotTaken
        moment = slot.start - dt.timedelta(seconds=1)  # people stand at the desk: the slot counts as ahead
    request = _agreed(low, high, actor)
    meeting = book(
        low=low,
        high=high,
        request=request,
        slot=slot,
        table=table,
        actor=actor,
        origin=Origin.DESK,
        now=moment,
    )
    if is_pinned:
        pin_meetings(meetings=[meeting], is_pinned=True, actor=actor)
        meeting.is_pinned = True
    return meeting


def _agreed(low: ExchangeProfile, high: ExchangeProfile, actor: Person | None) -> MeetingRequest | None:
    """Return the live request of the two, agreed from now on; it must not be open beside their meeting."""
    request = (
        MeetingRequest.objects.select_for_update()
        .filter(low=low, high=high, state__in=sorted(REQUEST_LIVE))
        .first()
    )
    if request is None or request.state == RequestState.ACCEPTED:
        return request
    before, request.state = request.state, RequestState.ACCEPTED.value
    request.answered_at = timezone.now()
    request.version += 1
    request.save(update_fields=["state", "answered_at", "version"])
    record_audit(
        actor=actor, action="request.accepted", subject=request, event_id=low.exchange.event_id,
        changes={"state": (before, request.state)},
    )  # fmt: skip
    return request


@one_transaction
def take_in(
    *, exchange: Exchange, name: str, email: str, facts: Mapping[str, object], actor: Person | None
) -> ExchangeProfile:
    """Take a guest into the exchange, by her address when she is known; ``facts`` are fields of her profile.

    Somebody who takes part already is returned as she is. Raises WrongPhase once the exchange is over.
    """
    person = Person.objects.filter(email__iexact=email).first() if email else None
    if person is None:
        person = save_person(person=Person(name=name, email=email or None), actor=actor)
    standing = ExchangeProfile.objects.filter(exchange=exchange, person=person).first()
    if standing is not None and standing.state == ProfileState.SHOWN:
        return standing
    profile = join_exchange(exchange=exchange, person=person, actor=actor, is_guest=True)
    profile.exchange = exchange
    for field, value in facts.items():
        if value not in (None, ""):
            setattr(profile, field, value)
    return save_profile(profile=profile, actor=actor)
