"""What can stand in the way of a change to recordings; pages put the names into sentences."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager


class MediaError(Exception):
    """A change to recordings that cannot be made."""


class SameFile(MediaError):
    """The event has this file already; ``other`` is its name there."""

    def __init__(self, other: str) -> None:
        super().__init__(other)
        self.other = other


class TooManyCameras(MediaError):
    """Nine views are the most: each has a key."""


class NotAligned(MediaError):
    """Nothing can be cut before the first file's place on the clock is known."""


class NothingRecorded(MediaError):
    """No recording covers what was asked for."""


class WrongState(MediaError):
    """The thing is not in the state that the change begins from."""


class InboxAway(MediaError):
    """The place that files are taken from cannot be reached."""


class NoRoom(MediaError):
    """The disk is full."""


@contextmanager
def full_disk_told() -> Iterator[None]:
    """Raise NoRoom where the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NoRoom from error
        raise


class Replaced(MediaError):
    """A file lies where files are taken from, but it is another one than was found there."""


class NoSuchFile(MediaError):
    """A file that was named is not there, or lies outside the folder that files are taken from."""


class WrongAddress(MediaError):
    """The address is none of the web: only http and https lead to a recording elsewhere."""


class BeingAligned(MediaError):
    """The clock cannot be moved while cameras are being put on it."""
