"""An event's days and rooms at a glance: what is to be recorded, what was filmed and cut, what failed."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import get_language

from media_archive.models import CameraFile, Cut, Job, JobState, Recording, Step
from media_archive.models.recordings import JOB_ACTIVE
from media_archive.queries.elsewhere import with_film
from media_archive.services.cutting import rooms_of, sessions_by_place, to_be_recorded
from sessions_app.events.models import Event
from sessions_app.programme.queries import released_schedule
from sessions_app.programme.schedule import model


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOfDay:
    """A room on a day; without a recording it is there because ``planned`` of its sessions are to be recorded.

    ``key`` is the released room's. ``cut`` counts the planned sessions that are cut, ``elsewhere`` those of them
    without a film here; ``others`` are cuts of no planned session. ``working`` and ``failed`` name steps of work.
    """

    name: str
    key: str = ""
    planned: int = 0
    recording: Recording | None = None
    cameras: int = 0
    seconds: float = 0
    cut: int = 0
    published: int = 0
    elsewhere: int = 0
    others: int = 0
    working: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfDesk:
    """A day with sessions or recordings; it can be cut once something of it lies on a clock."""

    date: dt.date
    rooms: tuple[RoomOfDay, ...]
    can_be_cut: bool


@dataclass(slots=True)
class _Found:
    """What the event has, by the key of its recording."""

    cuts: dict[int, list[Cut]] = field(default_factory=lambda: defaultdict(list))
    lengths: dict[int, float] = field(default_factory=dict)
    working: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))


def days_of(event: Event) -> list[DayOfDesk]:
    """Return the days of the released programme and of recordings; six queries, whatever their number."""
    schedule = released_schedule(event)
    places = sessions_by_place(schedule, event.zone) if schedule else {}
    recordings = list(
        Recording.objects.filter(event=event)
        .select_related("room", "event")
        .annotate(camera_count=Count("cameras"))
        .order_by("date", "room_name")
    )
    found = _found(event)
    rooms: dict[dt.date, list[RoomOfDay]] = {date: [] for date, _key in places}
    filmed: set[tuple[dt.date, str]] = set()
    for recording in recordings:
        keys = rooms_of(schedule, recording) if schedule else []
        filmed |= {(recording.date, key) for key in keys}
        here = [session for key in keys for session in places.get((recording.date, key), [])]
        rooms.setdefault(recording.date, []).append(_with_recording(recording, here, found))
    names = {room.key: _name_of(room, schedule) for room in schedule.rooms} if schedule else {}
    for (date, key), sessions in places.items():
        planned = sum(session.recorded for session in sessions)
        if planned and key in names and (date, key) not in filmed:
            rooms[date].append(RoomOfDay(name=names[key], key=key, planned=planned))
    order = {name: place for place, name in enumerate(names.values())}
    return [
        DayOfDesk(
            date=date,
            rooms=tuple(sorted(here, key=lambda room: (order.get(room.name, len(order)), room.name))),
            can_be_cut=any(room.seconds for room in here),
        )
        for date, here in sorted(rooms.items())
    ]


def dates_of(event: Event) -> list[dt.date]:
    """Return the days on which released sessions are held; two queries when cold."""
    schedule = released_schedule(event)
    return sorted({date for date, _key in sessions_by_place(schedule, event.zone)}) if schedule else []


def _name_of(room: model.Room, schedule: model.Schedule) -> str:
    return model.text_in(room.name, get_language() or "", *schedule.languages)[0]


def _found(event: Event) -> _Found:
    found = _Found()
    for cut in with_film(Cut.objects.filter(event=event)):
        found.cuts[cut.recording_id].append(cut)
    spans: dict[int, list[float]] = defaultdict(list)
    files = CameraFile.objects.filter(event=event, offset_ms__isnull=False, duration_ms__isnull=False)
    for file in files.only("camera", "offset_ms", "duration_ms", "clock_ppm").select_related("camera"):
        spans[file.camera.recording_id] += [file.on_clock(0), file.on_clock(file.duration_ms or 0)]
    found.lengths = {key: (max(ends) - min(ends)) / 1000 for key, ends in spans.items()}
    jobs = Job.objects.filter(recording__event=event, state__in=(*JOB_ACTIVE, JobState.FAILED))
    for key, state, step in jobs.values_list("recording", "state", "step").order_by("pk"):
        steps = found.failed if state == JobState.FAILED else found.working
        steps[key].append(Step(step).label)
    return found


def _with_recording(recording: Recording, here: list[model.Session], found: _Found) -> RoomOfDay:
    cuts = {cut.code: cut for cut in found.cuts[recording.pk]}
    own = {session.code for session in here}
    # A session that was cut though it was not to be recorded counts as well: nobody shall read "4 of 3".
    planned = {session.code for session in to_be_recorded(here)} | (own & set(cuts))
    of_sessions = [cut for code, cut in cuts.items() if code in planned]
    now = timezone.now()
    return RoomOfDay(
        name=recording.place,
        planned=len(planned),
        recording=recording,
        cameras=vars(recording)["camera_count"],
        seconds=found.lengths.get(recording.pk, 0),
        cut=len(of_sessions),
        published=sum(cut.is_out(now) for cut in of_sessions),
        elsewhere=sum(bool(cut.external_url) and not vars(cut)["has_film"] for cut in of_sessions),
        others=len(cuts) - len(of_sessions),
        working=_in_words(found.working[recording.pk]),
        failed=_in_words(found.failed[recording.pk]),
    )


def _in_words(steps: Iterable[str]) -> tuple[str, ...]:
    """Return each step once, with its number where it is done several times."""
    return tuple(f"{step} ({count})" if count > 1 else step for step, count in Counter(steps).items())
