"""Where a cut may begin and end, by what is heard there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from media_archive.backoffice.waves import POINTS
from media_archive.models import Applause, CameraFile
from media_archive.transcripts import clock

SILENCE = 60  # of 255: what counts as silence beside speech
SILENT_WINDOWS = 20  # two seconds of it
REACH = 180_000  # ms around a start or end in which moments are offered
MOST = 3  # of a kind


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment on the recording's clock that a start or an end may be set to; ``value`` is as its field takes it."""

    ms: int
    words: str

    @property
    def value(self) -> str:
        """The moment as it is written into the field."""
        return clock(self.ms)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the drawn line, in its units."""

    x: float
    width: float
    words: str


def silences(wave: bytes) -> list[Moment]:
    """Return where two seconds of silence or more end: there somebody begins to speak; ``wave`` is the day's."""
    found, run = [], 0
    for number, level in enumerate(wave):
        if level < SILENCE:
            run += 1
            continue
        if run >= SILENT_WINDOWS:
            ms = number * CameraFile.WAVE_MS
            found.append(Moment(ms, _("speech from %(time)s") % {"time": clock(ms)[:8]}))
        run = 0
    return found


def applause_of(files: Sequence[CameraFile]) -> list[tuple[int, int]]:
    """Return start and end of each applause on the recording's clock, in milliseconds, in the order of time; one query."""
    by_key = {file.pk: file for file in files}
    return sorted(
        (round(by_key[one.file_id].on_clock(one.start_ms)), round(by_key[one.file_id].on_clock(one.end_ms)))
        for one in Applause.objects.filter(file__in=files)
    )


def ends_of(applause: Iterable[tuple[int, int]]) -> list[Moment]:
    """Return where applause ends: a session begins behind the thanks to the one before, and ends with its own."""
    return [Moment(end, _("applause until %(time)s") % {"time": clock(end)[:8]}) for _start, end in applause]


def starts_of(applause: Iterable[tuple[int, int]]) -> list[Moment]:
    """Return where applause starts: the last word has been said."""
    return [
        Moment(start, _("applause from %(time)s") % {"time": clock(start)[:8]}) for start, _end in applause
    ]


def near(moments: Iterable[Moment], ms: int) -> list[Moment]:
    """Return up to three of the moments within three minutes, the nearest first."""
    around = (one for one in moments if abs(one.ms - ms) <= REACH and one.ms >= 0)
    return sorted(around, key=lambda one: abs(one.ms - ms))[:MOST]


def marks_of(applause: Iterable[tuple[int, int]], end_ms: int) -> list[Mark]:
    """Return applause as places on a line of ``end_ms``, each wide enough to be seen."""
    return [
        Mark(
            round(POINTS * max(0, start) / end_ms, 2),
            round(max(1.0, POINTS * (end - start) / end_ms), 2),
            _("Applause, %(start)s to %(end)s") % {"start": clock(max(0, start))[:8], "end": clock(end)[:8]},
        )
        for start, end in applause
        if end > 0
    ]
