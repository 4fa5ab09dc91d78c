"""The sounds of a file: found when it is checked, chosen by an editor."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from media_archive.errors import NoSuchFile, WrongState
from media_archive.models import CameraFile, Job, JobState, SoundTrack, Step
from media_archive.probing import Sound
from media_archive.services.filming import touch
from media_archive.services.queueing import queue
from media_archive.sound_choice import MOST, heard_instead, language_of, published_at_first, rendition_name
from network.models import Person
from network.services import record_audit
from sessions_app.registration.services.places import one_transaction


@dataclass(frozen=True, slots=True)
class Choice:
    """What an editor says of a sound; ``language`` is BCP 47, ``mul`` for the floor, or empty."""

    language: str
    is_published: bool


@one_transaction
def note_sounds(file: CameraFile, sounds: Sequence[Sound]) -> None:
    """Write down the sounds found in a file; what an editor has chosen before stays."""
    if file.sound_tracks.exists():
        file.refresh_from_db(fields=["sound_track"])
        return
    published = published_at_first({sound.index: sound.language for sound in sounds})
    # What was packaged before sounds were noted has its first one in its pictures.
    default = file.sound_track if file.renditions.exists() or not published else published[0]
    rows = [
        SoundTrack(
            file=file, index=sound.index, language=language_of(sound.language), title=sound.title[:120],
            channels=sound.channels[:20], is_published=sound.index in {*published, default},
        )
        for sound in sounds
    ]  # fmt: skip
    # The command that takes a file in may name its sounds while a worker checks it.
    SoundTrack.objects.bulk_create(rows, ignore_conflicts=True)
    CameraFile.objects.filter(pk=file.pk).update(sound_track=default)
    file.sound_track = default


def published_tracks(file: CameraFile) -> dict[str, int]:
    """Return rendition name to audio track (from 0) of what is published and not silent; the default one always is."""
    chosen = {track.index for track in file.sound_tracks.all() if track.is_published and not track.is_silent}
    order = [file.sound_track, *sorted(chosen - {file.sound_track})]
    return {rendition_name(index, is_default=index == file.sound_track): index for index in order}


@one_transaction
def name_sounds(*, file: CameraFile, sounds: Sequence[Sound], languages: Sequence[str]) -> None:
    """Say in which languages (BCP 47, ``mul`` for the floor) the sounds of a new file are, in their order; one of each is published.

    Raises NoSuchFile for more languages than the file has sounds.
    """
    if len(languages) > len(sounds):
        raise NoSuchFile(f"{file.name} #{len(languages)}")
    note_sounds(file, sounds)
    seen: set[str] = set()
    for track, language in zip(file.sound_tracks.order_by("index"), languages, strict=False):
        track.language = language
        track.is_published = track.index == file.sound_track or (bool(language) and language not in seen)
        track.save(update_fields=["language", "is_published"])
        seen.add(language)


def note_silence(file: CameraFile, silent: Collection[int]) -> None:
    """Write down in which sounds nothing is to be heard; they are not offered until they are listened to anew."""
    for track in file.sound_tracks.all():
        track.is_silent = track.index in silent
        track.save(update_fields=["is_silent"])


@one_transaction
def pass_over_silence(file: CameraFile) -> None:
    """Let the best other sound be heard first where nothing is heard in the default one; without any other it stays.

    Which one that is, ``heard_instead`` says; the published ones are chosen anew among those that sound. It belongs to
    the transaction in which silence is noted of sounds that no editor could choose among yet: what is chosen by hand stays.
    What was packaged before is made anew, as after another choice; else it is decided before anything is encoded.
    """
    tracks = {track.index: track for track in file.sound_tracks.order_by("index")}
    heard = {index: track.language for index, track in tracks.items() if not track.is_silent}
    before, best = file.sound_track, heard_instead(heard, language=file.event.main_language)
    if before not in tracks or before in heard or best is None:
        return
    several = published_at_first(heard)
    published = {best, *(several if len(several) > 1 else ())}
    for track in tracks.values():
        track.is_published = track.index in published
    SoundTrack.objects.bulk_update(tracks.values(), ["is_published"])
    if file.renditions.exists():
        file.wanted_track = best
        if file.height:  # else the step of sound that has found it takes it at once
            queue(recording=file.camera.recording, file=file, step=Step.LADDER)
    else:
        file.sound_track = best
    file.save(update_fields=["sound_track", "wanted_track"])
    record_audit(
        actor=None, action="media.silence_passed_over", subject=file, event_id=file.event_id,
        changes={"default": (_named(tracks[before]), _named(tracks[best]))},
    )  # fmt: skip
    touch(file.camera.recording)


def take_wanted(file: CameraFile) -> bool:
    """Note that what the editor wants to be heard first is in the new pictures or sounds; False when it was there before.

    Belongs to the transaction that writes these down. The sound by itself is the old one still, and is taken away.
    """
    if file.wanted_track is None:
        return False
    CameraFile.objects.filter(pk=file.pk).update(sound_track=file.wanted_track, wanted_track=None)
    file.sound_track, file.wanted_track = file.wanted_track, None
    file.renditions.filter(name="sound").delete()
    return True


def drop_unpublished(file: CameraFile) -> None:
    """Take away the sounds that are not published any more."""
    stale = file.renditions.filter(name__startswith="sound").exclude(name__in=published_tracks(file))
    names = list(stale.values_list("name", flat=True))
    stale.delete()
    for name in names:
        (file.folder / f"{name}.mp4").unlink(missing_ok=True)


@one_transaction
def choose_sounds(
    *, file: CameraFile, choices: Mapping[int, Choice], default: int, actor: Person | None
) -> list[Step]:
    """Say which sounds of a file are published, in which languages, and which is heard first; return the steps that are done again.

    Raises NoSuchFile for a sound that the file does not have, WrongState before it is checked and while its sound is worked on.
    """
    locked = CameraFile.objects.select_for_update().get(pk=file.pk)
    if not locked.sha256:  # its check decides by what is silent
        raise WrongState(JobState.QUEUED)
    tracks = {track.index: track for track in locked.sound_tracks.all()}
    if default not in tracks or not set(choices) <= set(tracks):
        raise NoSuchFile(f"{file.name} #{default + 1}")
    working = (Step.CHECK, Step.QUICK, Step.SOUND, Step.LADDER, Step.ALIGN)
    running = Job.objects.filter(
        recording=locked.camera.recording_id, step__in=working, state=JobState.RUNNING
    )
    if running.exists():  # it would write down what was chosen before
        raise WrongState(JobState.RUNNING)
    before = (locked.first_sound, _said(tracks))
    was = set(published_tracks(locked).items())
    for index, choice in choices.items():
        tracks[index].language, tracks[index].is_published = choice.language, choice.is_published
    tracks[default].is_published = True
    if sum(track.is_published for track in tracks.values()) > MOST:
        raise WrongState(f"more than {MOST}")
    SoundTrack.objects.bulk_update(tracks.values(), ["language", "is_published"])
    changed_default = default != locked.first_sound
    # What is heard stays what it is called: the new one takes effect when pictures or sounds are made anew.
    locked.wanted_track = None if default == locked.sound_track else default
    locked.save(update_fields=["wanted_track"])
    record_audit(
        actor=actor, action="media.sounds_chosen", subject=locked, event_id=locked.event_id,
        changes={"default": (before[0], default), "sounds": (before[1], _said(tracks))},
    )  # fmt: skip
    touch(locked.camera.recording)
    steps = []
    if set(published_tracks(locked).items()) != was or (changed_default and not locked.height):
        steps.append(Step.SOUND)
    if changed_default and locked.height:  # the pictures have it in them; its sounds are made anew after them
        steps.append(Step.LADDER)
    for step in steps:
        queue(recording=locked.camera.recording, file=locked, step=step)
    return steps


def _named(track: SoundTrack) -> str:
    return f"{track.index + 1}:{track.language}".rstrip(":")


def _said(tracks: Mapping[int, SoundTrack]) -> list[str]:
    return [
        f"{index + 1}:{track.language}:{'+' if track.is_published else '-'}"
        for index, track in tracks.items()
    ]


@one_transaction
def look_for_sounds(*, file: CameraFile, actor: Person | None) -> None:
    """Have the sounds found of a file that was packaged before they were noted; a worker opens it."""
    queue(recording=file.camera.recording, file=file, step=Step.SOUND)
    record_audit(actor=actor, action="media.sounds_looked_for", subject=file, event_id=file.event_id)
