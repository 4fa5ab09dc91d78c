"""The demo's files: collected static files, and what a reset removes."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.management import call_command

LOCK = "demo.lock"
_MADE_BY_THE_DEMO = ("broker", "mail", "media", "uploads")


class NotTheDemosError(Exception):
    """What would be removed does not belong to the demo."""


class AlreadyRunningError(Exception):
    """Another demo works in the same folder; its process id is the argument."""


def lock_demo() -> int:
    """Let no second demo work in the same folder; return the open file that holds the lock.

    The lock stays over ``exec`` and falls with the process. Raises AlreadyRunningError.
    """
    descriptor = os.open(settings.VAR_DIR / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.read(descriptor, 20).decode().strip()
        os.close(descriptor)
        raise AlreadyRunningError(holder or "?") from error
    os.truncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    os.set_inheritable(descriptor, True)
    return descriptor


def remove_demo(database: Mapping[str, Any], folder: Path) -> None:
    """Remove the demo's database (an entry of ``DATABASES``) and the files that came with it to ``folder``.

    Raises NotTheDemosError for a database that is not an SQLite file in that folder.
    """
    path = Path(str(database["NAME"])).resolve()
    if not database["ENGINE"].endswith("sqlite3") or not path.is_relative_to(folder.resolve()):
        raise NotTheDemosError(str(database["NAME"]))
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    for name in _MADE_BY_THE_DEMO:
        shutil.rmtree(folder / name, ignore_errors=True)
    for schedule in folder.glob("celerybeat-schedule*"):
        schedule.unlink()
    for name in ("queue", "processed", "control"):
        (folder / "broker" / name).mkdir(parents=True)


def collect_static_files() -> bool:
    """Collect the static files when one of them changed; tell whether anything had to be done."""
    stamp = settings.VAR_DIR / "static.stamp"
    wanted = _fingerprint()
    collected = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if collected.exists() and stamp.exists() and stamp.read_text() == wanted:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(wanted)
    return True


def learn_static_names() -> None:
    """Read anew under which names the static files were collected; that happened in another process."""
    if isinstance(staticfiles_storage, ManifestFilesMixin):
        staticfiles_storage.hashed_files, staticfiles_storage.manifest_hash = (
            staticfiles_storage.load_manifest()
        )


def _fingerprint() -> str:
    """Return a digest of name, size and time of every static file, and of how they are stored."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{storage.base_location}/{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
