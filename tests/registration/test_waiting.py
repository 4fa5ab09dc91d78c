"""Waiting lists: order, offers that end, delegations that want all their places at once."""

import datetime as dt

import pytest
from django.utils import timezone

from sessions_app.registration.errors import OfferGone
from sessions_app.registration.models import Delegation, Quota, Registration
from sessions_app.registration.models.messages import MessageKind
from sessions_app.registration.services.places import lock_quotas
from sessions_app.registration.services.registering import cancel
from sessions_app.registration.services.waiting import accept_offer, expire_offers, promote, queue
from tests.factories import PersonFactory, make_category, make_open_event, make_registration

pytestmark = pytest.mark.django_db


def states(*registrations: Registration) -> list[str]:
    return [Registration.objects.get(pk=registration.pk).state for registration in registrations]


def test_a_freed_place_is_offered_to_the_first_who_waits_and_is_hers_when_she_takes_it():
    event, category = make_open_event(places=1)
    first, second, third = (make_registration(event, category) for _ in range(3))
    cancel(registration=first, actor=first.person)
    assert states(first, second, third) == ["cancelled", "offered", "waiting"]
    assert second.messages.filter(kind=MessageKind.OFFERED).count() == 1
    assert accept_offer(registration=second, actor=second.person).state == "confirmed"
    assert accept_offer(registration=second, actor=second.person).state == "confirmed"
    assert Quota.objects.get(pk=category.quota_id).taken == 1


def test_a_late_answer_is_too_late_by_the_clock_of_the_database():
    event, category = make_open_event(places=1)
    first, second = make_registration(event, category), make_registration(event, category)
    cancel(registration=first, actor=first.person)
    late = timezone.now() + dt.timedelta(hours=25)
    with pytest.raises(OfferGone):
        accept_offer(registration=second, actor=second.person, now=late)
    assert states(second) == ["offered"]
    second.entries.update(offer_until=timezone.now() - dt.timedelta(seconds=1))
    with pytest.raises(OfferGone):
        accept_offer(registration=second, actor=second.person)


def test_an_offer_that_ran_out_goes_to_the_next():
    event, category = make_open_event(places=1)
    first, second, third = (make_registration(event, category) for _ in range(3))
    cancel(registration=first, actor=first.person)
    assert expire_offers() == 0
    assert expire_offers(now=timezone.now() + dt.timedelta(hours=25)) == 1
    assert states(second, third) == ["cancelled", "offered"]
    assert second.messages.filter(kind=MessageKind.EXPIRED).count() == 1
    assert Quota.objects.get(pk=category.quota_id).taken == 1


def test_an_offer_that_cannot_be_ended_stops_no_other():
    event, category = make_open_event(places=1)
    other = make_category(event, places=1)
    for one in (category, other):
        holder, _waits = make_registration(event, one), make_registration(event, one)
        cancel(registration=holder, actor=None)
    stuck, free = Registration.objects.filter(state="offered").order_by("pk")
    Registration.objects.filter(pk=stuck.pk).update(state="cancelled")
    stuck.entries.update(offer_until=timezone.now() + dt.timedelta(hours=1))  # the first that is looked at
    assert expire_offers(now=timezone.now() + dt.timedelta(hours=25)) == 1
    assert states(free) == ["cancelled"]


def test_nobody_overtakes_those_who_wait_when_a_quota_grows():
    event, category = make_open_event(places=0, offer_hours=0)
    waiting = make_registration(event, category)
    Quota.objects.update(size=1)
    newcomer = make_registration(event, category)
    assert states(waiting, newcomer) == ["waiting", "waiting"]
    promote(lock_quotas([category.quota_id])[category.quota_id])
    assert states(waiting, newcomer) == ["confirmed", "waiting"]


def test_a_delegation_that_wants_all_or_none_waits_for_all_its_places():
    event, category = make_open_event(places=2, offer_hours=0)
    present = [make_registration(event, category) for _ in range(2)]
    delegation = Delegation.objects.create(
        event=event, head=PersonFactory(), category=category, organisation_name="Cluster", all_or_none=True
    )
    members = [
        Registration.objects.create(
            event=event, category=category, delegation=delegation, state="waiting",
            name=f"Member {n}", email=f"member{n}@plenum.example",
        )
        for n in range(2)
    ]  # fmt: skip
    queue(lock_quotas([category.quota_id])[category.quota_id], delegation=delegation)
    single = make_registration(event, category)
    cancel(registration=present[0], actor=None)
    assert states(*members, single) == ["waiting", "waiting", "waiting"]
    cancel(registration=present[1], actor=None)
    assert states(*members, single) == ["invited", "invited", "waiting"]
    assert Quota.objects.get(pk=category.quota_id).taken == 2
