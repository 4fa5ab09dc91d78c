"""Gates and rules: made, changed, put in order, deleted."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from network.audit import differences, state_of
from network.conflicts import check_seen
from network.models import Person
from network.services import record_audit
from sessions_app.admission.models import Gate, Rule
from sessions_app.admission.queries import forget_rules
from sessions_app.events.models import Event
from sessions_app.events.services import slug_from
from sessions_app.registration.errors import WrongState
from sessions_app.registration.models import Category
from sessions_app.registration.services.sorting import next_order, swap


@transaction.atomic
def save_gate(*, gate: Gate, actor: Person | None, seen: str | None = None) -> Gate:
    """Create or change a gate as it stands in memory; a new one gets an address made from its name.

    Raises WrongState for a room of another event, and EditConflictError.
    """
    if gate.room is not None and gate.room.event_id != gate.event_id:
        raise WrongState("another event")
    others = Gate.objects.filter(event=gate.event_id)
    stored = others.filter(pk=gate.pk).first() if gate.pk else None
    before = state_of(stored) if stored else {}
    if stored is None:
        gate.slug = gate.slug or slug_from(
            gate.name or "", others.values_list("slug", flat=True), default="gate"
        )
        gate.sort_order = next_order(others)
    else:
        check_seen(seen, before, state_of(gate))
    gate.save()
    changes = differences(before, state_of(gate))
    if changes:
        record_audit(
            actor=actor,
            action="gate.changed" if stored else "gate.created",
            subject=gate,
            event_id=gate.event_id,
            changes=changes,
        )
    return gate


@transaction.atomic
def save_rule(
    *, rule: Rule, categories: Iterable[Category], actor: Person | None, seen: str | None = None
) -> Rule:
    """Create or change a rule with its categories; doors hear of it at once.

    Raises WrongState for things of another event, and EditConflictError.
    """
    wanted = list(categories)
    parts = [rule.gate, rule.day, rule.session, *wanted]
    if any(part is not None and part.event_id != rule.event_id for part in parts):
        raise WrongState("another event")
    stored = Rule.objects.filter(event=rule.event_id, pk=rule.pk).first() if rule.pk else None
    before = _rule_state(stored) if stored else {}
    if stored is None:
        rule.sort_order = next_order(Rule.objects.filter(event=rule.event_id))
    else:
        check_seen(seen, state_of(stored), state_of(rule))
    rule.save()
    rule.categories.set(wanted)
    changes = differences(before, _rule_state(rule))
    if changes:
        record_audit(
            actor=actor,
            action="admission_rule.changed" if stored else "admission_rule.created",
            subject=rule,
            event_id=rule.event_id,
            changes=changes,
        )
    transaction.on_commit(lambda: forget_rules(rule.event_id))
    return rule


def _rule_state(rule: Rule) -> dict[str, object]:
    return {**state_of(rule), "categories": sorted(str(category) for category in rule.categories.all())}


@transaction.atomic
def delete_gate(*, gate: Gate, actor: Person | None) -> None:
    """Delete a gate with the rules that are for it alone; its scans stay, without a gate."""
    _delete(gate, actor, "gate.deleted")


@transaction.atomic
def delete_rule(*, rule: Rule, actor: Person | None) -> None:
    """Delete a rule; what it let in stays let in."""
    _delete(rule, actor, "admission_rule.deleted")


def _delete(row: Gate | Rule, actor: Person | None, action: str) -> None:
    record_audit(
        actor=actor, action=action, subject=row, event_id=row.event_id, changes=differences(state_of(row), {})
    )
    event_id = row.event_id
    row.delete()
    transaction.on_commit(lambda: forget_rules(event_id))


@transaction.atomic
def move(*, row: Gate | Rule, step: int, actor: Person | None) -> bool:
    """Move a gate or a rule one step; tell whether it moved."""
    Event.objects.select_for_update().get(pk=row.event_id)
    rows = list(type(row)._default_manager.filter(event=row.event_id).order_by("sort_order", "id"))
    other = swap(rows, row, step)
    if other is None:
        return False
    record_audit(
        actor=actor,
        action=f"{row._meta.model_name}.moved",
        subject=row,
        event_id=row.event_id,
        changes={"order": (None, step)},
    )
    transaction.on_commit(lambda: forget_rules(row.event_id))
    return True
