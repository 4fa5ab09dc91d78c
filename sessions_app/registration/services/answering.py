"""Answers of a registration, and the places that choices take."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files import File
from django.db import transaction

from network.web.uploads import CheckedUpload
from sessions_app.registration.models import Answer, AnswerFile, Choice, Question, Quota, Registration
from sessions_app.registration.queries import questions_of
from sessions_app.registration.services.places import give_back, take


def choice_quotas(registration: Registration, answers: Mapping[str, Any]) -> set[int]:
    """Return the keys of the quotas of those choices which the answers (by question key) name."""
    wanted: set[int | None] = set()
    choices = Choice.objects.filter(
        question__event=registration.event_id, quota__isnull=False, is_removed=False
    ).select_related("question")
    for choice in choices:
        given = answers.get(choice.question.key)
        if given == choice.key or (isinstance(given, list) and choice.key in given):
            wanted.add(choice.quota_id)
    return {pk for pk in wanted if pk is not None}


def held_choices(registration: Registration) -> set[int]:
    """Return the keys of the choices' quotas of which the registration holds a place."""
    held = registration.places.filter(quota__choice__isnull=False)
    return set(held.values_list("quota_id", flat=True))


def seat_choices(
    registration: Registration, wanted: Iterable[int], quotas: Mapping[int, Quota]
) -> list[Quota]:
    """Hold just the wanted choices' places; return the quotas that became free. Raises Full."""
    wanted, held = set(wanted), held_choices(registration)
    freed = []
    for pk in sorted(held - wanted):
        if give_back(quotas[pk], registration):
            freed.append(quotas[pk])
    for pk in sorted(wanted - held):
        take(quotas[pk], registration)
    return freed


def keep_files(registration: Registration, files: Mapping[str, CheckedUpload | None]) -> None:
    """Keep new files by the question's key in the place of older ones; None takes one away."""
    for question in Question.objects.filter(event=registration.event_id, key__in=list(files)):
        upload = files[question.key]
        forget_file(registration, question)
        if upload is not None:
            AnswerFile.objects.create(
                registration=registration,
                question=question,
                name=upload.original_name[:200],
                media_type=upload.kind.content_type,
                size=upload.file.size or 0,
                content=File(upload.file, upload.name),
            )


def forget_file(registration: Registration, question: Question) -> None:
    """Delete the file that answers the question; its content goes once the transaction has ended."""
    for kept in AnswerFile.objects.filter(registration=registration, question=question):
        name, storage = str(kept.content.name), kept.content.storage
        kept.delete()
        transaction.on_commit(functools.partial(storage.delete, name), robust=True)


def write_answers(registration: Registration, answers: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Keep just these answers (by question key); return what changed, key to old and new.

    Keys of questions the event does not ask are passed over. A file that is answered no longer is deleted.
    """
    questions = {question.key: question for question in questions_of(registration.event)}
    before = {a.question_id: a for a in Answer.objects.filter(registration=registration)}
    changes: dict[str, tuple[Any, Any]] = {}
    for key, question in questions.items():
        old = before.get(question.pk)
        new = answers.get(key)
        if new in (None, "", []):
            if old is not None:
                old.delete()
                forget_file(registration, question)
                changes[key] = (old.value, None)
        elif old is None:
            Answer.objects.create(registration=registration, question=question, value=new)
            changes[key] = (None, new)
        elif old.value != new:
            changes[key] = (old.value, new)
            old.value = new
            old.save(update_fields=["value"])
    return changes
