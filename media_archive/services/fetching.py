"""Brings a file from where it lies; an interrupted try is gone on with only while the same file lies there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from media_archive.errors import Replaced
from media_archive.ffmpeg import MediaFault
from media_archive.inbox import Found, Inbox

TRIES = 2  # what is replaced again while it is fetched anew is still being written


def bring(box: Inbox, name: str, part: Path, tell: Callable[[float], bool]) -> None:
    """Copy the file to ``part``, on from what is there of this very one; ``tell`` gets the share that is done.

    Beside it stands for the time being of which version it is a part. Raises InboxAway, NoSuchFile, Replaced, and
    MediaFault (stopped).
    """
    for turn in range(TRIES):
        found = box.find(name)
        try:
            _go_on(box, name, found, part, tell)
        except Replaced:
            if turn == TRIES - 1:
                raise
        else:
            _note_of(part).unlink(missing_ok=True)
            return


def _note_of(part: Path) -> Path:
    return part.with_name(f"{part.name}.of")


def _go_on(box: Inbox, name: str, found: Found, part: Path, tell: Callable[[float], bool]) -> None:
    note, words = _note_of(part), f"{found.size} {found.version}"
    if not note.exists() or note.read_text() != words:
        part.unlink(missing_ok=True)  # of another file, or nobody knows of which
        note.write_text(words)
    with part.open("ab") as target:
        arrived = target.tell()
        for block in box.blocks(name, arrived, found) if arrived < found.size else ():
            target.write(block)
            arrived += len(block)
            if not tell(arrived / found.size):
                raise MediaFault("stopped")
        target.flush()
        os.fsync(target.fileno())
    if arrived != found.size:
        part.unlink()
        raise Replaced(name)
