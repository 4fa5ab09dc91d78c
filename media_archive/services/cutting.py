"""Sessions cut out of a day's recording: two numbers each, nothing is encoded."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from media_archive.errors import NotAligned, NothingRecorded, WrongAddress, WrongState
from media_archive.links import digest_of
from media_archive.models import Access, CameraFile, Cut, CutLink, CutState, Recording, Step
from media_archive.queries.archive import forget_menus, forget_sessions, is_in_menu, is_in_site_menu
from media_archive.queries.elsewhere import is_of_the_web
from media_archive.services.filming import end_of, touch
from media_archive.services.queueing import queue
from network.codes import new_code, new_token
from network.localised import localised, set_localised
from network.models import Person
from network.services import record_audit
from network.web.pages import forget_pages
from sessions_app.events.models import Event
from sessions_app.programme.models import Session
from sessions_app.programme.queries import released_schedule
from sessions_app.programme.schedule import model
from sessions_app.registration.models import Category
from sessions_app.registration.services.places import one_transaction

SHORTEST_MS = 1000


@dataclass(slots=True)
class Result:
    """What cutting a day brought: cuts made, sessions that had one already, sessions that nobody filmed."""

    made: list[Cut] = field(default_factory=list)
    kept: list[Cut] = field(default_factory=list)
    missed: list[model.Session] = field(default_factory=list)


Places = dict[tuple[dt.date, str], list[model.Session]]


def sessions_by_place(schedule: model.Schedule, zone: ZoneInfo) -> Places:
    """Return the sessions that can be recorded by the zone's day and the key of their room, in their order."""
    found: Places = {}
    for session in schedule.sessions:
        if session.start and session.end and session.kind != model.SessionKind.BREAK:
            place = session.start.astimezone(zone).date(), session.room or ""
            found.setdefault(place, []).append(session)
    return found


def to_be_recorded(sessions: list[model.Session]) -> list[model.Session]:
    """Return those of a room's sessions that are marked so, or all when none is."""
    return [session for session in sessions if session.recorded] or sessions


def rooms_of(schedule: model.Schedule, recording: Recording) -> list[str]:
    """Return the keys of the released rooms that the recording is of: by itself, or by its name in any language."""
    own, name = str(recording.room.guid) if recording.room else "", recording.room_name.casefold()
    return [
        room.key
        for room in schedule.rooms
        if room.key == own or name in {one.casefold() for one in room.name.values()}
    ]


def planned_sessions(schedule: model.Schedule, recording: Recording) -> list[model.Session]:
    """Return the released sessions of the recording's room and day: those to be recorded, or all when none is marked."""
    places = sessions_by_place(schedule, recording.event.zone)
    here = [places.get((recording.date, key), []) for key in rooms_of(schedule, recording)]
    return to_be_recorded([session for sessions in here for session in sessions])


@one_transaction
def cut_sessions(*, event: Event, date: dt.date, actor: Person | None, room_name: str = "") -> Result:
    """Cut all recordings of a day by the released programme; what is cut already stays as it is.

    The cuts are drafts. Raises NothingRecorded without recording or programme, NotAligned before any file is on the clock.
    """
    recordings = Recording.objects.select_related("event", "room").filter(event=event, date=date)
    if room_name:
        recordings = recordings.filter(room_name__iexact=room_name)
    schedule = released_schedule(event)
    if not recordings or schedule is None:
        raise NothingRecorded
    if not CameraFile.objects.filter(camera__recording__in=recordings, offset_ms__isnull=False).exists():
        raise NotAligned
    result = Result()
    drafts = {session.guid: session for session in Session.objects.filter(event=event)}
    for recording in recordings:
        _cut_recording(recording, planned_sessions(schedule, recording), drafts, result)
        queue(recording=recording, step=Step.POSTERS)
        touch(recording)
        record_audit(
            actor=actor, action="media.sessions_cut", subject=recording, event_id=event.pk,
            changes={"cuts": (None, len(result.made))},
        )  # fmt: skip
    return result


def _cut_recording(
    recording: Recording, sessions: list[model.Session], drafts: dict[uuid.UUID, Session], result: Result
) -> None:
    cuts = {cut.code: cut for cut in Cut.objects.filter(event=recording.event_id)}
    end = end_of(recording)
    for session in sessions:
        known = cuts.get(session.code)
        if known is not None:
            result.kept.append(known)
            continue
        window = window_of(recording, session.start, session.end, end)
        if window is None:
            result.missed.append(session)
            continue
        result.made.append(new_cut(recording, session, drafts.get(session.guid), window))


def new_cut(
    recording: Recording, session: model.Session, draft: Session | None, window: tuple[int, int]
) -> Cut:
    """Return a draft of a released session, made in the window on the recording's clock."""
    title, _language = model.text_in(session.title, recording.event.main_language)
    return Cut.objects.create(
        recording=recording, event_id=recording.event_id, session=draft, code=session.code, title=title[:500],
        start_ms=window[0], end_ms=window[1],
    )  # fmt: skip


def window_of(
    recording: Recording, start: dt.datetime | None, end: dt.datetime | None, recorded_ms: int
) -> tuple[int, int] | None:
    """Return where the times lie on the recording's clock, within what was recorded; None when nothing of it was."""
    if start is None or end is None:
        return None
    first = max(0, round((start - recording.starts_at) / dt.timedelta(milliseconds=1)))
    last = min(recorded_ms, round((end - recording.starts_at) / dt.timedelta(milliseconds=1)))
    return (first, last) if last - first >= SHORTEST_MS else None


@one_transaction
def cut_whole_day(*, recording: Recording, actor: Person | None) -> Cut:
    """Return the cut that shows the whole day, made if there is none. Raises NotAligned."""
    found = Cut.objects.filter(recording=recording, session=None, title="").first()
    if found is not None:
        return found
    end = end_of(recording)
    if end < SHORTEST_MS:
        raise NotAligned
    code = recording.code
    while Cut.objects.filter(event_id=recording.event_id, code=code).exists():
        code = new_code()
    cut = Cut.objects.create(
        recording=recording, event_id=recording.event_id, code=code, start_ms=0, end_ms=end
    )
    record_audit(actor=actor, action="media.day_cut", subject=cut, event_id=cut.event_id)
    queue(recording=recording, step=Step.POSTERS)
    touch(recording)
    return cut


@one_transaction
def move_cut(*, cut: Cut, start_ms: int, end_ms: int, actor: Person | None) -> Cut:
    """Nudge where a cut begins and ends; the database refuses an end before the start."""
    before = (cut.start_ms, cut.end_ms)
    cut.start_ms, cut.end_ms = start_ms, end_ms
    cut.save(update_fields=["start_ms", "end_ms", "updated_at"])
    record_audit(
        actor=actor, action="media.cut_moved", subject=cut, event_id=cut.event_id,
        changes={"start_ms": (before[0], start_ms), "end_ms": (before[1], end_ms)},
    )  # fmt: skip
    if before != (start_ms, end_ms):
        queue(recording=cut.recording, step=Step.POSTERS)
    touch(cut.recording)
    return cut


@one_transaction
def publish_cut(
    *, cut: Cut, access: Access, categories: Iterable[Category] = (), publish_at: dt.datetime | None = None,
    actor: Person | None,
) -> Cut:  # fmt: skip
    """Show a cut to those who may watch it, at once or from a moment on."""
    before = (cut.state, cut.access)
    menus = _menus(cut)
    cut.state, cut.access, cut.publish_at = CutState.PUBLISHED, access, publish_at
    cut.save(update_fields=["state", "access", "publish_at", "updated_at"])
    cut.categories.set(categories if access == Access.CATEGORY else ())
    record_audit(
        actor=actor, action="media.cut_published", subject=cut, event_id=cut.event_id,
        changes={"state": (before[0], cut.state), "access": (before[1], access),
                 "publish_at": (None, publish_at and publish_at.isoformat())},
    )  # fmt: skip
    _tell_the_pages(cut, menus)
    touch(cut.recording)
    return cut


@one_transaction
def withdraw_cut(*, cut: Cut, actor: Person | None, reason: str = "") -> Cut:
    """Take a cut from viewers; who is watching can do so for some seconds more. Raises WrongState."""
    locked = Cut.objects.select_for_update().get(pk=cut.pk)
    if locked.state != CutState.PUBLISHED:
        raise WrongState(locked.state)
    menus = _menus(locked)
    locked.state = CutState.WITHDRAWN
    locked.save(update_fields=["state", "updated_at"])
    record_audit(
        actor=actor, action="media.cut_withdrawn", subject=locked, event_id=locked.event_id, reason=reason
    )
    _tell_the_pages(locked, menus)
    touch(locked.recording)
    return locked


def _menus(cut: Cut) -> tuple[bool, bool]:
    """Tell whether the event's menu and the site's name recordings."""
    return is_in_menu(cut.event_id), is_in_site_menu()


def _tell_the_pages(cut: Cut, before: tuple[bool, bool]) -> None:
    """Have the programme tell of the recording, or no more; and all pages, when a menu changes."""
    transaction.on_commit(partial(forget_sessions, cut.event_id))
    if _menus(cut) != before:
        transaction.on_commit(partial(forget_menus, cut.event_id))
        transaction.on_commit(forget_pages)


@one_transaction
def describe_cut(*, cut: Cut, summaries: Mapping[str, str], external_url: str, actor: Person | None) -> Cut:
    """Write what came of a session, language code to words, and where else its recording is found.

    Raises WrongAddress.
    """
    if external_url and not is_of_the_web(external_url):
        raise WrongAddress
    before = (localised(cut, "summary"), cut.external_url)
    set_localised(cut, "summary", dict(summaries))
    cut.external_url = external_url
    cut.save()
    record_audit(
        actor=actor, action="media.cut_described", subject=cut, event_id=cut.event_id,
        changes={"summary": (before[0], dict(summaries)), "external_url": (before[1], external_url)},
    )  # fmt: skip
    touch(cut.recording)
    return cut


@one_transaction
def remove_cut(*, cut: Cut, actor: Person | None) -> None:
    """Remove a cut that nobody sees; the recording stays. Raises WrongState while it is published."""
    if cut.state == CutState.PUBLISHED:
        raise WrongState(cut.state)
    record_audit(actor=actor, action="media.cut_removed", subject=cut, event_id=cut.event_id)
    recording = cut.recording
    cut.delete()
    touch(recording)


@one_transaction
def make_link(*, cut: Cut, name: str, expires_at: dt.datetime, actor: Person | None) -> tuple[CutLink, str]:
    """Return a new link to a cut and its secret, which is shown once and kept nowhere."""
    secret = new_token()
    link = CutLink.objects.create(
        cut=cut, name=name[:120], digest=digest_of(secret), expires_at=expires_at, created_by=actor
    )
    record_audit(actor=actor, action="media.link_made", subject=link, event_id=cut.event_id)
    return link, secret


@one_transaction
def revoke_link(*, link: CutLink, actor: Person | None) -> None:
    """End a link before its time."""
    CutLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())
    record_audit(actor=actor, action="media.link_revoked", subject=link, event_id=link.cut.event_id)
