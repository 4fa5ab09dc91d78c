"""The queue of work on recordings: rows that one worker claims for a while, and keeps only while it works.

The row is the truth. A worker that dies lets its lease run out, and another takes the job up; a job that
has cost three workers their lives has failed, and the queue goes on.
"""

from __future__ import annotations

import datetime as dt
import time

from django.db import IntegrityError, transaction
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.utils import timezone

from media_archive.errors import WrongState
from media_archive.models import CameraFile, Job, JobState, Recording, SlideDeck, Step
from media_archive.models.recordings import JOB_ACTIVE
from network.models import Person
from network.services import record_audit
from sessions_app.registration.services.places import one_transaction

LEASE = dt.timedelta(seconds=45)
ATTEMPTS = 3
EVERY = 1.0  # seconds between two notes of how far a job has come
LOG = 4000  # characters
_ORDER = Case(
    *(When(step=step, then=Value(rank)) for rank, step in enumerate(Step.values)), output_field=IntegerField()
)


def queue(
    *, recording: Recording, step: Step, file: CameraFile | None = None, deck: SlideDeck | None = None
) -> Job | None:
    """Have a step done; None when it waits or is being done already."""
    try:
        with transaction.atomic():
            return Job.objects.create(recording=recording, file=file, deck=deck, step=step)
    except IntegrityError:
        return None


@one_transaction
def run_again(*, job: Job, actor: Person | None) -> Job:
    """Have a failed step done again. Raises WrongState unless it failed."""
    locked = Job.objects.select_for_update().get(pk=job.pk)
    if locked.state != JobState.FAILED:
        raise WrongState(locked.state)
    locked.state, locked.attempts, locked.fault, locked.share = JobState.QUEUED, 0, "", 0
    locked.ended_at = None
    try:
        with transaction.atomic():
            locked.save(update_fields=["state", "attempts", "fault", "share", "ended_at"])
    except IntegrityError as error:  # somebody else had it done again already
        raise WrongState(JobState.QUEUED) from error
    record_audit(actor=actor, action="media.job_again", subject=locked, event_id=locked.recording.event_id)
    return locked


def claim(*, now: dt.datetime | None = None) -> Job | None:
    """Return the job to be done next, claimed for the caller, or None when there is none.

    Quick steps of all files come before slow ones of any. Ends jobs that have killed too many workers.
    """
    moment = now or timezone.now()
    lost = Q(state=JobState.RUNNING, leased_until__lt=moment)
    Job.objects.filter(lost, attempts__gte=ATTEMPTS).update(
        state=JobState.FAILED, fault="killed", ended_at=moment, leased_until=None
    )
    free = Job.objects.filter(Q(state=JobState.QUEUED) | lost, attempts__lt=ATTEMPTS)
    for key, attempts in free.order_by(_ORDER, "id").values_list("pk", "attempts")[:20]:
        taken = free.filter(pk=key, attempts=attempts).update(
            state=JobState.RUNNING, attempts=F("attempts") + 1, leased_until=moment + LEASE,
            started_at=moment, share=0, fault="",
        )  # fmt: skip
        if taken:
            return Job.objects.select_related("recording__event", "file__camera", "deck").get(pk=key)
    return None


def end(job: Job, state: JobState, *, fault: str = "", log: str = "") -> bool:
    """Write how a job ended, if it is still the caller's; a worker that came too late writes nothing."""
    ended = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts).update(
        state=state, fault=fault, log=log[-LOG:].replace("\0", ""), ended_at=timezone.now(), leased_until=None,
        share=1 if state == JobState.DONE else F("share"),
    )  # fmt: skip
    if ended:
        Recording.objects.filter(pk=job.recording_id).update(version=F("version") + 1)
    return bool(ended)


def give_back(job: Job, *, log: str = "") -> None:
    """Let the job be tried again, or end it when it has been tried often enough."""
    if job.attempts >= ATTEMPTS:
        end(job, JobState.FAILED, fault="broken", log=log)
        return
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts).update(
        state=JobState.QUEUED, leased_until=None, log=log[-LOG:]
    )


def has_active(recording: Recording, *steps: Step) -> bool:
    """Tell whether any of these steps waits or is being done."""
    return Job.objects.filter(recording=recording, step__in=steps, state__in=JOB_ACTIVE).exists()


class Watch:
    """Keeps a job's row up to date while it is worked on; ``whole`` is its length in whatever ``tell`` counts."""

    def __init__(self, job: Job, whole: float = 1.0) -> None:
        self.job = job
        self.whole = whole or 1.0
        self.is_mine = True
        self.next_note = 0.0

    def tell(self, done: float) -> bool:
        """Note how much is done and renew the lease, at most each second; False when the job is another's by now."""
        if time.monotonic() >= self.next_note:
            self.next_note = time.monotonic() + EVERY
            mine = Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, attempts=self.job.attempts)
            share = max(0.0, min(1.0, done / self.whole))
            self.is_mine = bool(mine.update(leased_until=timezone.now() + LEASE, share=share))
        return self.is_mine
