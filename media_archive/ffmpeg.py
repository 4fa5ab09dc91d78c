"""Runs ffmpeg as a program on files that nobody vouches for; knows no Django.

A file is opened by the demuxer that its first bytes call for and by no other, as ``file:PATH`` and with no
protocol but ``file``: a playlist renamed ``.mp4`` would have ffmpeg read other files, and a name such as
``-y.mp4`` would be an option. Pixels, memory and time are bounded, and the program ends with its parent.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MAX_PIXELS = 4096 * 2304  # 4K of the cinema, with the padding that codecs add
MAX_STREAMS = 64
MEMORY = 4 * 1024**3  # bytes of address space
TAIL = 4000  # characters of what it said that are kept for the log
PR_SET_PDEATHSIG = 1


class MediaFault(Exception):
    """The program could not do it; ``fault`` is one of FAULTS, ``detail`` what it said last."""

    def __init__(self, fault: str, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail[-300:]}" if detail else fault)
        self.fault = fault
        self.detail = detail


FAULTS = (
    "empty",  # 0 bytes
    "unknown",  # no recording by its first bytes
    "unreadable",  # damaged or cut off, so that nothing can be read
    "too_many_pixels",
    "nothing_to_play",  # neither picture nor sound
    "no_room",  # the disk is full
    "too_slow",
    "stopped",
    "broken",  # the program failed otherwise
)


@cache
def ffmpeg_path() -> str:
    """Return the program: the system's when it can make H.264, else that of the package. Raises FileNotFoundError."""
    found = shutil.which("ffmpeg")
    if found is not None:
        said = subprocess.run(  # noqa: S603 - a path that the system gave
            [found, "-hide_banner", "-encoders"], capture_output=True, text=True, check=False
        ).stdout
        if "libx264" in said:
            return found
    try:
        import imageio_ffmpeg
    except ImportError as error:
        raise FileNotFoundError("No ffmpeg with libx264 is installed: see README, “Dependencies”.") from error
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def demuxer_of(path: Path) -> str:
    """Return ffmpeg's demuxer for the file by its first bytes. Raises MediaFault (empty, unknown)."""
    with path.open("rb") as file:
        head = file.read(1024)
    if not head:
        raise MediaFault("empty")
    for demuxer, is_it in _SIGNATURES:
        if is_it(head):
            return demuxer
    raise MediaFault("unknown")


def _is_transport_stream(head: bytes) -> bool:
    return (len(head) > 376 and all(head[offset] == 0x47 for offset in (0, 188, 376))) or (
        len(head) > 388
        and all(head[offset] == 0x47 for offset in (4, 196, 388))  # as cameras write it (M2TS)
    )


_SIGNATURES: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("mov", lambda head: head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}),
    ("matroska", lambda head: head.startswith(b"\x1aE\xdf\xa3")),
    ("mpegts", _is_transport_stream),
    ("mpeg", lambda head: head.startswith(b"\x00\x00\x01\xba")),
    ("mxf", lambda head: b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01" in head),
    ("avi", lambda head: head.startswith(b"RIFF") and head[8:12] == b"AVI "),
    ("wav", lambda head: head.startswith((b"RIFF", b"RF64")) and head[8:12] == b"WAVE"),
    ("flv", lambda head: head.startswith(b"FLV\x01")),
    ("asf", lambda head: head.startswith(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11")),
    ("ogg", lambda head: head.startswith(b"OggS")),
    ("flac", lambda head: head.startswith(b"fLaC")),
    ("mp3", lambda head: head.startswith(b"ID3") or head[:2] in {b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"}),
)


def input_arguments(path: Path) -> list[str]:
    """Return ffmpeg's arguments that open the file, and nothing else. Raises MediaFault (empty, unknown)."""
    demuxer = demuxer_of(path)
    return [
        "-protocol_whitelist", "file",
        "-format_whitelist", demuxer,
        "-max_streams", str(MAX_STREAMS),
        "-max_pixels", str(MAX_PIXELS),
        "-f", demuxer,
        "-i", f"file:{path}",
    ]  # fmt: skip


def _bound_child() -> None:
    """Bound the program's memory and tie it to its parent; runs between fork and exec."""
    if sys.platform != "linux":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.nice(5)  # pages come first


def start(arguments: Sequence[str], *, stdout: int, stderr: int) -> subprocess.Popen[bytes]:
    """Start the program on these arguments (without its name), quiet and without a keyboard."""
    command = [ffmpeg_path(), "-nostdin", "-hide_banner", *arguments]
    # Workers have one thread when they fork, so running code of ours in the child is safe.
    return subprocess.Popen(  # noqa: S603 - a list of our own making
        command,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        preexec_fn=_bound_child,
    )


@dataclass(frozen=True, slots=True)
class Done:
    """What a run said on stderr (its end) and how long it took, in seconds."""

    said: str
    seconds: float


def run(
    arguments: Sequence[str],
    *,
    seconds: float,
    on_progress: Callable[[float], bool] | None = None,
    tail: int = TAIL,
) -> Done:
    """Run the program for so many seconds at most and keep the last ``tail`` characters of its words; ``on_progress`` gets the seconds of media done and may say False to stop.

    Raises MediaFault.
    """
    began = time.monotonic()
    process = start(
        ["-progress", "pipe:1", "-nostats", "-stats_period", "0.5", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    said = bytearray()
    reader = threading.Thread(target=_keep_tail, args=(process, said, tail), daemon=True)
    reader.start()
    fault = ""
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        for line in process.stdout:
            moment = _OUT_TIME.match(line)
            if moment and on_progress is not None and not on_progress(int(moment[1]) / 1e6):
                fault = "stopped"
                break
    finally:
        timer.cancel()
        if fault or (process.poll() is None and sys.exc_info()[0] is not None):
            process.kill()
        process.wait()
        reader.join()
        for pipe in (process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
    text = said.decode("utf-8", "replace")
    if process.returncode and not fault:
        fault = "too_slow" if time.monotonic() - began >= seconds else fault_of(text)
    if fault:
        raise MediaFault(fault, text)
    return Done(text, time.monotonic() - began)


_OUT_TIME = re.compile(rb"out_time_us=(\d+)")


def _keep_tail(process: subprocess.Popen[bytes], said: bytearray, tail: int) -> None:
    assert process.stderr is not None  # noqa: S101 - it is a pipe
    while block := process.stderr.read1(8192):  # type: ignore[attr-defined]
        said += block
        del said[:-tail]


def fault_of(said: str) -> str:
    """Return the fault that the program's own words name."""
    for fault, words in (
        ("no_room", ("No space left on device",)),
        ("too_many_pixels", ("Picture size", "exceeds max_pixels", "is invalid")),
        ("nothing_to_play", ("does not contain any stream", "matches no streams")),
        ("unreadable", ("moov atom not found", "Invalid data found when processing input", "End of file")),
    ):
        if any(word in said for word in words):
            return fault
    return "broken"
