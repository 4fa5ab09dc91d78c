"""Takes a person's name out of what stays behind her: the audit trail and letters that were sent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.db.models import Model, QuerySet

from network.models import AuditEntry, OutboxMessage

BATCH = 500


def forget_in_trail(subjects: Iterable[Model], *, keep: Collection[str]) -> int:
    """Let the trail of these objects tell what happened and when, without names, reasons or values.

    Of the changes only the fields in ``keep`` stay. The one exception to a trail that is only ever
    added to: the law wants it. Returns how many entries were changed.
    """
    by_type: dict[str, list[str]] = {}
    for subject in subjects:
        by_type.setdefault(subject._meta.label_lower, []).append(str(subject.pk))
    count = 0
    for object_type, ids in by_type.items():
        entries = AuditEntry.objects.filter(object_type=object_type, object_id__in=ids)
        count += _rewrite(entries, lambda changes: {n: v for n, v in changes.items() if n in keep}, True)
    return count


def forget_values_in_trail(entries: QuerySet[AuditEntry], values: Collection[str]) -> int:
    """Empty, in the changes of the entries, every value that is one of these, whatever its case."""
    known = {value.casefold() for value in values if value}

    def without(changes: dict[str, Any]) -> dict[str, Any]:
        return {
            name: ["" if str(value).casefold() in known else value for value in pair]
            for name, pair in changes.items()
        }

    return _rewrite(entries, without, False)


def _rewrite(
    entries: QuerySet[AuditEntry], change: Callable[[dict[str, Any]], dict[str, Any]], unname: bool
) -> int:
    changed = []
    for entry in entries.iterator(chunk_size=BATCH):
        before = (entry.object_name, entry.reason, entry.changes)
        entry.changes = change(entry.changes)
        if unname:
            entry.object_name, entry.reason = "", ""
        if before != (entry.object_name, entry.reason, entry.changes):
            changed.append(entry)
    return AuditEntry.objects.bulk_update(changed, ["object_name", "reason", "changes"], batch_size=BATCH)


def forget_letters(addresses: Iterable[str]) -> int:
    """Empty what was written, or was still to be written, to these addresses; return how many letters.

    The rows stay, so that their keys go on refusing a second writing; one that was still to be sent is
    not sent any more.
    """
    wanted = sorted({address.lower() for address in addresses if address})
    if not wanted:
        return 0
    letters = OutboxMessage.objects.filter(kind="mail", payload__to__0__in=wanted)
    return letters.update(payload={})
