"""A disk that is really full: a small file system of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MIB = 1024 * 1024


class Disk:
    """A file system of some megabytes, filled up as far as a test wants it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._filler = place / "filler"

    @property
    def room(self) -> int:
        """Bytes that are free."""
        found = os.statvfs(self.place)
        return found.f_bavail * found.f_frsize

    def leave(self, room: int) -> None:
        """Fill the disk up so that ``room`` bytes are left."""
        self.make_room()
        self._filler.write_bytes(bytes(self.room - room))

    def make_room(self) -> None:
        """Take away what fills it."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(place: Path, size: int = 40 * MIB) -> Iterator[Disk]:
    """Mount a disk of so many bytes at a folder; the test is skipped where that is not allowed."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("Mounting a small disk is not allowed here: a full disk is only imitated.")
    try:
        yield Disk(place)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
