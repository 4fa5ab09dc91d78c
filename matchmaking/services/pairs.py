"""Two participants as a pair: in the order in which the database knows and locks them."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from matchmaking.models import ExchangeProfile


def ordered(one: ExchangeProfile, other: ExchangeProfile) -> tuple[ExchangeProfile, ExchangeProfile]:
    """Return the two by key, as the database knows the pair."""
    return (one, other) if one.pk < other.pk else (other, one)


def lock_pair(one: ExchangeProfile, other: ExchangeProfile) -> None:
    """Lock both people in the order of their keys, so that two bookings never wait for each other."""
    list(_locked({one.pk, other.pk}).values_list("pk"))


def locked_people(keys: Collection[int]) -> dict[int, ExchangeProfile]:
    """Lock people as ``lock_pair`` does two; return them by key as they are now, with their persons."""
    return {profile.pk: profile for profile in _locked(keys).select_related("person")}


def _locked(keys: Collection[int]) -> QuerySet[ExchangeProfile]:
    return ExchangeProfile.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
