"""Cutting an eight-hour day: two numbers and a playlist; nothing is encoded. Prints milliseconds of CPU and aims."""

from __future__ import annotations

import time

from media_archive.playlists import Part, media_playlist, spans
from tests.benchmarks.conftest import Table
from tests.media_archive.conftest import START

FRAGMENTS = 7200  # of four seconds
RUNS = 20


def test_cut_of_a_long_day(table: Table) -> None:
    part = Part(-7300.0, 35.0, 1400, [4.0] * FRAGMENTS, [900_000] * FRAGMENTS, "720-1.mp4")
    hour = 3_600_000
    for name, first, last in (("an hour of it", 3 * hour, 4 * hour), ("all of it", 0, 8 * hour)):
        began = time.process_time()
        for _run in range(RUNS):
            playlist = media_playlist(spans([part], first, last), START, first)
        spent = (time.process_time() - began) / RUNS * 1000
        assert (
            playlist.count("#EXTINF") >= (last - first) // 4000 - 3
        )  # the camera was on before, and off before the end
        table.add(f"playlist of an eight-hour day, {name}", f"{spent:.1f} ms", "", "50 ms")
