"""Sessions whose recording lies on another site: a cut without a film, in its place on the day's clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext

from media_archive.errors import BeingAligned, NothingRecorded, WrongAddress
from media_archive.models import (
    LONGEST_MS,
    Access,
    CameraFile,
    Chapter,
    Cue,
    Cut,
    CutState,
    JobState,
    Recording,
    SlideMark,
    Step,
)
from media_archive.queries.elsewhere import is_of_the_web
from media_archive.services.cutting import SHORTEST_MS, new_cut, rooms_of
from media_archive.services.filming import open_recording, touch, usual_start
from network.models import Person
from network.services import record_audit
from sessions_app.events.models import Event, Room
from sessions_app.programme.models import Session
from sessions_app.programme.queries import released_schedule
from sessions_app.programme.schedule import model
from sessions_app.registration.models import Category
from sessions_app.registration.services.places import one_transaction

MS = dt.timedelta(milliseconds=1)
FAR = 10**9  # further than any moment of a clock


@one_transaction
def link_elsewhere(
    *, event: Event, code: str, url: str, access: Access = Access.PUBLIC, categories: Iterable[Category] = (),
    actor: Person | None,
) -> Cut:  # fmt: skip
    """Say where the recording of a released session lies, and return its cut: a draft by the programme's times if new.

    ``access`` is kept of drafts; what is published stays so. Raises WrongAddress, NothingRecorded for a session
    that is not in the released programme, and BeingAligned.
    """
    if not is_of_the_web(url) or len(url) > 2000:
        raise WrongAddress
    cut = Cut.objects.select_for_update().filter(event=event, code=code).first() or _placed(
        event, code, actor
    )
    before, cut.external_url = cut.external_url, url
    if cut.state != CutState.PUBLISHED:
        cut.access = access
        cut.categories.set(categories if access == Access.CATEGORY else ())
    cut.save(update_fields=["external_url", "access", "updated_at"])
    record_audit(
        actor=actor, action="media.cut_linked", subject=cut, event_id=event.pk,
        changes={"external_url": (before, url)},
    )  # fmt: skip
    touch(cut.recording)
    return cut


def _placed(event: Event, code: str, actor: Person | None) -> Cut:
    schedule = released_schedule(event)
    session = next((one for one in schedule.sessions if one.code == code), None) if schedule else None
    if schedule is None or session is None or session.start is None or session.end is None:
        raise NothingRecorded
    recording = _recording_of(event, schedule, session, session.start, actor)
    begin_by(recording=recording, moment=session.start, actor=actor)
    found = Cut.objects.filter(event=event, code=code).first()
    if found is not None:
        return found  # who presses twice has waited for the first one's
    first = round((session.start - recording.starts_at) / MS)
    last = min(LONGEST_MS, max(first + SHORTEST_MS, round((session.end - recording.starts_at) / MS)))
    draft = Session.objects.filter(event=event, guid=session.guid).first()
    return new_cut(recording, session, draft, (first, last))


def _recording_of(
    event: Event, schedule: model.Schedule, session: model.Session, start: dt.datetime, actor: Person | None
) -> Recording:
    date = start.astimezone(event.zone).date()
    if session.room:
        for recording in Recording.objects.select_related("event", "room").filter(event=event, date=date):
            if session.room in rooms_of(schedule, recording):
                return recording
    return open_recording(
        event=event, date=date, room_name=name_of_room(event, schedule, session.room or ""), actor=actor,
        starts_at=min(start, usual_start(event, date)),
    )  # fmt: skip


def name_of_room(event: Event, schedule: model.Schedule, key: str) -> str:
    """Return how the room of a released session is called now, else as it was released, in the event's language."""
    with translation.override(event.main_language):
        room = Room.objects.filter(event=event, guid=key).first() if key else None
        released = next((one for one in schedule.rooms if one.key == key), None)
        if room is not None:
            return str(room)
        if released is not None and released.name:
            return model.text_in(released.name, event.main_language)[0]
        return gettext("Outside the rooms")


@one_transaction
def begin_by(*, recording: Recording, moment: dt.datetime, actor: Person | None) -> None:
    """Have the recording's clock begin at the moment or sooner; all that lies on it keeps its time on the wall.

    Raises BeingAligned while a worker puts files on it.
    """
    locked = Recording.objects.select_for_update().get(pk=recording.pk)
    recording.starts_at = locked.starts_at
    by = round((locked.starts_at - moment) / MS)
    if by <= 0:
        return
    if recording.jobs.filter(step=Step.ALIGN, state=JobState.RUNNING).exists():
        raise BeingAligned
    recording.starts_at -= by * MS
    record_audit(
        actor=actor, action="media.clock_set", subject=recording, event_id=recording.event_id,
        changes={"starts_at": (locked.starts_at.isoformat(), recording.starts_at.isoformat())},
    )  # fmt: skip
    Recording.objects.filter(pk=recording.pk).update(starts_at=recording.starts_at)
    files = CameraFile.objects.filter(camera__recording=recording)
    files.filter(offset_ms__isnull=False).update(offset_ms=F("offset_ms") + by)
    for file in files.filter(proposed__has_key="offset_ms"):
        file.proposed["offset_ms"] += by
        file.save(update_fields=["proposed"])
    Cut.objects.filter(recording=recording).update(start_ms=F("start_ms") + by, end_ms=F("end_ms") + by)
    Cue.objects.filter(transcript__recording=recording).update(
        start_ms=F("start_ms") + by, end_ms=F("end_ms") + by
    )
    for marks in (
        Chapter.objects.filter(recording=recording),
        SlideMark.objects.filter(deck__recording=recording),
    ):
        # In two steps: on the way no two of them may stand at the same moment.
        marks.update(at_ms=F("at_ms") + by + FAR)
        marks.update(at_ms=F("at_ms") - FAR)
