"""Recordings on their way here: begun, finished, given up."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from media_archive.errors import MediaError, TooManyCameras, full_disk_told
from media_archive.models import CameraFile, Recording, Upload
from media_archive.services.filming import clean_name, take_file
from network.models import Person
from network.services import record_audit
from sessions_app.registration.services.places import one_transaction

KEPT = dt.timedelta(days=7)


class TooLarge(MediaError):
    """More than is taken."""


@one_transaction
def begin_upload(
    *, recording: Recording, person: Person, name: str, size: int, camera_label: str = "", sha256: str = ""
) -> Upload:
    """Make room for a file of ``size`` bytes. Raises TooLarge; zero bytes are no recording and raise it as well."""
    if not 0 < size <= settings.MAX_RECORDING_BYTES:
        raise TooLarge
    upload = Upload.objects.create(
        recording=recording, person=person, name=clean_name(name), size=size, camera_label=camera_label.strip()[:80],
        sha256=sha256.lower() if re.fullmatch(r"[0-9a-fA-F]{64}", sha256) else "",
    )  # fmt: skip
    upload.path.parent.mkdir(parents=True, exist_ok=True)
    upload.path.touch()
    record_audit(
        actor=person, action="media.upload_begun", subject=upload, event_id=recording.event_id,
        changes={"size": (None, size)},
    )  # fmt: skip
    return upload


@one_transaction
def finish_upload(*, upload: Upload) -> CameraFile | None:
    """Take a file that has arrived whole into the archive; None when that was done before, or it is not whole yet.

    Raises TooManyCameras.
    """
    locked = Upload.objects.select_for_update().select_related("recording__event", "person").get(pk=upload.pk)
    if (
        locked.finished_at is not None
        or not locked.path.exists()
        or locked.path.stat().st_size != locked.size
    ):
        return None
    file = take_file(
        recording=locked.recording, label=locked.camera_label, path=locked.path, name=locked.name,
        actor=locked.person, move=True, sha256=locked.sha256,
    )  # fmt: skip
    locked.finished_at = timezone.now()
    locked.save(update_fields=["finished_at"])
    return file


@one_transaction
def give_up_upload(*, upload: Upload) -> None:
    """Remove an upload and what has arrived of it."""
    path = upload.path
    upload.delete()
    path.unlink(missing_ok=True)


def take_sent(
    *, recording: Recording, label: str, content: bytes, name: str, actor: Person | None
) -> CameraFile:
    """Take a small file that was sent with a form. Raises NoRoom and what ``take_file`` raises."""
    path = Path(settings.MEDIA_ROOT) / "uploads" / f"form-{uuid.uuid4()}"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with full_disk_told():
            path.write_bytes(content)
        return take_file(recording=recording, label=label, path=path, name=name, actor=actor, move=True)
    finally:
        path.unlink(missing_ok=True)


def tend_uploads(*, now: dt.datetime | None = None) -> int:
    """Finish what arrived whole while nobody was there to take it; remove what was left lying for a week. Returns how many."""
    moment = now or timezone.now()
    count = 0
    for upload in Upload.objects.filter(finished_at=None):
        if upload.path.exists() and upload.path.stat().st_size == upload.size:
            try:
                count += finish_upload(upload=upload) is not None
            except TooManyCameras:
                continue
        elif upload.created_at < moment - KEPT and _is_still(upload, moment):
            give_up_upload(upload=upload)
            count += 1
    Upload.objects.filter(finished_at__lt=moment - KEPT).delete()
    return count


def _is_still(upload: Upload, moment: dt.datetime) -> bool:
    if not upload.path.exists():
        return True
    written = dt.datetime.fromtimestamp(upload.path.stat().st_mtime, tz=dt.UTC)
    return written < moment - KEPT
