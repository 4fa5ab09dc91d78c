"""Who may do what in an exchange: the team by its role, participants by their profile."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser

from matchmaking.models import Asking, Block, ExchangeProfile, ProfileState
from network.models import Person
from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability, may


def may_run(person: Person | AnonymousUser, event: Event) -> bool:
    """Tell whether the person sets up and plans the event's exchange."""
    return may(person, Capability.EXCHANGE, event)


def pair_allowed(asking: str, one: ExchangeProfile, other: ExchangeProfile) -> bool:
    """Tell whether the exchange's rule lets the two meet; without a cluster or organisation nothing is shared."""
    if one.pk == other.pk:
        return False
    if asking == Asking.OTHER_CLUSTER and one.cluster_id is not None:
        return one.cluster_id != other.cluster_id
    if asking in {Asking.OTHER_CLUSTER, Asking.OTHER_ORGANISATION}:
        return not _same_organisation(one, other)
    return True


def _same_organisation(one: ExchangeProfile, other: ExchangeProfile) -> bool:
    if one.organisation_id is not None and other.organisation_id is not None:
        return one.organisation_id == other.organisation_id
    names = [profile.organisation_name.strip().casefold() for profile in (one, other)]
    return bool(names[0]) and names[0] == names[1]


def is_blocked(one: ExchangeProfile, other: ExchangeProfile) -> bool:
    """Tell whether one of the two does not want to meet the other; one query."""
    pair = [one.pk, other.pk]
    return Block.objects.filter(profile__in=pair, other__in=pair).exists()


def may_meet(
    one: ExchangeProfile,
    other: ExchangeProfile,
    blocked: Callable[[ExchangeProfile, ExchangeProfile], bool] = is_blocked,
) -> bool:
    """Tell whether the two, of one exchange, may ask each other; ``blocked`` may know already whom they do not want to meet."""
    return (
        one.exchange_id == other.exchange_id
        and one.state == other.state == ProfileState.SHOWN
        and pair_allowed(one.exchange.asking, one, other)
        and not blocked(one, other)
    )
