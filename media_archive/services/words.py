"""What was said and what the parts are called: taken in whole, replacing what stood there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone

from media_archive.chapters import ChapterRow
from media_archive.models import LONGEST_MS, Chapter, Cue, Recording, Transcript
from media_archive.services.filming import touch
from media_archive.transcripts import Line
from network.models import Person
from network.services import record_audit
from sessions_app.registration.services.places import one_transaction

BATCH = 2000


@one_transaction
def take_transcript(
    *, recording: Recording, language: str, lines: Iterable[Line], shift_ms: int = 0, end_ms: int | None = None,
    is_original: bool = True, actor: Person | None,
) -> Transcript:  # fmt: skip
    """Write down what is said in a language; ``shift_ms`` is where the text's zero lies on the recording's clock.

    What stood there of the same language is replaced: all of it, or what lies between ``shift_ms`` and ``end_ms``.
    """
    transcript, _made = Transcript.objects.update_or_create(
        recording=recording, language=language,
        defaults={"is_original": is_original, "by": actor, "updated_at": timezone.now()},
    )  # fmt: skip
    old = transcript.cues.all()
    if end_ms is not None:
        old = old.filter(start_ms__gte=shift_ms, start_ms__lt=end_ms)
    old.delete()
    moved = (
        Cue(
            transcript=transcript, start_ms=max(0, line.start_ms + shift_ms), end_ms=line.end_ms + shift_ms,
            speaker=line.speaker, text=line.text,
        )
        for line in lines
        if 0 < line.end_ms + shift_ms <= LONGEST_MS
    )  # fmt: skip
    written = len(Cue.objects.bulk_create(moved, batch_size=BATCH))
    record_audit(
        actor=actor, action="media.transcript_taken", subject=transcript, event_id=recording.event_id,
        changes={"lines": (None, written), "language": (None, language)},
    )  # fmt: skip
    touch(recording)
    return transcript


@one_transaction
def drop_transcript(*, transcript: Transcript, actor: Person | None) -> None:
    """Remove a transcript."""
    recording = transcript.recording
    record_audit(
        actor=actor, action="media.transcript_dropped", subject=transcript, event_id=recording.event_id
    )
    transcript.cues.all().delete()
    transcript.delete()
    touch(recording)


@one_transaction
def set_chapters(
    *, recording: Recording, rows: Mapping[str, Sequence[ChapterRow]], start_ms: int, end_ms: int,
    actor: Person | None,
) -> int:  # fmt: skip
    """Replace the chapters between two moments; ``rows`` are language to chapters, counted from ``start_ms``.

    Chapters of two languages that begin at the same moment are one. Returns how many there are.
    """
    recording.chapters.filter(at_ms__gte=start_ms, at_ms__lt=end_ms).delete()
    titles: dict[int, dict[str, str]] = {}
    for language, chapters in rows.items():
        for row in chapters:
            if start_ms + row.at_ms < end_ms:
                titles.setdefault(start_ms + row.at_ms, {})[f"title_{language}"] = row.title
    for at_ms, names in sorted(titles.items()):
        Chapter.objects.create(recording=recording, at_ms=at_ms, **names)
    record_audit(
        actor=actor, action="media.chapters_set", subject=recording, event_id=recording.event_id,
        changes={"chapters": (None, len(titles))},
    )  # fmt: skip
    touch(recording)
    return len(titles)


def chapters_from_speakers(lines: Iterable[Line], *, least_ms: int = 60_000) -> list[ChapterRow]:
    """Return a chapter for each speaker who speaks at least so long without another of that kind between."""
    turns: list[list[int | str]] = []  # speaker, from, to
    for line in lines:
        if not line.speaker:
            continue
        if turns and turns[-1][0] == line.speaker:
            turns[-1][2] = line.end_ms
        else:
            turns.append([line.speaker, line.start_ms, line.end_ms])
    rows: list[ChapterRow] = []
    for name, start, end in turns:
        if int(end) - int(start) >= least_ms and (not rows or rows[-1].title != name):
            rows.append(ChapterRow(int(start), str(name)))
    return rows
