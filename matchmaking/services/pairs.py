"""Two participants as a pair: in the order in which the database knows and locks them."""

from __future__ import annotations

from matchmaking.models import ExchangeProfile


def ordered(one: ExchangeProfile, other: ExchangeProfile) -> tuple[ExchangeProfile, ExchangeProfile]:
    """Return the two by key, as the database knows the pair."""
    return (one, other) if one.pk < other.pk else (other, one)


def lock_pair(one: ExchangeProfile, other: ExchangeProfile) -> None:
    """Lock both people in the order of their keys, so that two bookings never wait for each other."""
    keys = [one.pk, other.pk]
    list(ExchangeProfile.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
