"""What an address below ``/media/`` opens: a cut, its cameras' fragments, and nothing beside them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db.models import Prefetch

from media_archive.downloads import Film, Stretch, joined
from media_archive.links import read_key
from media_archive.models import Access, Camera, CameraFile, Cut, Recording, Rendition
from media_archive.playlists import Part, spans
from media_archive.sound_choice import rendition_name

REMEMBERED = 20.0  # seconds; so long a withdrawn recording may still be watched
MOST = 200


@dataclass(frozen=True, slots=True)
class Bytes:
    """The bytes of a file that an address opens: its header, and from ``begin`` up to ``end``."""

    path: str
    header: int
    begin: int
    end: int
    version: int = 0  # another once the file is made anew

    def holds(self, first: int, last: int) -> bool:
        """Tell whether bytes first to last (included) are open."""
        return (0 <= first <= last < self.header) or (self.begin <= first <= last < self.end)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a viewer may load of a cut: (camera number, rendition, part) to bytes; ``is_public`` may be kept by caches.

    ``files`` are those to be kept: under part 0 what shows most of the cut, under others what has that part in it.
    """

    is_public: bool
    pieces: dict[tuple[int, str, int], Bytes]
    files: dict[tuple[int, str, int], Film] = field(default_factory=dict)


def open_cut(slug: str, key: str, code: str) -> Cut | None:
    """Return the cut that the address opens; without a key only what everybody may watch now."""
    kind = read_key(key, slug=slug, code=code) if key else ""
    if kind is None:
        return None
    cut = Cut.objects.select_related("recording", "event").filter(event__slug=slug, code=code).first()
    if cut is None or kind == "d":
        return cut
    if not cut.event.is_public or not cut.is_out():
        return None
    return cut if kind == "v" or cut.access == Access.PUBLIC else None


def cameras_of(recording: Recording) -> list[Camera]:
    """Return the recording's cameras with their aligned files and renditions, by number; four queries."""
    files = CameraFile.objects.filter(offset_ms__isnull=False, duration_ms__isnull=False).defer("waveform")
    return list(
        recording.cameras.prefetch_related(
            Prefetch("files", files.order_by("offset_ms")),
            Prefetch("files__renditions", Rendition.objects.all()),
            "files__sound_tracks",
        )
    )


def rungs_of(camera: Camera) -> dict[str, list[tuple[CameraFile, Rendition]]]:
    """Return rendition name to a camera's files that have it, best picture first.

    What was copied from the source is offered only until all of a camera's files are encoded.
    """
    by_name: dict[str, list[tuple[CameraFile, Rendition]]] = {}
    for file in camera.files.all():
        withdrawn = {
            rendition_name(track.index, is_default=False)
            for track in file.sound_tracks.all()
            if not track.is_published or track.is_silent
        }
        for rendition in file.renditions.all():
            if rendition.name in withdrawn:
                continue  # at once, and not when a worker comes to it
            by_name.setdefault(rendition.name, []).append((file, rendition))
    filmed = [file for file in camera.files.all() if file.height and file.renditions.all()]
    complete = {
        name: found
        for name, found in by_name.items()
        if len(found) == len(filmed) or name.startswith("sound")
    }
    if any(name.isdigit() for name in complete):
        complete.pop("source", None)
    pictures = complete or by_name
    return dict(
        sorted(
            pictures.items(),
            key=lambda item: (-item[1][0][1].height, item[0] if item[0].startswith("sound") else ""),
        )
    )


def parts_of(found: list[tuple[CameraFile, Rendition]], name: str, *, prefix: str = "") -> list[Part]:
    """Return a rendition's parts, addressed as ``{name}-{n}-{version}.mp4``: what is made anew has another address."""
    return [
        Part(
            file.offset_ms or 0.0, file.clock_ppm, rendition.header, rendition.lengths, rendition.sizes,
            f"{prefix}{name}-{number}-{rendition.pk}.mp4",
        )
        for number, (file, rendition) in enumerate(found, 1)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class OneFile:
    """A cut as a file to be kept, or a part of it: the numbers of the parts that are in it."""

    film: Film
    parts: tuple[int, ...]


def files_of(cut: Cut, found: list[tuple[CameraFile, Rendition]], name: str) -> list[OneFile]:
    """Return a rendition within the cut as files, the one that shows most of it first; one file where that can be."""
    return files_between(cut.start_ms, cut.end_ms, found, name)


def files_between(
    start_ms: float, end_ms: float, found: list[tuple[CameraFile, Rendition]], name: str
) -> list[OneFile]:
    """Return the same of any two moments of the recording's clock; the first one is zero in the files."""
    stretches = []
    numbers = []
    for span in spans(parts_of(found, name), start_ms, end_ms):
        part = span.part
        number = int(part.uri.split("-")[1])
        rendition = found[number - 1][1]
        lengths = part.lengths[span.first : span.last]
        begin, end = ((ms - part.offset_ms) / part.pace for ms in (start_ms, end_ms))
        first, last = max(begin, span.seconds), min(end, span.seconds + sum(lengths))
        at = (part.offset_ms + first * part.pace - start_ms) / 1000
        numbers.append(number)
        stretches.append(
            Stretch(
                Path(settings.MEDIA_ROOT) / rendition.path, part.header, span.begin, part.sizes[span.first : span.last],
                lengths, span.seconds, first, last, max(0.0, at), rendition.pk,
            )
        )  # fmt: skip
    films = joined(stretches)
    if len(films) == 1:
        return [OneFile(films[0], tuple(numbers))]
    made = [OneFile(film, (number,)) for film, number in zip(films, numbers, strict=True)]
    return sorted(made, key=lambda one: -one.film.filmed)


def name_of_file(name: str, files: Sequence[OneFile], one: OneFile) -> str:
    """Return what a file's address ends with; a camera's first file has no number, so that it stays when parts are added."""
    part = "" if one is files[0] else f"-{one.parts[0]}"
    return f"file-{name}{part}.{'m4a' if name.startswith('sound') else 'mp4'}"


def opening_of(cut: Cut) -> Opening:
    """Return what of the cut's files is open."""
    pieces = {}
    whole = {}
    for camera in cameras_of(cut.recording):
        for name, found in rungs_of(camera).items():
            for span in spans(parts_of(found, name), cut.start_ms, cut.end_ms):
                number = int(span.part.uri.split("-")[1])
                rendition = found[number - 1][1]
                pieces[camera.number, name, number] = Bytes(
                    rendition.path, span.part.header, span.begin, span.end, rendition.pk
                )  # fmt: skip
            for index, one in enumerate(files_of(cut, found, name)):
                for part in one.parts if index else (0, *one.parts):
                    whole[camera.number, name, part] = one.film
    return Opening(cut.access == Access.PUBLIC and cut.is_out(), pieces, whole)


_remembered: dict[tuple[str, str, str], tuple[float, Opening]] = {}


def remembered_opening(slug: str, key: str, code: str) -> Opening | None:
    """Return what the address opens if that was looked up a moment ago, without asking the database."""
    known = _remembered.get((slug, key, code))
    return known[1] if known is not None and known[0] > time.monotonic() else None


def find_opening(slug: str, key: str, code: str) -> Opening | None:
    """Return what the address opens, looked up and remembered for some seconds; None when nothing."""
    cut = open_cut(slug, key, code)
    if cut is None:
        _remembered.pop((slug, key, code), None)
        return None
    opening = opening_of(cut)
    if len(_remembered) >= MOST:
        _remembered.clear()
    _remembered[slug, key, code] = (time.monotonic() + REMEMBERED, opening)
    return opening


def forget_openings() -> None:
    """Forget what was looked up; for tests."""
    _remembered.clear()
