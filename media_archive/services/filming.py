"""Recordings, their cameras and files: opened, taken in, put on the clock, taken away."""

from __future__ import annotations

import datetime as dt
import shutil
import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F

from media_archive.errors import NoSuchFile, TooManyCameras, WrongState, full_disk_told
from media_archive.inbox import inbox
from media_archive.models import Camera, CameraFile, CutState, Match, Recording, Step
from media_archive.services.queueing import queue
from network.localised import localised
from network.models import Person
from network.services import record_audit
from sessions_app.events.models import Event, Room
from sessions_app.registration.services.places import one_transaction

MOST_CAMERAS = 9
UNKNOWN_START = dt.time(9)


def touch(recording: Recording) -> None:
    """Note that something changed which viewers or editors see."""
    Recording.objects.filter(pk=recording.pk).update(version=F("version") + 1)


@one_transaction
def open_recording(
    *, event: Event, date: dt.date, room_name: str, actor: Person | None, starts_at: dt.datetime | None = None
) -> Recording:
    """Return the event's recording of that day and room, opened if there is none.

    ``starts_at`` is when the first camera was switched on; None: nine in the morning, until a camera or an
    editor knows better.
    """
    name = room_name.strip()[:120]
    room = _room(event, name)
    found = Recording.objects.filter(
        event=event, date=date, room_name__iexact=room.name if room else name
    ).first()
    if found is not None:
        return found
    # Two who press at once get the same one: the second finds what the first has made.
    recording, is_new = Recording.objects.get_or_create(
        event=event, date=date, room_name=room.name if room else name,
        defaults={"room": room, "starts_at": starts_at or usual_start(event, date)},
    )  # fmt: skip
    if is_new:
        record_audit(actor=actor, action="media.recording_opened", subject=recording, event_id=event.pk)
    return recording


def usual_start(event: Event, date: dt.date) -> dt.datetime:
    """Return where a clock's zero lies until a camera or an editor knows better: nine in the morning, in UTC."""
    return dt.datetime.combine(date, UNKNOWN_START, tzinfo=event.zone).astimezone(dt.UTC)


def _room(event: Event, name: str) -> Room | None:
    """Return the event's room that is called so in any language."""
    wanted = name.casefold()
    rooms = Room.objects.filter(event=event)
    return next(
        (room for room in rooms if wanted in {n.casefold() for n in localised(room, "name").values()}), None
    )


@one_transaction
def camera_of(*, recording: Recording, label: str) -> Camera:
    """Return the recording's camera of that label, added behind the others if there is none. Raises TooManyCameras."""
    Recording.objects.select_for_update().get(pk=recording.pk)
    known = list(recording.cameras.all())
    wanted = label.strip()[:80]
    for camera in known:
        if wanted and camera.label.casefold() == wanted.casefold():
            return camera
    free = next(
        (number for number in range(1, MOST_CAMERAS + 1) if number not in {c.number for c in known}), None
    )
    if free is None:
        raise TooManyCameras
    return Camera.objects.create(
        recording=recording, number=free, label=wanted or f"camera {free}", is_sound_master=not known
    )


@one_transaction
def change_camera(
    *, camera: Camera, label: str, number: int, is_sound_master: bool, actor: Person | None
) -> None:
    """Rename a camera, give it another number (the one that had it takes its place) and say whose sound is heard."""
    recording = Recording.objects.select_for_update().get(pk=camera.recording_id)
    other = recording.cameras.filter(number=number).exclude(pk=camera.pk).first()
    before = {"label": camera.label, "number": camera.number, "sound": camera.is_sound_master}
    if other is not None:
        # Through a number that is free for a moment: both may not have the same one.
        spare = next(n for n in range(1, MOST_CAMERAS + 2) if not recording.cameras.filter(number=n).exists())
        if spare > MOST_CAMERAS:
            raise TooManyCameras
        Camera.objects.filter(pk=other.pk).update(number=spare)
        Camera.objects.filter(pk=camera.pk).update(number=number)
        Camera.objects.filter(pk=other.pk).update(number=camera.number)
    if is_sound_master:
        recording.cameras.exclude(pk=camera.pk).update(is_sound_master=False)
    Camera.objects.filter(pk=camera.pk).update(
        label=label[:80], number=number, is_sound_master=is_sound_master
    )
    after = {"label": label, "number": number, "sound": is_sound_master}
    record_audit(
        actor=actor, action="media.camera_changed", subject=camera, event_id=recording.event_id,
        changes={key: (before[key], after[key]) for key in before if before[key] != after[key]},
    )  # fmt: skip
    touch(recording)


def take_file(
    *,
    recording: Recording,
    label: str,
    path: Path,
    name: str,
    actor: Person | None,
    move: bool,
    sha256: str = "",
) -> CameraFile:
    """Take a file of a camera into the archive and have it worked on; it is moved, or else copied.

    ``sha256`` is what its sender says it is. Raises TooManyCameras, NoSuchFile, NoRoom. That the event has the file
    already shows when it has been read through.
    """
    if not path.is_file():
        raise NoSuchFile(name)
    file = _new_file(recording, name, size=path.stat().st_size, sha256=sha256)
    target = file.source
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        if not move:
            with full_disk_told():
                shutil.copyfile(path, target)  # may take minutes, so not within the transaction
        return _write_down(
            file=file, recording=recording, label=label, actor=actor, source=path if move else None
        )
    except BaseException:
        if not move:
            shutil.rmtree(target.parent, ignore_errors=True)
        raise


def take_from_inbox(*, recording: Recording, label: str, name: str, actor: Person | None) -> CameraFile:
    """Take a file by its name in the inbox; a worker fetches it, as that may last hours.

    Raises NoSuchFile, InboxAway and TooManyCameras.
    """
    box = inbox()
    if box is None:
        raise NoSuchFile(name)
    file = _new_file(recording, name, size=box.find(name).size)
    file.fetched_as = name
    return _write_down(file=file, recording=recording, label=label, actor=actor, source=None, step=Step.FETCH)


def _new_file(recording: Recording, name: str, *, size: int, sha256: str = "") -> CameraFile:
    file = CameraFile(
        event_id=recording.event_id,
        guid=uuid.uuid4(),
        name=clean_name(name),
        size=size,
        expected_sha256=sha256,
    )
    # The name on disk is ours alone: what people call their files never becomes a path.
    file.path = str((file.folder / "original").relative_to(settings.MEDIA_ROOT))
    return file


@one_transaction
def _write_down(
    *,
    file: CameraFile,
    recording: Recording,
    label: str,
    actor: Person | None,
    source: Path | None,
    step: Step = Step.CHECK,
) -> CameraFile:
    file.camera = camera_of(recording=recording, label=label)
    file.save(force_insert=True)
    queue(recording=recording, file=file, step=step)
    record_audit(
        actor=actor, action="media.file_taken", subject=file, event_id=recording.event_id,
        changes={"camera": (None, str(file.camera)), "name": (None, file.name)},
    )  # fmt: skip
    touch(recording)
    if source is not None:
        shutil.move(source, file.source)  # last: what fails above leaves the file where it is
    return file


def clean_name(name: str) -> str:
    """Return the last part of a file's name without control characters, as it is shown."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[:200] or "recording"


@one_transaction
def place_file(
    *, file: CameraFile, offset_ms: float, clock_ppm: float | None = None, match: Match = Match.HAND,
    confidence: float | None = None, actor: Person | None,
) -> None:  # fmt: skip
    """Put a file on the recording's clock; milliseconds from the clock's zero."""
    before = (file.offset_ms, file.clock_ppm)
    after = (offset_ms, file.clock_ppm if clock_ppm is None else clock_ppm)
    CameraFile.objects.filter(pk=file.pk).update(
        offset_ms=after[0], clock_ppm=after[1], match=match, confidence=confidence, proposed={}
    )
    record_audit(
        actor=actor, action="media.file_placed", subject=file, event_id=file.event_id,
        changes={"offset_ms": (before[0], after[0]), "clock_ppm": (before[1], after[1]), "by": (file.match, match)},
    )  # fmt: skip
    touch(file.camera.recording)


@one_transaction
def set_clock(*, recording: Recording, starts_at: dt.datetime, actor: Person | None) -> None:
    """Say when the clock's zero was by the clock on the wall."""
    locked = Recording.objects.select_for_update().get(pk=recording.pk)
    before, locked.starts_at = locked.starts_at, starts_at
    locked.save(update_fields=["starts_at"])
    record_audit(
        actor=actor, action="media.clock_set", subject=locked, event_id=locked.event_id,
        changes={"starts_at": (before.isoformat(), starts_at.isoformat())},
    )  # fmt: skip
    touch(locked)


@one_transaction
def move_file(*, file: CameraFile, label: str, actor: Person | None) -> Camera:
    """Give a file to the recording's camera of that label, made if there is none; a camera without files goes.

    It stays where it lies on the clock; what lies nowhere yet is tried anew. Raises TooManyCameras.
    """
    before, recording = file.camera, file.camera.recording
    camera = camera_of(recording=recording, label=label)
    if camera.pk == before.pk:
        return camera
    CameraFile.objects.filter(pk=file.pk).update(camera=camera)
    _leave(before)
    record_audit(
        actor=actor, action="media.file_moved", subject=file, event_id=file.event_id,
        changes={"camera": (str(before), str(camera))},
    )  # fmt: skip
    queue(recording=recording, step=Step.ALIGN)
    touch(recording)
    return camera


def _leave(camera: Camera) -> None:
    """Remove the camera if it has no files any more; its sound is then another one's."""
    if camera.files.exists():
        return
    recording, had_sound = camera.recording, camera.is_sound_master
    camera.delete()
    heir = recording.cameras.first()
    if had_sound and heir is not None:
        Camera.objects.filter(pk=heir.pk).update(is_sound_master=True)


@one_transaction
def drop_file(*, file: CameraFile, actor: Person | None) -> None:
    """Take a file out of the archive, with all that was made of it; a camera without files goes as well."""
    camera, folder, event_id = file.camera, file.folder, file.event_id
    record_audit(
        actor=actor,
        action="media.file_dropped",
        subject=file,
        event_id=event_id,
        changes={"name": (file.name, None)},
    )
    was_clock = file.match == Match.FIRST
    file.delete()
    _leave(camera)
    if was_clock:
        # The others stay where they are: the clock is the recording's, whoever gave it.
        first = CameraFile.objects.filter(camera__recording=camera.recording_id, match=Match.SOUND).first()
        if first is not None:
            CameraFile.objects.filter(pk=first.pk).update(match=Match.FIRST)
    touch(camera.recording)
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


@one_transaction
def remove_recording(*, recording: Recording, actor: Person | None) -> None:
    """Remove a recording with its files, cuts and words. Raises WrongState while any cut of it is published."""
    if recording.cuts.filter(state=CutState.PUBLISHED).exists():
        raise WrongState(CutState.PUBLISHED)
    files = CameraFile.objects.filter(camera__recording=recording)
    folders = [*(file.folder for file in files), *(deck.folder for deck in recording.decks.all())]
    uploads = [upload.path for upload in recording.uploads.all()]
    record_audit(
        actor=actor, action="media.recording_removed", subject=recording, event_id=recording.event_id,
        changes={"files": (len(files), None)},
    )  # fmt: skip
    recording.delete()

    def sweep() -> None:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        for path in uploads:
            path.unlink(missing_ok=True)

    transaction.on_commit(sweep)


def end_of(recording: Recording) -> int:
    """Return where the last file ends on the recording's clock, in milliseconds; 0 without any."""
    ends = [
        file.on_clock(file.duration_ms or 0)
        for file in CameraFile.objects.filter(camera__recording=recording, offset_ms__isnull=False)
    ]
    return round(max(ends, default=0))
