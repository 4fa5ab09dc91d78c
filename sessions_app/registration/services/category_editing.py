"""Categories of attendees: made, changed, put in order, deleted while nobody uses them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from network.audit import differences, state_of
from network.conflicts import check_seen
from network.localised import localised, set_localised
from network.models import Person
from network.services import record_audit
from sessions_app.events.models import Event
from sessions_app.events.services import slug_from
from sessions_app.registration.errors import InUse, WrongState
from sessions_app.registration.models import Category, Delegation, Place, Quota, Registration, WaitingEntry
from sessions_app.registration.services.places import give_back, lock_quotas, one_transaction, take
from sessions_app.registration.services.setting_up import save_quota
from sessions_app.registration.services.sorting import next_order, swap
from sessions_app.registration.services.waiting import promote, queue
from sessions_app.registration.states import HOLDING, EntryState


@one_transaction
def save_category(
    *,
    category: Category,
    actor: Person | None,
    places: int | None = None,
    seen: str | None = None,
    now: dt.datetime | None = None,
) -> Category:
    """Create or change a category as it stands in memory; a new one gets an address made from its name.

    With ``places`` it gets a new quota of that size, called like itself. With another quota its people's places and turns move there: Full when they do not fit. Raises
    WrongState for a quota of another event, Busy, and EditConflictError.
    """
    if category.quota is not None and category.quota.event_id != category.event_id:
        raise WrongState("another event")
    stored = Category.objects.filter(pk=category.pk).first() if category.pk else None
    if places is not None:
        category.quota = _new_quota(category, places, actor)
    quotas = lock_quotas({category.quota_id, stored.quota_id if stored else None})
    before = state_of(stored) if stored else {}
    if stored is None:
        others = Category.objects.filter(event=category.event_id)
        category.slug = category.slug or category_slug(category.event, category)
        category.sort_order = next_order(others)
    else:
        check_seen(seen, before, state_of(category))
    category.save()
    if stored is not None and stored.quota_id != category.quota_id:
        _move_places(category, stored.quota_id, quotas, now=now)
    changes = differences(before, state_of(category))
    if changes:
        record_audit(
            actor=actor,
            action="category.changed" if stored else "category.created",
            subject=category,
            event_id=category.event_id,
            changes=changes,
        )
    return category


def _new_quota(category: Category, places: int, actor: Person | None) -> Quota:
    quota = Quota(event=category.event, size=places)
    set_localised(quota, "name", localised(category, "name"))
    save_quota(quota=quota, actor=actor)
    return quota


def category_slug(event: Event, category: Category) -> str:
    """Return a free address within the event, made from the category's name."""
    taken = Category.objects.filter(event=event).values_list("slug", flat=True)
    return slug_from(category.name or "", taken, default="category")


def _move_places(
    category: Category, old_id: int | None, quotas: dict[int, Quota], *, now: dt.datetime | None
) -> None:
    """Bring places and turns of the category's people from the locked old quota into the new one."""
    old = quotas.get(old_id) if old_id is not None else None
    new = quotas.get(category.quota_id) if category.quota_id is not None else None
    holders = Registration.objects.filter(category=category, state__in=sorted(HOLDING)).order_by("pk")
    had = set(Place.objects.filter(quota=old).values_list("registration_id", flat=True)) if old else set()
    for registration in holders:
        if old is not None and registration.pk in had:
            give_back(old, registration)
        if new is not None:
            take(new, registration)
    _move_turns(category, old, new)
    for quota in (old, new):
        if quota is not None:
            promote(quota, now=now)


def _move_turns(category: Category, old: Quota | None, new: Quota | None) -> None:
    """Let those who wait keep their order at the end of the new list.

    Without a new quota there is no list to stand in: that is refused while somebody waits.
    """
    if old is None:
        return
    waiting = WaitingEntry.objects.filter(quota=old, state=EntryState.WAITING).order_by("number")
    mine = [
        entry
        for entry in waiting.select_related("registration", "delegation")
        if category.pk in _categories_of(entry)
    ]
    if new is None:
        if mine:
            raise InUse(old, len(mine))
        return
    for entry in mine:
        entry.state = EntryState.LEFT.value
        entry.save(update_fields=["state"])
        queue(new, registration=entry.registration, delegation=entry.delegation)
    # An offer goes on with its place: only its list is another one.
    for entry in WaitingEntry.objects.filter(
        quota=old, state=EntryState.OFFERED, registration__category=category
    ):
        moved = queue(new, registration=entry.registration)
        moved.state, moved.offered_at, moved.offer_until = entry.state, entry.offered_at, entry.offer_until
        entry.state = EntryState.LEFT.value
        entry.save(update_fields=["state"])
        moved.save(update_fields=["state", "offered_at", "offer_until"])


def _categories_of(entry: WaitingEntry) -> set[int | None]:
    if entry.delegation is not None:
        return {entry.delegation.category_id}
    return {entry.registration.category_id} if entry.registration is not None else set()


@transaction.atomic
def move_category(*, category: Category, step: int, actor: Person | None) -> bool:
    """Move a category ``step`` places down, or up when it is negative; False at the end of the list."""
    rows = list(Category.objects.select_for_update().filter(event=category.event_id))
    before = [one.slug for one in rows]
    if swap(rows, category, step) is None:
        return False
    record_audit(
        actor=actor,
        action="category.moved",
        subject=category,
        event_id=category.event_id,
        changes={"order": (before, [one.slug for one in rows])},
    )
    return True


@transaction.atomic
def delete_category(*, category: Category, actor: Person | None) -> None:
    """Delete a category that nobody chose and nobody was invited to; raise InUse otherwise."""
    locked = Category.objects.select_for_update().filter(pk=category.pk).first()
    if locked is None:
        return
    users = uses_of(locked)
    if users:
        raise InUse(locked, users)
    record_audit(
        actor=actor,
        action="category.deleted",
        subject=locked,
        event_id=locked.event_id,
        changes=differences(state_of(locked), {}),
    )
    locked.delete()


def uses_of(category: Category) -> int:
    """Return how many registrations, delegations and invitations name the category."""
    return (
        Registration.objects.filter(category=category).count()
        + Delegation.objects.filter(category=category).count()
        + category.invitations.count()
        + category.questions.filter(is_removed=False).count()
    )
