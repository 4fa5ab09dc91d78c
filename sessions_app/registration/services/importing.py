"""Registrations from a table: looked at first, then all of them written or none.

An address that is registered already is brought up to date, any other is registered and confirmed,
with a place of its category's quota. Nobody is written to: the organiser does that from the list.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from network.models import Person
from network.services import record_audit, record_audits
from sessions_app.events.models import Event
from sessions_app.registration.errors import AlreadyRegistered, RegistrationError
from sessions_app.registration.models import Category, Place, Quota, Registration
from sessions_app.registration.services.announcing import announce_edited, announce_moved
from sessions_app.registration.services.places import lock_quotas, one_transaction
from sessions_app.registration.signals import registrations_imported
from sessions_app.registration.states import LIVE, State
from sessions_app.registration.tables.reading import Line, Problem, Table

BATCH = 1_000
# Column of the table to field of the registration.
FIELDS = {
    "name": "name",
    "name_latin": "name_latin",
    "phone": "phone",
    "organisation": "organisation_name",
    "post": "post",
    "region": "region",
    "language": "locale",
}


class ImportRefused(RegistrationError):
    """The table has problems, so nothing of it was written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(str(len(problems)))
        self.problems = problems


@dataclass
class ImportPlan:
    """What an import would do: registrations to make, those to change with old and new values, faults."""

    created: list[Registration] = field(default_factory=list)
    updated: list[tuple[Registration, dict[str, tuple[str, str]]]] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not self.created and not self.updated


def plan_import(*, event: Event, table: Table, category: Category | None = None) -> ImportPlan:
    """Say what the table would do; ``category`` is for those lines that name none."""
    plan = ImportPlan(problems=list(table.problems))
    known = _known(event)
    categories = _categories(event)
    people = _people([line.email for line in table.lines])
    with_person = {r.person_id for r in known.values() if r.person_id}
    languages = dict(settings.LANGUAGES)
    for line in table.lines:
        wanted, problem = _category_of(line, categories, category)
        if problem is not None:
            plan.problems.append(problem)
        language = line.values.get("language", "")
        if language and language not in languages:
            plan.problems.append(
                Problem(line.number, "bad_language", {"value": language, "known": ", ".join(languages)})
            )
        registration = known.get(line.email)
        if registration is not None:
            _plan_change(plan, line, registration, wanted)
            continue
        if not line.values.get("name"):
            plan.problems.append(Problem(line.number, "no_name"))
        if wanted is None:
            if problem is None:
                plan.problems.append(Problem(line.number, "no_category"))
            continue
        person = people.get(line.email)
        if person is not None and person.pk in with_person:
            plan.problems.append(Problem(line.number, "other_address", {"value": line.email}))
        plan.created.append(_new(event, line, wanted, person))
    plan.problems += _without_place(plan.created)
    plan.problems.sort(key=lambda problem: problem.line)
    return plan


def _known(event: Event) -> dict[str, Registration]:
    rows = Registration.objects.filter(event=event, state__in=sorted(LIVE)).exclude(email="")
    return {row.email.lower(): row for row in rows.select_related("category")}


def _categories(event: Event) -> dict[str, Category]:
    """Return category by address and by its names in all languages, without regard to case."""
    found: dict[str, Category] = {}
    for category in Category.objects.filter(event=event).select_related("quota"):
        names = [getattr(category, f"name_{code}", "") for code, _label in settings.LANGUAGES]
        for name in (category.slug, *names):
            if name:
                found.setdefault(name.casefold(), category)
    return found


def _people(emails: Sequence[str]) -> dict[str, Person]:
    """Return address to account, so that who has one finds the registration on her own page."""
    wanted = set(emails)
    people = Person.objects.filter(is_active=True, email__isnull=False).only("pk", "email", "name")
    return {p.email.lower(): p for p in people.iterator(BATCH) if p.email and p.email.lower() in wanted}


def _category_of(
    line: Line, categories: Mapping[str, Category], default: Category | None
) -> tuple[Category | None, Problem | None]:
    name = line.values.get("category", "")
    if not name:
        return default, None
    found = categories.get(name.casefold())
    if found is None:
        return None, Problem(line.number, "unknown_category", {"value": name[:80]})
    return found, None


def _plan_change(plan: ImportPlan, line: Line, registration: Registration, wanted: Category | None) -> None:
    named = bool(line.values.get("category"))
    if named and wanted is not None and wanted.pk != registration.category_id:
        values = {"value": line.email, "category": str(registration.category)}
        plan.problems.append(Problem(line.number, "other_category", values))
        return
    changes = {}
    for column, name in FIELDS.items():
        old, new = getattr(registration, name), line.values.get(column, "")
        if new and new != old:  # an empty cell says nothing
            changes[name] = (old, new)
    if changes:
        plan.updated.append((registration, changes))
    else:
        plan.unchanged += 1


def _new(event: Event, line: Line, category: Category, person: Person | None) -> Registration:
    registration = Registration(event=event, category=category, person=person, email=line.email)
    for column, name in FIELDS.items():
        setattr(registration, name, line.values.get(column, ""))
    registration.import_line = line.number  # type: ignore[attr-defined]
    return registration


def _without_place(created: Sequence[Registration]) -> list[Problem]:
    """Return one problem for each quota that has too few places, at the first line without one."""
    counted: Counter[int] = Counter()
    problems: dict[int, Problem] = {}
    for registration in created:
        quota = registration.category.quota if registration.category else None
        if quota is None:
            continue
        counted[quota.pk] += 1
        if counted[quota.pk] > quota.free and quota.pk not in problems:
            line = registration.import_line  # type: ignore[attr-defined]
            problems[quota.pk] = Problem(line, "no_place", {"quota": str(quota), "free": quota.free})
    return list(problems.values())


@one_transaction
def apply_import(
    *,
    event: Event,
    table: Table,
    actor: Person | None,
    category: Category | None = None,
    now: dt.datetime | None = None,
) -> ImportPlan:
    """Write the whole table or nothing of it; the same table a second time changes nothing.

    Raises ImportRefused with the problems, Busy, and AlreadyRegistered when somebody registered in
    the same moment.
    """
    quotas = lock_quotas(
        Category.objects.filter(event=event, quota__isnull=False).values_list("quota_id", flat=True)
    )
    plan = plan_import(event=event, table=table, category=category)
    if plan.problems:
        raise ImportRefused(plan.problems)
    moment = now or timezone.now()
    try:
        _create(plan.created, quotas, moment)
    except IntegrityError as error:
        raise AlreadyRegistered(event.slug) from error
    record_audits(
        actor=actor,
        action="registration.imported",
        subjects=plan.created,
        event_id=event.pk,
        changes={"state": (None, State.CONFIRMED.value)},
    )
    _update(plan, actor, event)
    announce_moved(plan.created, before=State.DRAFT, after=State.CONFIRMED)
    announce_edited(plan.updated)
    registrations_imported.send(sender=Registration, event=event, registrations=plan.created, actor=actor)
    counts = {"created": (None, len(plan.created)), "changed": (None, len(plan.updated))}
    record_audit(
        actor=actor, action="registration.imported_table", subject=event, event_id=event.pk, changes=counts
    )
    return plan


def _create(created: list[Registration], quotas: Mapping[int, Quota], moment: dt.datetime) -> None:
    for registration in created:
        registration.state = State.CONFIRMED.value
        registration.submitted_at = registration.confirmed_at = moment
    Registration.objects.bulk_create(created, batch_size=BATCH)
    places = [
        Place(quota_id=registration.category.quota_id, registration=registration, taken_at=moment)
        for registration in created
        if registration.category is not None and registration.category.quota_id is not None
    ]
    Place.objects.bulk_create(places, batch_size=BATCH)
    for pk, count in Counter(place.quota_id for place in places).items():
        Quota.objects.filter(pk=quotas[pk].pk).update(taken=F("taken") + count)


def _update(plan: ImportPlan, actor: Person | None, event: Event) -> None:
    for registration, changes in plan.updated:
        for name, (_old, new) in changes.items():
            setattr(registration, name, new)
        registration.version += 1
    rows = [registration for registration, _changes in plan.updated]
    Registration.objects.bulk_update(rows, [*FIELDS.values(), "version"], batch_size=200)
    for registration, changes in plan.updated:
        record_audit(
            actor=actor,
            action="registration.changed",
            subject=registration,
            event_id=event.pk,
            changes=changes,
        )
