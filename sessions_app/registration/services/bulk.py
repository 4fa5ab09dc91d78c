"""One step on many registrations: begun once, done in small transactions, taken up again after a fall."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from network.models import OutboxMessage, Person
from network.services import enqueue, record_audit
from sessions_app.events.models import Event
from sessions_app.registration.errors import RegistrationError, WrongState
from sessions_app.registration.models import BulkAction, BulkJob, Category, MessageTemplate, Registration
from sessions_app.registration.models.messages import Message, MessageKind
from sessions_app.registration.services import deciding, messages
from sessions_app.registration.services.moving import lock_registration
from sessions_app.registration.services.places import one_transaction
from sessions_app.registration.services.registering import cancel
from sessions_app.registration.states import ENDED

AT_ONCE = 100  # so many are done while the person waits
CHUNK = 25
# Well below the lease of the outbox, which hands the job to another worker when it runs out.
RUN_SECONDS = 20.0
KIND = "registration.bulk"

Step = Callable[[Registration], Registration]


class NoAddress(RegistrationError):
    """The registration has no e-mail address to write to."""


@transaction.atomic
def begin_bulk(
    *,
    event: Event,
    actor: Person,
    action: BulkAction,
    ids: Sequence[int],
    key: str,
    options: Mapping[str, Any] | None = None,
) -> tuple[BulkJob, bool]:
    """Begin a step for the registrations; the same ``key`` again returns the job that it began.

    The second value tells whether this call began it. Options: ``reason`` of declining and
    cancelling, ``category`` (key) of moving, ``subject`` and ``body`` (language to text) of a
    message. More than ``AT_ONCE`` are left to a worker.
    """
    job, created = BulkJob.objects.get_or_create(
        event=event,
        key=key[:64],
        defaults={"actor": actor, "action": action, "ids": list(ids), "options": dict(options or {})},
    )
    if created:
        record_audit(
            actor=actor,
            action=f"registration.bulk_{job.action}",
            subject=event,
            event_id=event.pk,
            changes={"registrations": (None, job.total)},
            reason=str(job.options.get("reason", "")),
        )
        if job.total > AT_ONCE:
            enqueue(kind=KIND, key=f"bulk:{job.pk}:0", payload={"job": str(job.pk)})
    return job, created


def run_bulk(job_id: uuid.UUID | str, *, seconds: float = RUN_SECONDS) -> BulkJob:
    """Go on with a job for so long; when something is left, another run is put into the outbox.

    What a fall repeats does no harm: each step on somebody who has taken it already is the same step.
    """
    until = time.monotonic() + seconds
    while True:
        job = BulkJob.objects.select_related("event", "actor").get(pk=job_id)
        if job.finished_at is not None:
            return job
        if time.monotonic() > until:
            enqueue(kind=KIND, key=f"bulk:{job.pk}:{job.position}", payload={"job": str(job.pk)})
            return job
        _run_chunk(job)


def _run_chunk(job: BulkJob) -> None:
    ids = job.ids[job.position : job.position + CHUNK]
    found = Registration.objects.filter(event=job.event_id).select_related(
        "event", "category", "person", "delegation"
    )
    rows = found.in_bulk(ids)
    outcome = deciding.for_each((rows[pk] for pk in ids if pk in rows), step_of(job))
    refused = [
        [registration.code, type(error).__name__, str(error)] for registration, error in outcome.refused
    ]
    position = job.position + len(ids)
    # Only one of two workers on the same stretch books it.
    BulkJob.objects.filter(pk=job.pk, position=job.position, finished_at__isnull=True).update(
        position=position,
        done=job.done + outcome.done,
        refused=[*job.refused, *refused],
        finished_at=timezone.now() if position >= job.total else None,
    )


def step_of(job: BulkJob) -> Step:
    """Return what the job does to one registration."""
    steps: dict[str, Callable[[BulkJob], Step]] = {
        BulkAction.APPROVE: _approve,
        BulkAction.DECLINE: _decline,
        BulkAction.CANCEL: _cancel,
        BulkAction.MOVE: _move,
        BulkAction.MESSAGE: _message,
    }
    return steps[job.action](job)


def _approve(job: BulkJob) -> Step:
    def step(registration: Registration) -> Registration:
        if registration.state in ENDED:  # to take somebody in again is decided one by one
            raise WrongState(registration.state)
        return deciding.approve(registration=registration, actor=job.actor)

    return step


def _decline(job: BulkJob) -> Step:
    return lambda registration: deciding.decline(
        registration=registration, actor=job.actor, reason=job.options.get("reason", "")
    )


def _cancel(job: BulkJob) -> Step:
    return lambda registration: cancel(
        registration=registration, actor=job.actor, reason=job.options.get("reason", ""), by_team=True
    )


def _move(job: BulkJob) -> Step:
    category = Category.objects.select_related("quota").filter(
        event=job.event_id, pk=job.options.get("category")
    )
    into = category.first()

    def step(registration: Registration) -> Registration:
        if into is None or registration.state in ENDED:
            raise WrongState(registration.state)
        return deciding.change_category(registration=registration, category=into, actor=job.actor)

    return step


def _message(job: BulkJob) -> Step:
    template = free_template(job.event, job.options.get("subject", {}), job.options.get("body", {}))
    return lambda registration: send_message(
        registration=registration, actor=job.actor, template=template, key=str(job.pk)
    )


def free_template(event: Event, subject: Mapping[str, str], body: Mapping[str, str]) -> MessageTemplate:
    """Return the organiser's free words, language to text, as a template that is kept nowhere."""
    words = {f"subject_{code}": text for code, text in subject.items()}
    words |= {f"body_{code}": text for code, text in body.items()}
    known = {"subject_en", "subject_ru", "body_en", "body_ru"}
    return MessageTemplate(
        event=event, kind=MessageKind.FREE, **{name: text for name, text in words.items() if name in known}
    )


@one_transaction
def send_message(
    *, registration: Registration, actor: Person | None, template: MessageTemplate, key: str
) -> Registration:
    """Write to somebody in the organiser's own words; the same ``key`` writes once. Raises NoAddress."""
    locked = lock_registration(registration)
    if not locked.email:
        raise NoAddress(locked.code)
    name = messages.key_of(locked, MessageKind.FREE, key)
    if Message.objects.filter(outbox__key=name).exists():
        return locked
    message = messages.write(locked, MessageKind.FREE, key=key, template=template)
    record_audit(
        actor=actor,
        action="registration.message",
        subject=locked,
        event_id=locked.event_id,
        changes={"subject": (None, message.subject if message else "")},
    )
    return locked


def deliver_bulk(message: OutboxMessage) -> None:
    """Go on with the job that a message of the outbox names; a job that is gone needs nothing."""
    job = str(message.payload.get("job", ""))
    if BulkJob.objects.filter(pk=job).exists():
        run_bulk(job)
