"""Questions of the form: made, changed with their choices and places, put in order, taken out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from network.audit import differences, state_of
from network.conflicts import check_seen
from network.localised import localised, set_localised
from network.models import Person
from network.services import record_audit
from sessions_app.events.services import slug_from
from sessions_app.registration.errors import BelowTaken, InUse, KindFixed, OrderNeeded, WrongState
from sessions_app.registration.models import Answer, Category, Choice, Question, QuestionKind, Quota
from sessions_app.registration.services.places import lock_quotas, one_transaction, take
from sessions_app.registration.services.setting_up import check_version
from sessions_app.registration.services.sorting import next_order, swap
from sessions_app.registration.services.waiting import promote
from sessions_app.registration.states import LIVE

WITH_CHOICES = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES})
PARTS = ("choices",)


@dataclass(frozen=True)
class ChoiceDraft:
    """One choice as the organiser wants it; ``pk`` names one that is there, ``places`` None means no limit."""

    labels: Mapping[str, str]
    pk: int | None = None
    places: int | None = None


@one_transaction
def save_question(
    *,
    question: Question,
    categories: Iterable[Category],
    choices: Iterable[ChoiceDraft],
    actor: Person | None,
    seen: str | None = None,
    now: dt.datetime | None = None,
) -> Question:
    """Create or change a question with its choices, in their order; choices left out are taken away.

    A choice with places gets a quota or has it resized; those who chose it already hold a place each.
    Raises KindFixed, OrderNeeded (its condition must stand before it), VersionNeeded, BelowTaken
    (more have chosen it), WrongState for a part of another event, Busy and EditConflictError.
    """
    moment = now or timezone.now()
    stored = Question.objects.filter(pk=question.pk).first() if question.pk else None
    quotas = lock_quotas(stored.choices.values_list("quota_id", flat=True)) if stored else {}
    before = told(stored) if stored else {}
    categories, choices = list(categories), list(choices)
    _check(question, stored, categories, today=moment.date())
    if stored is None:
        everything = Question.objects.filter(event=question.event_id)
        question.key = question.key or _key(question, everything.values_list("key", flat=True))
        question.sort_order = next_order(everything)
    else:
        check_seen(seen, before, _as_wanted(question, stored, categories, choices))
    question.save()
    question.categories.set(categories)
    _write_choices(question, choices if question.kind in WITH_CHOICES else [], quotas, now=moment)
    changes = differences(before, told(Question.objects.get(pk=question.pk)))
    if changes:
        record_audit(
            actor=actor,
            action="question.changed" if stored else "question.created",
            subject=question,
            event_id=question.event_id,
            changes=changes,
        )
    return question


def told(question: Question) -> dict[str, Any]:
    """Return what the audit trail says of a question, its choices with their places and its categories."""
    state = state_of(question)
    state["categories"] = [category.slug for category in question.categories.all()]
    choices = question.choices.filter(is_removed=False).select_related("quota")
    state["choices"] = [
        _line(choice.key, localised(choice, "label"), choice.quota.size if choice.quota else None)
        for choice in choices
    ]
    return state


def _as_wanted(
    question: Question, stored: Question, categories: Iterable[Category], choices: Iterable[ChoiceDraft]
) -> dict[str, Any]:
    keys = dict(stored.choices.values_list("pk", "key"))
    state: dict[str, Any] = state_of(question)
    state["categories"] = [category.slug for category in categories]
    state["choices"] = [
        _line(keys.get(draft.pk or 0, ""), {k: v for k, v in draft.labels.items() if v}, draft.places)
        for draft in choices
    ]
    return state


def _line(key: str, labels: Mapping[str, str], places: int | None) -> str:
    return " · ".join(filter(None, [key, *labels.values(), "" if places is None else str(places)]))


def _check(
    question: Question, stored: Question | None, categories: Iterable[Category], *, today: dt.date
) -> None:
    event_id = question.event_id
    if any(category.event_id != event_id for category in categories):
        raise WrongState("another event")
    follows = question.shown_if
    if follows is not None and (follows.event_id != event_id or follows.is_removed):
        raise WrongState("another event")
    if follows is not None and stored is not None and not _stands_before(follows, stored):
        raise OrderNeeded(str(follows))
    if stored is None:
        return
    if stored.kind != question.kind and Answer.objects.filter(question=stored).exists():
        raise KindFixed(stored.kind)
    check_version(stored, question, field="text", version="text_version", today=today)


def _stands_before(one: Question, other: Question) -> bool:
    return (one.sort_order, one.pk) < (other.sort_order, other.pk)


def _key(question: Question, taken: Iterable[str]) -> str:
    return slug_from((question.label or "")[:40], taken, default="question")[:60]


def _write_choices(
    question: Question, wanted: list[ChoiceDraft], quotas: Mapping[int, Quota], *, now: dt.datetime
) -> None:
    present = {choice.pk: choice for choice in question.choices.all()}
    keys = {choice.key for choice in present.values()}
    for order, draft in enumerate(wanted):
        choice = present.pop(draft.pk, None) if draft.pk else None
        if choice is None:
            choice = Choice(question=question)
        set_localised(choice, "label", dict(draft.labels))
        if not choice.key:
            name = next(iter(filter(None, draft.labels.values())), "")
            choice.key = slug_from(name[:40], keys, default="choice")
            keys.add(choice.key)
        choice.sort_order, choice.is_removed = order, False
        choice.save()
        _write_places(choice, draft.places, quotas, now=now)
    for choice in present.values():
        _take_away(choice)


def _write_places(
    choice: Choice, places: int | None, quotas: Mapping[int, Quota], *, now: dt.datetime
) -> None:
    quota = quotas.get(choice.quota_id) if choice.quota_id else None
    if places is None:
        if quota is not None:
            choice.quota = None
            choice.save(update_fields=["quota"])
            quota.places.all().delete()
            quota.delete()
        return
    if quota is None:
        _limit(choice, places)
        return
    if places < quota.taken:
        raise BelowTaken(quota.taken, str(choice))
    grown = places > quota.size
    quota.size = places
    _name(quota, choice)
    quota.save(update_fields=["name", "name_en", "name_ru", "size"])
    if grown:
        promote(quota, now=now)


def _limit(choice: Choice, places: int) -> None:
    """Give a choice its quota; those who chose it before hold the first places."""
    holders = [
        answer.registration
        for answer in Answer.objects.filter(
            question=choice.question_id, registration__state__in=sorted(LIVE)
        ).select_related("registration")
        if answer.value == choice.key or (isinstance(answer.value, list) and choice.key in answer.value)
    ]
    if len(holders) > places:
        raise BelowTaken(len(holders), str(choice))
    quota = Quota(event=choice.question.event, size=places)
    _name(quota, choice)
    quota.save()
    choice.quota = quota
    choice.save(update_fields=["quota"])
    for registration in holders:
        take(quota, registration)


def _name(quota: Quota, choice: Choice) -> None:
    for code in ("en", "ru"):
        question = getattr(choice.question, f"label_{code}") or ""
        label = getattr(choice, f"label_{code}") or ""
        setattr(quota, f"name_{code}", f"{question}: {label}"[:200] if label else "")


def _take_away(choice: Choice) -> None:
    """Delete a choice that nobody chose; hide another, so that its answers stay readable."""
    chosen = any(
        value == choice.key or (isinstance(value, list) and choice.key in value)
        for value in Answer.objects.filter(question=choice.question_id).values_list("value", flat=True)
    )
    if chosen:
        if not choice.is_removed:
            choice.is_removed = True
            choice.save(update_fields=["is_removed"])
        return
    quota = choice.quota
    choice.delete()
    if quota is not None:
        quota.delete()


@transaction.atomic
def move_question(*, question: Question, step: int, actor: Person | None) -> bool:
    """Move a question ``step`` places down, or up when it is negative; False at the end of the list.

    Raises OrderNeeded when it would stand before its condition, or behind one that waits for it.
    """
    rows = list(Question.objects.select_for_update().filter(event=question.event_id, is_removed=False))
    before = [one.key for one in rows]
    if swap(rows, question, step) is None:
        return False
    places = {one.pk: index for index, one in enumerate(rows)}
    for one in rows:
        if one.shown_if_id in places and places[one.shown_if_id] > places[one.pk]:
            raise OrderNeeded(str(one))
    record_audit(
        actor=actor,
        action="question.moved",
        subject=question,
        event_id=question.event_id,
        changes={"order": (before, [one.key for one in rows])},
    )
    return True


@transaction.atomic
def remove_question(*, question: Question, actor: Person | None) -> bool:
    """Take a question out of the form; True when it is deleted, False when answers keep it, hidden.

    Raises InUse while other questions wait for its answer.
    """
    locked = Question.objects.select_for_update().get(pk=question.pk)
    followers = locked.followers.filter(is_removed=False).count()
    if followers:
        raise InUse(locked, followers)
    answered = Answer.objects.filter(question=locked).exists()
    record_audit(
        actor=actor,
        action="question.removed" if answered else "question.deleted",
        subject=locked,
        event_id=locked.event_id,
        changes=differences(told(locked), {}),
    )
    if answered:
        locked.is_removed = True
        locked.save(update_fields=["is_removed"])
        return False
    quotas = list(Quota.objects.filter(choice__question=locked))
    locked.delete()
    for quota in quotas:
        quota.delete()
    return True


@transaction.atomic
def restore_question(*, question: Question, actor: Person | None) -> None:
    """Ask a question again that was taken out; it stands last."""
    locked = Question.objects.select_for_update().get(pk=question.pk)
    if not locked.is_removed:
        return
    locked.is_removed = False
    locked.sort_order = next_order(Question.objects.filter(event=locked.event_id))
    if locked.shown_if is not None and locked.shown_if.is_removed:
        locked.shown_if = None
    locked.save(update_fields=["is_removed", "sort_order", "shown_if"])
    record_audit(
        actor=actor,
        action="question.restored",
        subject=locked,
        event_id=locked.event_id,
        changes={"is_removed": (True, False)},
    )
