"""How loud a recording is, moment by moment and on the whole; knows no Django, and is imported only by workers."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from media_archive import applause
from media_archive.ffmpeg import MediaFault, fault_of, input_arguments, start

RATE = applause.RATE  # samples a second; the loudness of speech needs no more
QUIETEST = -60.0  # dB below full scale that is drawn as nothing


@dataclass(frozen=True, slots=True)
class Heard:
    """What a sound is like.

    ``wave`` has a byte of loudness for each window (0: -60 dB and less, 255: full scale), ``loudness`` is that of the whole
    in LUFS (EBU R 128), ``applause`` are start and end of each in milliseconds from the start of the file.
    """

    wave: bytes
    loudness: float | None
    applause: tuple[tuple[int, int], ...]


def measure(path: Path, *, track: int, window_ms: int, on_progress: Callable[[float], bool]) -> Heard:
    """Listen to one track of a file. Raises MediaFault."""
    window = RATE * window_ms // 1000
    process = start(
        [*input_arguments(path), "-map", f"0:a:{track}", "-sn", "-dn", "-vn",
         "-af", f"aresample=async=1:first_pts=0,ebur128=framelog=quiet,aresample={RATE}",
         "-ac", "1", "-f", "s16le", "-nostats", "pipe:1"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    assert process.stderr is not None  # noqa: S101 - it is a pipe
    wave, listener = bytearray(), applause.Listener()
    rest = b""
    try:
        while block := process.stdout.read(2 * window * 600):
            block = rest + block
            whole = len(block) // (2 * window) * 2 * window
            rest = block[whole:]
            samples = np.frombuffer(block[:whole], np.int16).reshape(-1, window).astype(np.float32)
            listener.take(samples.reshape(-1))
            power = np.mean(samples * samples, axis=1) / 32768**2
            level = 10 * np.log10(np.maximum(power, 1e-10))
            wave += np.clip((level - QUIETEST) / -QUIETEST * 255, 0, 255).astype(np.uint8).tobytes()
            if not on_progress(len(wave) * window_ms / 1000):
                raise MediaFault("stopped")
        said = process.stderr.read().decode("utf-8", "replace")
    finally:
        process.stdout.close()
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()
    if process.returncode > 0:
        raise MediaFault(fault_of(said), said[-2000:])
    found = re.search(r"Integrated loudness:\s+I:\s+(-?[\d.]+) LUFS", said)
    return Heard(bytes(wave), float(found[1]) if found else None, tuple(listener.applause()))
