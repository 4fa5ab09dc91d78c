"""In which languages a recording can be heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from media_archive.models import Camera, CameraFile, Cut
from media_archive.playlists import Voice, spans
from media_archive.queries.opening import parts_of, rungs_of
from media_archive.sound_choice import FLOOR, index_of
from network.web.words import language_name


@dataclass(frozen=True, slots=True)
class HeardSound:
    """A sound that a viewer may choose; ``uri`` leads from the cut's base to its playlist, empty for a camera's own."""

    language: str
    label: str
    camera: int
    uri: str


def sound_label(language: str) -> str:
    """Return what a sound is called in the reader's language."""
    return language_name(language) if language not in {"", FLOOR} else _("Original")


def _language(file: CameraFile, name: str) -> str:
    index = index_of(name, default=file.sound_track)
    return next((track.language for track in file.sound_tracks.all() if track.index == index), "")


def _sounds(cut: Cut, camera: Camera) -> list[tuple[str, str]]:
    """Return rendition name and language of a camera's sounds within the cut, the default one first, each language once.

    Where a camera has several files, a sound that one of them lacks, or has in another language, is left
    out; the default one is offered without its language then. So it is while what was copied from the
    sources is played: of some files their pictures may hold an earlier default.
    """
    rungs = rungs_of(camera)
    firsts = {_language(file, "sound") for file in camera.files.all() if file.has_sound and _is_in(cut, file)}
    if "source" in rungs and len(camera.files.all()) > 1:
        firsts = {""}
    inside = {
        name: [one for one in files if spans(parts_of([one], name), cut.start_ms, cut.end_ms)]
        for name, files in rungs.items()
        if name.startswith("sound")
    }
    whole = {file.pk for files in inside.values() for file, _rendition in files}
    found: dict[str, str] = {}
    for name, files in inside.items():
        languages = {_language(file, name) for file, _rendition in files}
        if name == "sound" and files:
            # By all files, also by one whose sound by itself is being made anew: its pictures are played.
            found[firsts.pop() if len(firsts) == 1 else ""] = name
        elif len(languages) == 1 and {file.pk for file, _rendition in files} == whole:
            found.setdefault(languages.pop(), name)
    return [(name, language) for language, name in found.items()]


def _is_in(cut: Cut, file: CameraFile) -> bool:
    return file.on_clock(0) < cut.end_ms and file.on_clock(file.duration_ms or 0) > cut.start_ms


def sound_labels(cut: Cut, camera: Camera) -> list[tuple[str, str]]:
    """Return rendition name and what it is called of a camera's sounds; none where there is only one."""
    sounds = _sounds(cut, camera)
    return [(name, sound_label(language)) for name, language in sounds] if len(sounds) > 1 else []


def voices_of(cut: Cut, camera: Camera) -> list[Voice]:
    """Return the sounds of a camera as its master playlist offers them; none where there is no choice."""
    sounds = _sounds(cut, camera)
    if len(sounds) < 2:
        return []
    return [
        Voice("" if name == "sound" else f"{name}.m3u8", language, sound_label(language))
        for name, language in sounds
    ]


def sounds_of_cameras(cut: Cut, cameras: Iterable[Camera]) -> list[HeardSound]:
    """Return the sounds among which a viewer chooses: those of the camera that is heard, then what others have besides.

    A camera with one sound adds nothing: what its language is, only its maker's tag says.
    """
    found: dict[str, HeardSound] = {}
    for camera in sorted(cameras, key=lambda camera: not camera.is_sound_master):
        sounds = _sounds(cut, camera)
        if len(sounds) < 2 and not camera.is_sound_master:
            continue
        for name, language in sounds:
            uri = "" if name == "sound" else f"{camera.number}/{name}.m3u8"
            one = HeardSound(language, sound_label(language), camera.number, uri)
            found.setdefault(language, one)
    return list(found.values()) if len(found) > 1 else []


def published_languages(cameras: Iterable[Camera]) -> set[str]:
    """Return the languages (BCP 47) among which viewers may choose the cameras' sound; the floor is none.

    Needs ``files__sound_tracks`` at hand. A file with one sound says nothing: only its maker's tag does.
    """
    found: set[str] = set()
    for camera in cameras:
        for file in camera.files.all():
            heard = [
                track.language
                for track in file.sound_tracks.all()
                if track.is_published and not track.is_silent
            ]
            if len(heard) > 1:
                found |= {*heard} - {"", FLOOR}
    return found
