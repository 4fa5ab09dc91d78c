"""Gives the sound of a file to be compared: ffmpeg writes it to a temporary file once, pieces are read from there."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

from media_archive.alignment.sources import RATE, Wave
from media_archive.ffmpeg import MediaFault, fault_of, input_arguments, start

CHANNELS = 2
BLOCK = RATE * CHANNELS * 60  # bytes that are read at once: a minute


PROBED = BLOCK // 8  # bytes of each block that choose the channel


def _keep_together(pid: int) -> None:
    """Keep the program's threads on one processor: passing small packets to another costs more than decoding them."""
    if sys.platform == "linux":
        usable = sorted(os.sched_getaffinity(0))
        with contextlib.suppress(OSError):
            os.sched_setaffinity(pid, {usable[pid % len(usable)]})


def _expansion() -> Wave:
    """Return the sample (-1 to 1) of each byte of mu-law (ITU-T G.711)."""
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    size = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return (np.where(code & 0x80, -size, size) / 32768).astype(np.float32)


EXPANSION = _expansion()


class Decoded:
    """The sound of a file, two channels, a byte a sample: 58 MB an hour in a temporary file without a name.

    The channel that is louder above the hum is read: the sum of both could cancel. Close it after use.
    """

    def __init__(
        self, path: Path, *, track: int = 0, on_progress: Callable[[float], bool] | None = None
    ) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it is read until close()
        self._loudness = np.zeros(CHANNELS)
        try:
            self._fill(path, track, on_progress)
        except BaseException:
            self.close()
            raise
        self._channel = int(np.argmax(self._loudness))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the temporary file back."""
        self._file.close()

    @property
    def seconds(self) -> float:
        """The length of the sound."""
        return self._size / CHANNELS / RATE

    def read(self, start: float, seconds: float) -> Wave:
        """Return round(seconds * RATE) samples of the louder channel from ``start`` on; what lies outside is 0."""
        first, count = round(start * RATE), round(seconds * RATE)
        wave = np.zeros(count, np.float32)
        begin, end = max(first, 0), min(first + count, self._size // CHANNELS)
        if begin < end:
            self._file.seek(begin * CHANNELS)
            both = np.frombuffer(self._file.read((end - begin) * CHANNELS), np.uint8)
            wave[begin - first : end - first] = EXPANSION[both[self._channel :: CHANNELS]]
        return wave

    def _fill(self, path: Path, track: int, on_progress: Callable[[float], bool] | None) -> None:
        self._size = 0
        with tempfile.TemporaryFile() as said:
            process = start(
                ["-loglevel", "error", *input_arguments(path), "-map", f"0:a:{track}", "-vn", "-sn", "-dn",
                 "-af", f"aresample={RATE}:async=1:first_pts=0,aformat=channel_layouts=stereo,asetnsamples=8192:p=0",
                 "-f", "mulaw", "pipe:1"],
                stdout=subprocess.PIPE, stderr=said.fileno(),
            )  # fmt: skip
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            _keep_together(process.pid)
            try:
                while block := process.stdout.read(BLOCK):
                    self._take(np.frombuffer(block[: len(block) // CHANNELS * CHANNELS], np.uint8))
                    if on_progress is not None and not on_progress(self.seconds):
                        raise MediaFault("stopped")
            finally:
                process.stdout.close()  # a program that still writes ends by this
                process.wait()
            if process.returncode:
                said.seek(0)
                words = said.read(8000).decode("utf-8", "replace")
                raise MediaFault(fault_of(words), words)

    def _take(self, block: NDArray[np.uint8]) -> None:
        self._file.write(block.tobytes())
        self._size += len(block)
        both = EXPANSION[block[:PROBED]].reshape(-1, CHANNELS)
        self._loudness += np.sum(np.square(np.diff(both, axis=0)), axis=0, dtype=np.float64)


def decode(path: Path, *, track: int = 0, on_progress: Callable[[float], bool] | None = None) -> Decoded:
    """Return the sound of the file's audio track (from 0); ``on_progress`` gets the seconds done and may say False.

    Raises MediaFault.
    """
    return Decoded(path, track=track, on_progress=on_progress)
