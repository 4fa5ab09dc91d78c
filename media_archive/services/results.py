"""What came of a session or day beside its recording, and the slides that were shown."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max

from media_archive.models import Material, MaterialKind, Recording, SlideDeck, SlideMark, Step
from media_archive.services.filming import touch
from media_archive.services.queueing import queue
from network.localised import set_localised
from network.models import Person
from network.services import record_audit
from network.web.uploads import CheckedUpload
from sessions_app.events.models import Event
from sessions_app.programme.models import Session
from sessions_app.registration.services.places import one_transaction


def _keep(file: UploadedFile[bytes], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    file.seek(0)
    with target.open("wb") as written:
        for block in file.chunks():
            written.write(block)


@one_transaction
def save_material(
    *, event: Event, material: Material | None, kind: MaterialKind, titles: Mapping[str, str],
    texts: Mapping[str, str], session: Session | None, date: dt.date | None, url: str,
    upload: CheckedUpload | None, is_published: bool, actor: Person | None,
) -> Material:  # fmt: skip
    """Add a material of a session, a day or the event, or change one; a new file takes the place of the old."""
    one = material or Material(event=event, by=actor, sort_order=_next(event))
    one.kind, one.session, one.date, one.url, one.is_published = kind, session, date, url, is_published
    set_localised(one, "title", dict(titles))
    set_localised(one, "text", dict(texts))
    before = one.path
    if upload is not None:
        path = f"recordings/{event.pk}/materials/{upload.name}"
        _keep(upload.file, Path(settings.MEDIA_ROOT) / path)
        one.path, one.original_name = path, upload.original_name
        one.content_type, one.size = upload.kind.content_type, upload.file.size or 0
        if before:
            transaction.on_commit(lambda: (Path(settings.MEDIA_ROOT) / before).unlink(missing_ok=True))
    one.save()
    record_audit(
        actor=actor, action="media.material_saved", subject=one, event_id=event.pk,
        changes={"published": (None, is_published), "kind": (None, str(kind))},
    )  # fmt: skip
    return one


def _next(event: Event) -> int:
    return (Material.objects.filter(event=event).aggregate(most=Max("sort_order"))["most"] or 0) + 1


@one_transaction
def remove_material(*, material: Material, actor: Person | None) -> None:
    """Remove a material and its file."""
    path = material.path
    record_audit(actor=actor, action="media.material_removed", subject=material, event_id=material.event_id)
    material.delete()
    if path:
        transaction.on_commit(lambda: (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True))


@one_transaction
def add_deck(*, recording: Recording, title: str, upload: CheckedUpload, actor: Person | None) -> SlideDeck:
    """Add slides to a recording; their pages are drawn by a worker."""
    deck = SlideDeck(recording=recording, title=title[:300])
    deck.path = str((deck.folder / "slides.pdf").relative_to(settings.MEDIA_ROOT))
    _keep(upload.file, deck.folder / "slides.pdf")
    deck.save(force_insert=True)
    queue(recording=recording, deck=deck, step=Step.SLIDES)
    record_audit(actor=actor, action="media.slides_added", subject=deck, event_id=recording.event_id)
    touch(recording)
    return deck


@one_transaction
def remove_deck(*, deck: SlideDeck, actor: Person | None) -> None:
    """Remove slides with all marks of theirs."""
    folder, recording = deck.folder, deck.recording
    record_audit(actor=actor, action="media.slides_removed", subject=deck, event_id=recording.event_id)
    deck.delete()
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))
    touch(recording)


@one_transaction
def mark_slides(*, deck: SlideDeck, marks: Mapping[int, int], actor: Person | None) -> None:
    """Say from when each page is on the screen: milliseconds on the recording's clock to page. Replaces all marks."""
    deck.marks.all().delete()
    SlideMark.objects.bulk_create(
        SlideMark(deck=deck, at_ms=at_ms, page=page) for at_ms, page in sorted(marks.items())
    )
    record_audit(
        actor=actor, action="media.slides_marked", subject=deck, event_id=deck.recording.event_id,
        changes={"marks": (None, len(marks))},
    )  # fmt: skip
    touch(deck.recording)
