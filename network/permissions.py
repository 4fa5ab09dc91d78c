"""Who may act for an organisation: an affiliation that holds on the day carries the right."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from network.models import Affiliation, AffiliationRight, Organisation, Person

# Each right carries the ones before it.
RANKS = (
    AffiliationRight.NONE,
    AffiliationRight.CONTACT,
    AffiliationRight.EDITOR,
    AffiliationRight.OWNER,
)


def rights_from(right: AffiliationRight) -> list[AffiliationRight]:
    """Return the rights that carry the given one, itself included."""
    return list(RANKS[RANKS.index(right) :])


def holds_on(day: dt.date) -> Q:
    """Return the condition that a dated tie holds on the day; both its ends are included."""
    return Q(Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day))


def acts_for(
    person: Person | AnonymousUser, organisation: Organisation, right: AffiliationRight, on: dt.date
) -> bool:
    """Tell whether the person has the right, or a greater one, in the organisation on that day."""
    if not isinstance(person, Person) or not person.is_active:
        return False
    if person.is_superuser:
        return True
    return Affiliation.objects.filter(
        holds_on(on), person=person, organisation=organisation, right__in=rights_from(right)
    ).exists()
