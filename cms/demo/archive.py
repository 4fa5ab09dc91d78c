"""Fills the demo's archive: films made on the spot, worked through like any others, with words, slides and results.

It takes a minute or two of the media worker's time and is done a day at a time, so that the first day can be
watched while the others are being made. A run that was cut off goes on with the day it was at.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from cms.demo.content import read
from media_archive.chapters import ChapterRow
from media_archive.models import Access, Cut, Material, MaterialKind, Recording, SlideDeck
from media_archive.services.cutting import cut_sessions, cut_whole_day, describe_cut, publish_cut
from media_archive.services.filming import open_recording, take_file
from media_archive.services.results import add_deck, mark_slides, save_material
from media_archive.services.words import set_chapters, take_transcript
from media_archive.services.working import work_until_idle
from media_archive.transcripts import Line
from network.web.uploads import check_upload
from sessions_app.events.models import Event, EventDay

log = structlog.get_logger(__name__)
LANGUAGES = ("en", "ru")
LONGEST = 3600 * 1000


def fill_archive() -> int:
    """Make what is missing of the demo's archive; return how many days were filled. Nothing when the event is not there."""
    content = read("recordings.toml")
    event = Event.objects.filter(slug=content["event"]).first()
    if event is None:
        return 0
    filled = 0
    days = list(EventDay.objects.filter(event=event).order_by("date"))
    for item in content["day"]:
        date = days[item["day"] - 1].date
        if Cut.objects.filter(event=event, recording__date=date, session=None, title="").exists():
            continue  # the cut of the whole day comes last
        _fill_day(event, date, item)
        filled += 1
    if filled and not Material.objects.filter(event=event).exists():
        for item in content["material"]:
            _add_material(event, days, item)
    return filled


def _fill_day(event: Event, date: dt.date, item: Mapping[str, Any]) -> None:
    from cms.demo.recordings import DAYS, make_recordings  # brings NumPy

    plan = DAYS[item["day"] - 1]
    zero = dt.datetime.combine(date, plan.zero, tzinfo=event.zone)
    room = event.rooms.order_by("sort_order", "id").first()
    recording = open_recording(
        event=event, date=date, room_name=str(room), starts_at=zero.astimezone(dt.UTC), actor=None
    )
    if not recording.cameras.exists():
        with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as folder:
            for film in make_recordings(Path(folder), [plan]):
                name = f"{date:%Y-%m-%d} {film.path.name}"
                take_file(
                    recording=recording, label=film.label, path=film.path, name=name, actor=None, move=True
                )
    work_until_idle()
    _write_words(recording, item)
    _add_slides(recording, item)
    for cut in cut_sessions(event=event, date=date, actor=None).made:
        describe_cut(
            cut=cut, summaries=dict(zip(LANGUAGES, item["summary"], strict=True)), external_url="", actor=None
        )
        publish_cut(cut=cut, access=Access.PUBLIC, actor=None)
    publish_cut(cut=cut_whole_day(recording=recording, actor=None), access=Access.PUBLIC, actor=None)
    log.info("demo_day_filmed", date=str(date))


def _write_words(recording: Recording, item: Mapping[str, Any]) -> None:
    rows = {
        language: [ChapterRow(1000 * row[0], row[1 + index]) for row in item["chapters"]]
        for index, language in enumerate(LANGUAGES)
    }
    set_chapters(recording=recording, rows=rows, start_ms=0, end_ms=LONGEST, actor=None)
    for index, language in enumerate(LANGUAGES):
        lines = [
            Line(round(1000 * row[0]), round(1000 * row[1]), row[4 + index], row[2 + index])
            for row in item["lines"]
        ]
        take_transcript(
            recording=recording, language=language, lines=lines, is_original=language == "ru", actor=None
        )


def _add_slides(recording: Recording, item: Mapping[str, Any]) -> None:
    if not item["slides"] or SlideDeck.objects.filter(recording=recording).exists():
        return
    file = SimpleUploadedFile("slides.pdf", _slides_pdf([row[1] for row in item["chapters"]], item["screen"]))
    deck = add_deck(
        recording=recording, title=item["screen"][1], upload=check_upload(file, kinds=("pdf",)), actor=None
    )
    work_until_idle()
    deck.refresh_from_db()
    mark_slides(
        deck=deck, marks={1000 * at: page for at, page in item["slides"] if page <= deck.pages}, actor=None
    )


def _slides_pdf(titles: Sequence[str], screen: Sequence[str]) -> bytes:
    """Return slides, a page a title behind the first one, set in the house's own typeface."""
    import typst

    from network.paper.typesetting import font_folders

    body = "#pagebreak()".join(
        f'#align(horizon)[#text(size: 44pt, weight: 700, fill: rgb("#16202e"))[{_plain(title)}] '
        f'#v(12pt) #text(size: 20pt, fill: rgb("#44526a"))[{_plain(screen[1])}]]'
        for title in (screen[0], *titles)
    )
    source = (
        '#set page(width: 960pt, height: 540pt, margin: 64pt, fill: rgb("#f6f7f9"))\n'
        f'#set text(font: "IBM Plex Sans")\n{body}'
    )
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(path) for path in font_folders()])
    return bytes(typst.compile(source.encode(), font_paths=fonts))


def _plain(text: str) -> str:
    return "".join(f"\\{sign}" if sign in r"\#$*_`<>@[]" else sign for sign in text)


def _add_material(event: Event, days: Sequence[EventDay], item: Mapping[str, Any]) -> None:
    save_material(
        event=event, material=None, kind=MaterialKind(item["kind"]), session=None, url="", upload=None,
        date=days[item["day"] - 1].date if "day" in item else None,
        titles=dict(zip(LANGUAGES, item["title"], strict=True)), texts=dict(zip(LANGUAGES, item["text"], strict=True)),
        is_published=True, actor=None,
    )  # fmt: skip
