"""A picture of its own for each cut of a recording: sessions of one day are told apart by what they show."""

from __future__ import annotations

from collections.abc import Callable

from media_archive import packaging
from media_archive.models import Cut, Recording
from media_archive.queries.opening import cameras_of
from media_archive.queries.playing import file_at
from media_archive.services.filming import touch


def draw_posters(recording: Recording, on_progress: Callable[[float], bool]) -> None:
    """Draw what is missing, and remove the pictures of cuts that were moved or are gone. Raises MediaFault."""
    cameras = [camera for camera in cameras_of(recording) if any(file.height for file in camera.files.all())]
    cuts = list(Cut.objects.filter(recording=recording))
    wanted = set()
    for number, cut in enumerate(cuts):
        file = file_at(cameras[0], cut.poster_ms) if cameras else None
        if file is None:
            continue
        path = file.folder / cut.poster_name
        wanted.add(path)
        if not path.exists():
            seconds = (cut.poster_ms - (file.offset_ms or 0.0)) / (1 + file.clock_ppm / 1e6) / 1000
            packaging.encode_poster(file.source, file.folder, name=path.name, at=seconds)
        if not on_progress(number / len(cuts)):
            return
    for file in (file for camera in cameras for file in camera.files.all()):
        for path in set(file.folder.glob("cut-*.jpg")) - wanted:
            path.unlink(missing_ok=True)
    touch(recording)
