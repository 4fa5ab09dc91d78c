"""Sends a form: what was filled in is kept first, then submitted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction

from network.letters import compose, to_message
from network.mail import enqueue_mail
from network.models import Person
from network.web.uploads import CheckedUpload
from sessions_app.events.models import Event
from sessions_app.registration.models import Category, Invitation, Registration
from sessions_app.registration.services.messages import language_of
from sessions_app.registration.services.registering import Details, save_draft
from sessions_app.registration.services.submitting import sent_before, submit


def digest_of(
    *,
    details: Details,
    category: Category | None,
    answers: Mapping[str, Any],
    files: Mapping[str, CheckedUpload | None] | None = None,
) -> str:
    """Return what tells one content of a form from another; equal for a form sent twice."""
    said = {
        **{name: str(value or "") for name, value in asdict(_plain(details)).items()},
        "organisation": str(details.organisation.pk if details.organisation else ""),
        "category": category.slug if category else "",
        "answers": dict(answers),
        "files": {key: _file_digest(upload) for key, upload in (files or {}).items()},
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(details: Details) -> Details:
    """Return the details without the row of the directory, which ``asdict`` would copy."""
    return replace(details, organisation=None, locale="")


def _file_digest(upload: CheckedUpload | None) -> str:
    if upload is None:
        return ""
    upload.file.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.file.chunks():
        digest.update(chunk)
    upload.file.seek(0)
    return digest.hexdigest()


def send(
    *,
    event: Event,
    person: Person,
    draft: Registration | None,
    details: Details,
    category: Category,
    answers: Mapping[str, Any],
    files: Mapping[str, CheckedUpload | None],
    key: str,
    invitation: Invitation | None = None,
    is_trial: bool = False,
) -> Registration:
    """Keep the form and submit it; sent again with the same key and content it answers the same.

    Raises what ``submit`` raises; only the draft is written then, so that nothing that was filled in is lost.
    """
    digest = digest_of(details=details, category=category, answers=answers, files=files)
    repeated = sent_before(event_id=event.pk, person=person, key=key, digest=digest)
    if repeated is not None:
        return repeated
    kept = save_draft(
        event=event,
        person=person,
        draft=draft,
        details=details,
        category=category,
        answers=answers,
        files=files,
        key=key,
    )
    return submit(
        registration=kept, actor=person, key=key, digest=digest, invitation=invitation, is_trial=is_trial
    )


@transaction.atomic
def send_link(*, draft: Registration, link: str) -> None:
    """Write a letter with the address at which the form goes on; ``link`` is a whole address."""
    language = language_of(draft)
    letter = compose("registration/go_on", {"event": draft.event.name, "link": link}, language=language)
    enqueue_mail(to_message(letter, to=draft.email), key=f"draft:{draft.pk}:{draft.changed_at.isoformat()}")
