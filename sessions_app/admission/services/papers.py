"""Print jobs: begun once, printed part by part behind the page, deleted after a day."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from network.models import OutboxMessage, Person
from network.paper.printing import CannotPrint, print_pdf
from network.services import enqueue, record_audit
from sessions_app.admission import documents
from sessions_app.admission.models import Gate, PaperFile, PaperJob, PaperKind
from sessions_app.events.models import Event
from sessions_app.registration.models import Registration

AT_ONCE = 20  # so many are printed while the person waits
PART = 250  # people in a file, so that one part stays well below the lease of the outbox
RUN_SECONDS = 10.0  # after which another run goes on
PART_SECONDS = 30.0
KEPT = dt.timedelta(days=1)
KIND = "admission.paper"


@transaction.atomic
def begin_paper(
    *,
    event: Event,
    actor: Person,
    kind: PaperKind,
    ids: Sequence[int],
    size: str = "105x148",
    sheet: str = "single",
) -> PaperJob:
    """Begin to print for these registrations of the event; more than ``AT_ONCE`` are left to a worker."""
    job = PaperJob.objects.create(event=event, actor=actor, kind=kind, size=size, sheet=sheet, ids=list(ids))
    record_audit(
        actor=actor,
        action=f"admission.printed_{kind}",
        subject=job,
        event_id=event.pk,
        changes={"registrations": (None, job.total)},
    )
    if job.total > AT_ONCE:
        enqueue(kind=KIND, key=f"paper:{job.pk}:0", payload={"job": str(job.pk)})
    return job


def print_badge(*, registration: Registration, gate: Gate, actor: Person) -> bytes:
    """Return one badge as PDF, of the size that the gate prints. Raises CannotPrint."""
    content = print_pdf(documents.badges(gate.event, [registration], size=gate.badge_size))
    record_audit(
        actor=actor,
        action="admission.printed_badge",
        subject=registration,
        event_id=registration.event_id,
        changes={"gate": (None, str(gate))},
    )
    return content


def run_paper(job_id: uuid.UUID | str, *, seconds: float = RUN_SECONDS) -> PaperJob:
    """Go on with a job for so long; when something is left, another run is put into the outbox.

    Raises CannotPrint when a part could not be printed; what is printed stays.
    """
    until = time.monotonic() + seconds
    while True:
        job = PaperJob.objects.select_related("event__venue").get(pk=job_id)
        if job.finished_at is not None:
            return job
        if time.monotonic() > until:
            enqueue(kind=KIND, key=f"paper:{job.pk}:{job.position}", payload={"job": str(job.pk)})
            return job
        _print_part(job)


def _print_part(job: PaperJob) -> None:
    # A list is one document; badges and tents come in files of a size that can be handled.
    size = max(job.total, 1) if job.kind == PaperKind.DOOR else PART
    ids = job.ids[job.position : job.position + size]
    rows = Registration.objects.filter(event=job.event_id).select_related("category").in_bulk(ids)
    people = [rows[pk] for pk in ids if pk in rows]
    content = print_pdf(_document(job, people), seconds=PART_SECONDS)
    with transaction.atomic():
        position = job.position + len(ids)
        # Only one of two workers on the same part books it.
        booked = PaperJob.objects.filter(pk=job.pk, position=job.position, finished_at__isnull=True).update(
            position=position,
            ready=position,
            has_failed=False,
            finished_at=timezone.now() if position >= job.total else None,
        )
        if booked:
            file = PaperFile(job=job, number=job.files.count() + 1, people=len(people))
            file.content.save(f"{job.pk}-{file.number}.pdf", ContentFile(content), save=False)
            file.save(force_insert=True)


def _document(job: PaperJob, people: list[Registration]) -> dict[str, Any]:
    if job.kind == PaperKind.TENTS:
        return documents.tents(job.event, people)
    if job.kind == PaperKind.DOOR:
        return documents.door_list(job.event, people, now=timezone.now())

    def tell(count: int) -> None:
        PaperJob.objects.filter(pk=job.pk).update(ready=job.position + count)

    return documents.badges(job.event, people, size=job.size, sheet=job.sheet, each=tell)


def deliver_paper(message: OutboxMessage) -> None:
    """Go on with the job that a message of the outbox names; a job that is gone needs nothing."""
    job = str(message.payload.get("job", ""))
    if not PaperJob.objects.filter(pk=job).exists():
        return
    try:
        run_paper(job)
    except CannotPrint:
        PaperJob.objects.filter(pk=job).update(has_failed=True)
        raise


def delete_old_paper(*, now: dt.datetime | None = None) -> int:
    """Delete jobs older than a day with their files; return how many."""
    old = PaperJob.objects.filter(created_at__lt=(now or timezone.now()) - KEPT)
    count = 0
    for job in old.prefetch_related("files"):
        files = [file.content for file in job.files.all()]
        job.delete()
        count += 1
        for content in files:
            content.delete(save=False)
    return count
