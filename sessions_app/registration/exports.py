"""Registrations as rows of a table, read in stretches so that memory stays small."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from sessions_app.events.models import Event
from sessions_app.registration.models import Answer, AnswerFile, Category, Question, Registration

STRETCH = 500
PLAIN = (
    "code", "state", "category", "name", "name_latin", "organisation", "post", "region", "language",
    "delegation", "received", "confirmed",
)  # fmt: skip
CONTACTS = ("email", "phone")
_VALUES = (
    "pk", "code", "state", "category_id", "name", "name_latin", "organisation_name", "post", "region", "locale",
    "delegation__organisation_name", "submitted_at", "confirmed_at", "email", "phone",
)  # fmt: skip


def export_rows(
    event: Event, rows: QuerySet[Registration], *, with_contacts: bool, with_answers: bool = True
) -> Iterator[list[str]]:
    """Yield headings and then one row of texts for each registration, in the order of the query.

    Times are local to the event. Addresses, telephones and answers, which may name them, are for those
    only who may see contacts.
    """
    questions = _questions(event) if with_answers and with_contacts else []
    categories = {category.pk: str(category) for category in Category.objects.filter(event=event)}
    contacts = CONTACTS if with_contacts else ()
    yield [*contacts, *PLAIN, *(str(question) for question in questions)]
    found = rows.select_related(None).values_list(*_VALUES).iterator(chunk_size=STRETCH)
    for stretch in batched(found, STRETCH):
        answers = _answers([row[0] for row in stretch], questions) if questions else {}
        for row in stretch:
            yield _row(row, event, categories, questions, answers, with_contacts=with_contacts)


def _row(
    row: tuple[Any, ...],
    event: Event,
    categories: dict[int, str],
    questions: list[Question],
    answers: dict[tuple[int, int], str],
    *,
    with_contacts: bool,
) -> list[str]:
    (
        pk, code, state, category, name, latin, organisation, post, region, language, delegation,
        received, confirmed, email, phone,
    ) = row  # fmt: skip
    return [
        *((email, phone) if with_contacts else ()),
        code,
        state,
        categories.get(category, ""),
        name,
        latin,
        organisation,
        post,
        region,
        language,
        delegation or "",
        _local(received, event),
        _local(confirmed, event),
        *(answers.get((pk, question.pk), "") for question in questions),
    ]


def _questions(event: Event) -> list[Question]:
    return list(Question.objects.filter(event=event).prefetch_related("choices"))


def _answers(ids: list[int], questions: list[Question]) -> dict[tuple[int, int], str]:
    labels = {
        question.pk: {choice.key: str(choice) for choice in question.choices.all()} for question in questions
    }
    found = {
        (registration, question): _plain(value, labels.get(question, {}))
        for registration, question, value in Answer.objects.filter(registration__in=ids).values_list(
            "registration_id", "question_id", "value"
        )
    }
    files = AnswerFile.objects.filter(registration__in=ids)
    for registration, question, name in files.values_list("registration_id", "question_id", "name"):
        found[registration, question] = name
    return found


def _plain(value: Any, labels: dict[str, str]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(labels.get(str(one), str(one)) for one in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else labels.get(str(value), str(value))


def _local(moment: dt.datetime | None, event: Event) -> str:
    return moment.astimezone(event.zone).strftime("%Y-%m-%d %H:%M") if moment else ""


def file_name(event: Event, extension: str, *, now: dt.datetime) -> str:
    """Return a name in plain Latin letters that tells event and day."""
    day = now.astimezone(event.zone).date().isoformat()
    return f"{event.slug}-registrations-{day}-{(get_language() or 'en')[:2]}.{extension}"
