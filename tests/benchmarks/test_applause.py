"""How surely applause is told from other sounds, and how fast."""

from __future__ import annotations

import time

import numpy as np

from media_archive.applause import RATE, Listener
from tests.benchmarks.conftest import Table
from tests.media_archive.noises import matched, scene

SCENES = 60


def test_applause(table: Table) -> None:
    """Precision, recall and by how much start and end miss, in talks with applause, music, hisses and silence."""
    told, real, spent, length = 0, 0, 0.0, 0.0
    misses: list[tuple[float, float]] = []
    for seed in range(1000, 1000 + SCENES):
        sound, truth = scene(seed)
        before = time.perf_counter()
        listener = Listener()
        for at in range(0, len(sound), 48_000):
            listener.take(sound[at : at + 48_000])
        found = listener.applause()
        spent += time.perf_counter() - before
        length += len(sound) / RATE
        told, real = told + len(found), real + len(truth)
        misses += matched(found, truth)
    table.add(f"applause, {real} in {length / 3600:.1f} h", f"precision {len(misses) / told:.3f}", "", "0.9")
    table.add("", f"recall {len(misses) / real:.3f}", "", "0.9")
    table.add("", f"p95 of start and end {np.percentile(np.abs(misses), 95):.2f} s")
    table.add("", f"{length / spent:.0f} times real time")
