"""One step of work on a recording from claim to result; only the media worker imports it."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from media_archive import packaging
from media_archive.errors import InboxAway, NoSuchFile, Replaced
from media_archive.ffmpeg import MediaFault
from media_archive.inbox import inbox
from media_archive.models import CameraFile, Job, JobState, Rendition, Step
from media_archive.packaging import Made
from media_archive.probing import Sound, probe
from media_archive.services import queueing
from media_archive.services.fetching import bring
from media_archive.services.filming import touch
from media_archive.services.hearing import note_heard
from media_archive.services.queueing import Watch, end, give_back, has_active, queue
from media_archive.services.sounds import (
    drop_unpublished,
    note_silence,
    note_sounds,
    pass_over_silence,
    published_tracks,
    take_wanted,
)
from media_archive.sound_tracks import copyable, silent_tracks, sounds_early_on

log = structlog.get_logger(__name__)

BLOCK = 4 * 1024 * 1024
SLOWEST = 20  # times its length that a step may take
READING = 0.8  # of the check; the rest is listening


class Unneeded(Exception):
    """The step has nothing to do for this file."""


def work_until_idle(*, most: int | None = None) -> int:
    """Do all there is to do, or ``most`` jobs of it; return how many were done."""
    done = 0
    while most is None or done < most:
        job = queueing.claim()
        if job is None:
            break
        work(job)
        done += 1
    return done


def work(job: Job) -> None:
    """Do a claimed job; whatever happens, the queue goes on."""
    state, fault, said = JobState.DONE, "", ""
    try:
        STEPS[job.step](job)
    except Unneeded:
        state = JobState.SKIPPED
    except MediaFault as error:
        state, fault, said = JobState.FAILED, error.fault, error.detail
    except OSError as error:
        fault = "no_room" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "gone"
        state, said = JobState.FAILED, type(error).__name__
    except Exception as error:
        log.exception("media_job_broke", job=job.pk, step=job.step, error=type(error).__name__)
        give_back(job, log=f"{type(error).__name__}: {error}")
        return
    if fault:
        log.warning("media_job_failed", job=job.pk, step=job.step, fault=fault)
    with transaction.atomic():  # else a worker killed here would leave a file on which nobody works any more
        end(job, state, fault=fault, log=said)
        _go_on(job)


def _go_on(job: Job) -> None:
    """Queue what can be done now that this step has ended, well or not."""
    job.refresh_from_db(fields=["state"])
    recording, file = job.recording, job.file
    if job.step == Step.FETCH and job.state == JobState.DONE:
        queue(recording=recording, file=file, step=Step.CHECK)
    if job.step == Step.CHECK and job.state == JobState.DONE and file is not None:
        for step in (Step.QUICK, Step.SOUND, Step.PICTURES, Step.LADDER):
            queue(recording=recording, file=file, step=step)
    if job.step in {Step.CHECK, Step.SOUND} and not has_active(recording, Step.FETCH, Step.CHECK, Step.SOUND):
        queue(recording=recording, step=Step.ALIGN)
    if job.step == Step.ALIGN and recording.cuts.exists():
        queue(recording=recording, step=Step.POSTERS)


def _file(job: Job) -> CameraFile:
    assert job.file is not None  # noqa: S101 - steps of files have one
    job.file.folder.mkdir(parents=True, exist_ok=True)
    return job.file


def _fetch(job: Job) -> None:
    """Copy the file from where it lies, on from what an earlier try has brought of this very one."""
    file, box = _file(job), inbox()
    if box is None:
        raise MediaFault("not_fetched")
    try:
        bring(box, file.fetched_as, file.folder / "original.part", Watch(job).tell)
    except InboxAway as error:
        raise MediaFault("not_fetched") from error
    except NoSuchFile as error:
        raise MediaFault("not_there") from error
    except Replaced as error:
        raise MediaFault("replaced") from error
    (file.folder / "original.part").replace(file.source)


def _check(job: Job) -> None:
    """Read the file through once, and look into it: also, which of its sounds is to be encoded."""
    file = _file(job)
    is_first = not file.sha256  # a worker that was killed later in the step has decided already
    watch = Watch(job)
    digest, read = hashlib.sha256(), 0
    with file.source.open("rb") as source:
        while block := source.read(BLOCK):
            digest.update(block)
            read += len(block)
            if not watch.tell(READING * read / (file.size or 1)):
                raise MediaFault("stopped")
    if file.expected_sha256 not in {"", digest.hexdigest()}:
        raise MediaFault("other_sha256")
    twin = (
        CameraFile.objects.filter(event_id=file.event_id, sha256=digest.hexdigest())
        .exclude(pk=file.pk)
        .first()
    )
    if twin is not None:
        raise MediaFault("same_file", twin.name)
    found = probe(file.source)
    picture = found.picture
    note_sounds(file, found.sounds)
    silent = _silent_if_the_default_is(file, found.sounds, found.seconds, watch) if is_first else None
    try:
        with transaction.atomic():
            CameraFile.objects.filter(pk=file.pk).update(
                sha256=digest.hexdigest(),
                size=read,
                duration_ms=round(found.seconds * 1000),
                width=picture.width if picture else 0,
                height=picture.height if picture else 0,
                rate=picture.rate if picture else 0,
                has_sound=bool(found.sounds),
                can_be_copied=found.can_be_copied,
                made_at=found.made_at,
            )
            if silent is not None:
                note_silence(file, silent)
                pass_over_silence(file)
    except IntegrityError as error:  # two workers, two copies of one file, at one moment
        raise MediaFault("same_file", file.name) from error


def _silent_if_the_default_is(
    file: CameraFile, sounds: Sequence[Sound], seconds: float, watch: Watch
) -> set[int] | None:
    """Return the silent ones of several sounds where the default one may be among them, else None.

    Its first minute tells mostly that it is not; that it is, only the whole file can tell. What cannot be decoded is left to the step of sound.
    """
    if len(sounds) < 2:
        return None
    try:
        if sounds_early_on(file.source, track=file.sound_track):
            return None
        return silent_tracks(
            file.source, tracks=[sound.index for sound in sounds], seconds=300 + SLOWEST * seconds,
            on_progress=lambda done: watch.tell(READING + (1 - READING) * done / seconds),
        )  # fmt: skip
    except MediaFault as error:
        if error.fault == "stopped":
            raise
        return None


def _track(file: CameraFile) -> int | None:
    return file.sound_track if file.has_sound else None


def _limits(job: Job, file: CameraFile) -> tuple[float, Callable[[float], bool]]:
    seconds = (file.duration_ms or 0) / 1000
    return 300 + SLOWEST * seconds, Watch(job, seconds).tell


def _quick(job: Job) -> None:
    """Publish the picture as it is, so that people can watch while the ladder is still being made."""
    file = _file(job)
    if not file.can_be_copied or file.renditions.filter(height__gt=0).exists():
        raise Unneeded
    seconds, tell = _limits(job, file)
    heard = [sound for sound in probe(file.source).sounds if sound.index == file.sound_track]
    made = packaging.copy_source(
        file.source, file.folder, track=_track(file), seconds=seconds, on_progress=tell,
        with_sound=bool(heard) and heard[0].codec == "aac",
    )  # fmt: skip
    keep(file, [made])


def _ladder(job: Job) -> None:
    file = _file(job)
    if not file.height:
        raise Unneeded
    seconds, tell = _limits(job, file)
    made = packaging.encode_ladder(
        file.source, file.folder, height=file.height, rate=file.rate,
        track=file.first_sound if file.has_sound else None, seconds=seconds, on_progress=tell,
    )  # fmt: skip
    with transaction.atomic():
        keep(file, made)
        if take_wanted(file):
            queue(recording=job.recording, file=file, step=Step.SOUND)


def _sound(job: Job) -> None:
    from media_archive.sound import measure  # brings NumPy

    file = _file(job)
    if not file.has_sound:
        raise Unneeded
    sounds = probe(file.source).sounds
    seconds, tell = _limits(job, file)
    _listen(file, sounds, seconds, lambda done: tell(done / 3))
    if not file.height:
        take_wanted(file)  # nothing else is played of it: gone until it is made anew, a minute for an hour
    third = (file.duration_ms or 0) / 3000
    heard = measure(
        file.source,
        track=file.sound_track,
        window_ms=CameraFile.WAVE_MS,
        on_progress=lambda done: tell(third + done / 3),
    )
    note_heard(file, heard)
    tracks = published_tracks(file)
    copied = copyable(file.source, [sound for sound in sounds if sound.index in tracks.values()])
    made = packaging.encode_sounds(
        file.source, file.folder, tracks=tracks, copied=copied, seconds=seconds,
        on_progress=lambda done: tell(2 * third + done / 3),
    )  # fmt: skip
    keep(file, made)
    drop_unpublished(file)


def _listen(file: CameraFile, sounds: Sequence[Sound], seconds: float, tell: Callable[[float], bool]) -> None:
    """Note a file's sounds and which of them are silent, once: its source never changes."""
    is_first = not file.sound_tracks.exists()  # it was packaged before sounds were noted
    silent = None
    if len(sounds) > 1 and (is_first or file.sound_tracks.filter(is_silent=None).exists()):
        tracks = [sound.index for sound in sounds]
        silent = silent_tracks(file.source, tracks=tracks, seconds=seconds, on_progress=tell)
    with transaction.atomic():
        note_sounds(file, sounds)
        if silent is not None:
            note_silence(file, silent)
        if is_first:
            pass_over_silence(file)


def _pictures(job: Job) -> None:
    file = _file(job)
    if not file.height:
        raise Unneeded
    seconds, tell = _limits(job, file)
    every, count = packaging.encode_pictures(
        file.source, file.folder, duration=(file.duration_ms or 0) / 1000, seconds=seconds, on_progress=tell
    )
    CameraFile.objects.filter(pk=file.pk).update(preview_seconds=every, previews=count)


def _align(job: Job) -> None:
    from media_archive.services.aligning import align_recording  # brings NumPy

    align_recording(job.recording, Watch(job).tell)


def _posters(job: Job) -> None:
    from media_archive.services.posters import draw_posters

    draw_posters(job.recording, Watch(job).tell)


def _slides(job: Job) -> None:
    from media_archive.services.slides import draw_pages  # brings pdfium

    assert job.deck is not None  # noqa: S101 - the step of slides has some
    draw_pages(job.deck, Watch(job).tell)


def _speech(job: Job) -> None:
    from media_archive.services.speech import write_down

    write_down(job.recording, Watch(job).tell)


STEPS: dict[str, Callable[[Job], None]] = {
    Step.FETCH: _fetch,
    Step.CHECK: _check,
    Step.QUICK: _quick,
    Step.SOUND: _sound,
    Step.ALIGN: _align,
    Step.PICTURES: _pictures,
    Step.POSTERS: _posters,
    Step.LADDER: _ladder,
    Step.SLIDES: _slides,
    Step.SPEECH: _speech,
}


def keep(file: CameraFile, made: list[Made]) -> None:
    """Write down the renditions of a file; those of the same name are replaced."""
    with transaction.atomic():
        file.renditions.filter(name__in=[one.name for one in made]).delete()
        Rendition.objects.bulk_create(
            Rendition(
                file=file,
                name=one.name,
                path=_relative(one.path),
                width=_width(file, one) if _height(file, one) else 0,
                height=_height(file, one),
                bandwidth=one.bandwidth,
                codecs=one.codecs,
                header=one.header,
                lengths=one.lengths,
                sizes=one.sizes,
            )
            for one in made
        )
        touch(file.camera.recording)


def _height(file: CameraFile, made: Made) -> int:
    return int(made.name) if made.name.isdigit() else file.height if made.name == "source" else 0


def _width(file: CameraFile, made: Made) -> int:
    return round(file.width / file.height * _height(file, made) / 2) * 2


def _relative(path: Path) -> str:
    return str(path.relative_to(settings.MEDIA_ROOT))
