"""Puts the files of several cameras on one clock by their sound; knows no Django and needs only NumPy and ffmpeg.

A moment ``t_file`` of a file (milliseconds from its own start) lies on the clock at
``offset_ms + t_file * (1 + clock_ppm * 1e-6)``. So a camera that was switched on two seconds after the clock's start
has an offset of +2000, and a camera whose clock runs fast, which counts more seconds than passed, a negative ppm.
"""

from media_archive.alignment.days import Day, Placement, align_day
from media_archive.alignment.decoding import Decoded, decode
from media_archive.alignment.outcomes import IN_WORDS, Match, Reason
from media_archive.alignment.pairs import align
from media_archive.alignment.sources import RATE, Samples, Sound, Source

__all__ = [
    "IN_WORDS",
    "RATE",
    "Day",
    "Decoded",
    "Match",
    "Placement",
    "Reason",
    "Samples",
    "Sound",
    "Source",
    "align",
    "align_day",
    "decode",
]
