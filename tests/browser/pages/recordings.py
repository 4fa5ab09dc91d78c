"""Pages of recordings, for viewers and for the media editor: long names, work under way and failed, nothing yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils import timezone
from PIL import Image

from media_archive.chapters import ChapterRow
from media_archive.models import (
    Access,
    Applause,
    CameraFile,
    Cut,
    CutState,
    Job,
    JobState,
    Match,
    Material,
    MaterialKind,
    Recording,
    Rendition,
    SlideDeck,
    SoundTrack,
    Step,
    Upload,
)
from media_archive.services.cutting import cut_sessions, cut_whole_day, describe_cut, make_link, publish_cut
from media_archive.services.elsewhere import link_elsewhere
from media_archive.services.filming import camera_of, open_recording
from media_archive.services.words import set_chapters, take_transcript
from media_archive.transcripts import Line
from network.models import Person
from network.services import confirm_email
from sessions_app.events.models import Event, TeamRole
from sessions_app.programme.services.releasing import release_programme
from tests.browser.pages.visit import State, Visit
from tests.factories import OrganisationFactory, PersonFactory, SessionFactory, SessionRoleFactory, make_event

UNBROKEN = "Сельскохозяйственнаявысокотехнологичнаякооперация" * 2
LONG = (
    "Digital transformation and cooperation between the industrial clusters of many regions, in detail " * 2
)
MINUTE = 60_000


def add_recordings(places: dict[str, Any]) -> None:
    """Add a day filmed by two cameras, one that is being worked on, and an event where nothing was filmed."""
    editor = PersonFactory(name="Mina Media", email="mina@plenum.example")
    confirm_email(person=editor)
    event = _event("filmed", editor)
    _event("unfilmed", editor)
    recording = _recording(event)
    cuts = cut_sessions(event=event, date=recording.date, actor=None).made
    describe_cut(
        cut=cuts[0],
        summaries={"en": LONG, "ru": UNBROKEN},
        external_url="https://films.example/1",
        actor=None,
    )
    publish_cut(cut=cuts[0], access=Access.PUBLIC, actor=None)
    publish_cut(cut=cuts[1], access=Access.REGISTERED, publish_at=None, actor=None)
    publish_cut(cut=cut_whole_day(recording=recording, actor=None), access=Access.PUBLIC, actor=None)
    tomorrow = timezone.now() + dt.timedelta(days=1)
    _link, secret = make_link(cut=cuts[1], name=UNBROKEN[:100], expires_at=tomorrow, actor=None)
    _words(recording)
    _materials(event, cuts[0])
    working = _at_work(event, editor)
    linked = _linked(_event("linked", editor))
    deck = SlideDeck.objects.get(recording=recording)
    places |= {
        "recording": recording.code,
        "film": cuts[0].code,
        "closed_film": cuts[1].code,
        "draft_film": cuts[2].code,
        "secret": secret,
        "camera": recording.cameras.first().pk,
        "camera_file": CameraFile.objects.filter(camera__recording=recording).last().pk,
        "lone_file": CameraFile.objects.filter(camera__recording=working).first().pk,
        "working": working.code,
        "linked_film": linked.code,
        "deck": deck.pk,
        "result": Material.objects.filter(event=event).first().pk,
    }
    cuts[2].state = CutState.WITHDRAWN
    cuts[2].save()


def _event(slug: str, editor: Person) -> Event:
    event = make_event(sessions=0, slug=slug, name_en=f"{slug} {UNBROKEN}", name_ru=LONG)
    TeamRole.objects.create(event=event, person=editor, role="media_editor")
    room, start = event.rooms.first(), dt.datetime.combine(event.days.first().date, dt.time(9), event.zone)
    for number, title in enumerate((LONG, UNBROKEN, "Third")):
        session = SessionFactory(
            event=event, room=room, title_en=title, title_ru=UNBROKEN, recorded=True,
            start=start + dt.timedelta(minutes=10 * number), end=start + dt.timedelta(minutes=10 * number + 10),
        )  # fmt: skip
        SessionRoleFactory(session=session, organisation=OrganisationFactory())
    release_programme(event=event, actor=None, note="")
    return event


def _linked(event: Event) -> Cut:
    """Link the recordings of two sessions on another site, one of them with words, and leave a third one to be filmed."""
    cut, other = (
        link_elsewhere(event=event, code=code, url=f"https://www.films.example/{UNBROKEN}", actor=None)
        for code in event.sessions.order_by("start").values_list("code", flat=True)[:2]
    )
    for one in (cut, other):
        publish_cut(cut=one, access=Access.PUBLIC, actor=None)
    describe_cut(cut=cut, summaries={"en": LONG, "ru": UNBROKEN}, external_url=cut.external_url, actor=None)
    rows = [ChapterRow(n * MINUTE, LONG if n else UNBROKEN) for n in range(3)]
    set_chapters(
        recording=cut.recording, rows={"en": rows, "ru": rows}, start_ms=cut.start_ms, end_ms=cut.end_ms,
        actor=None,
    )  # fmt: skip
    _materials(event, cut)
    start = event.sessions.order_by("start").first().start
    SessionFactory(
        event=event, room=event.rooms.last(), title_en=LONG, title_ru=UNBROKEN, recorded=True,
        start=start, end=start + dt.timedelta(minutes=30),
    )  # fmt: skip
    release_programme(event=event, actor=None, note="")
    return cut


def _picture(path: Path, size: tuple[int, int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, "#1c2b4d").save(path)


def _recording(event: Event) -> Recording:
    start = event.sessions.order_by("start").first().start
    recording = open_recording(
        event=event,
        date=event.days.first().date,
        room_name=str(event.rooms.first()),
        starts_at=start,
        actor=None,
    )
    for label, offset in (("closer", 0), (UNBROKEN[:80], -7300)):
        file = _file(recording, label, offset)
        _picture(file.folder / "poster.jpg", (1280, 720))
        _picture(file.folder / "previews-1.jpg", (800, 450))
        Rendition.objects.create(
            file=file, name="720", path=f"{file.path}.mp4", width=1280, height=720, bandwidth=2_000_000,
            codecs="avc1.64001f,mp4a.40.2", header=1000, lengths=[4.0] * 460, sizes=[900_000] * 460,
        )  # fmt: skip
        for start in (2 * MINUTE, 9 * MINUTE, 29 * MINUTE):
            Applause.objects.create(file=file, start_ms=start, end_ms=start + 9000)
        for step in (Step.CHECK, Step.QUICK, Step.SOUND, Step.PICTURES, Step.LADDER):
            Job.objects.create(recording=recording, file=file, step=step, state=JobState.DONE)
    return recording


def _file(recording: Recording, label: str, offset: float | None) -> CameraFile:
    file = CameraFile.objects.create(
        camera=camera_of(recording=recording, label=label), event_id=recording.event_id, name=f"{UNBROKEN}.mp4",
        path="recordings/none", size=4 * 1024**3, sha256=f"{CameraFile.objects.count():064d}", duration_ms=30 * MINUTE + 10_000,
        width=1280, height=720, rate=25, has_sound=True, loudness=-23.4, offset_ms=offset, clock_ppm=35.2, confidence=118,
        match=Match.NONE if offset is None else Match.SOUND, waveform=bytes(range(256)) * 70, preview_seconds=30, previews=25,
    )  # fmt: skip
    for index, language in enumerate(("mul", "ru", "en", "")):
        SoundTrack.objects.create(
            file=file,
            index=index,
            language=language,
            title=LONG,
            channels="stereo",
            is_published=index < 3,
            is_silent=index == 2,
        )
    return file


def _words(recording: Recording) -> None:
    lines = [
        Line(n * 8000, n * 8000 + 7000, f"{LONG} {UNBROKEN}", "Константин" if n % 3 else "")
        for n in range(60)
    ]
    for language in ("ru", "en"):
        take_transcript(recording=recording, language=language, lines=lines, actor=None)
    rows = [ChapterRow(n * 3 * MINUTE, LONG if n else UNBROKEN) for n in range(4)]
    set_chapters(
        recording=recording, rows={"en": rows, "ru": rows}, start_ms=0, end_ms=30 * MINUTE, actor=None
    )
    deck = SlideDeck.objects.create(recording=recording, title=LONG, path="recordings/none.pdf", pages=3)
    for page in (1, 2, 3):
        _picture(deck.folder / f"{page}.jpg", (1280, 720))
        deck.marks.create(at_ms=(page - 1) * MINUTE, page=page)
    SlideDeck.objects.filter(pk=deck.pk).update(title=LONG[:280])


def _materials(event: Event, cut: Any) -> None:
    for kind, more in (
        (MaterialKind.DECISION, {"session": cut.session, "text_en": LONG, "text_ru": UNBROKEN}),
        (MaterialKind.REPORT, {"date": event.days.first().date, "url": "https://reports.example/1"}),
        (MaterialKind.PROTOCOL, {"path": "recordings/none.pdf", "size": 120_000}),
    ):
        Material.objects.create(
            event=event, kind=kind, title_en=LONG, title_ru=UNBROKEN, is_published=True, **more
        )


def _at_work(event: Event, editor: Person) -> Recording:
    """Open a second room, whose files are being worked on, have failed and are not sure."""
    recording = open_recording(
        event=event,
        date=event.days.first().date,
        room_name=str(event.rooms.last()),
        starts_at=timezone.now(),
        actor=None,
    )
    file = _file(recording, "alone", None)
    CameraFile.objects.filter(pk=file.pk).update(
        proposed={"offset_ms": 1234.5, "clock_ppm": 3.0, "confidence": 8.1}
    )
    now = timezone.now()
    Job.objects.create(recording=recording, file=file, step=Step.CHECK, state=JobState.DONE)
    Job.objects.create(
        recording=recording, file=file, step=Step.LADDER, state=JobState.RUNNING, share=0.4,
        started_at=now - dt.timedelta(minutes=20), leased_until=now + dt.timedelta(days=1),
    )  # fmt: skip
    Job.objects.create(
        recording=recording, file=file, step=Step.SOUND, state=JobState.FAILED, fault="no_room", log=LONG * 3
    )
    Job.objects.create(
        recording=recording, step=Step.ALIGN, state=JobState.FAILED, fault="not_sure", log=UNBROKEN
    )
    Upload.objects.create(recording=recording, person=editor, name=f"{UNBROKEN}.mp4", size=10)
    return recording


def save_nothing(visit: Visit) -> None:
    """Send the form with its required fields empty."""
    visit.page.evaluate(
        "document.querySelectorAll('form.rg-form [name]').forEach((f) => f.type !== 'hidden' && (f.value = ''))"
    )
    visit.page.locator("form.rg-form .bo-actions button").first.click()
    visit.page.wait_for_load_state()


FILMED = "/en/events/filmed/"
LINKED = "/en/events/linked/"
RECORDINGS = tuple(
    replace(state, ru=True)
    for state in (
        State("recordings", FILMED + "recordings/"),
        State("recordings, team", FILMED + "recordings/", "mina"),
        State("recordings, found", FILMED + "recordings/?q=cooperation"),
        State("recordings, nothing found", FILMED + "recordings/?q=xyzzy"),
        State("recordings of all events", "/en/recordings/?q=cooperation"),
        State("recordings of all events, filtered", "/en/recordings/?event=filmed&language=en"),
        State("recordings of all events, none left", "/en/recordings/?event=filmed&language=xx"),
        State("recording, in a frame", FILMED + "recordings/{film}/embed/"),
        State("session, with its recording", FILMED + "sessions/{film}/"),
        State("session, with a recording for some", FILMED + "sessions/{closed_film}/"),
        State("programme, with recordings", FILMED + "programme/"),
        State("recordings, none", "/en/events/unfilmed/recordings/"),
        State("recording", FILMED + "recordings/{film}/"),
        State("recording, led to by words", FILMED + "recordings/{film}/?t=8&transcript=ru&find=cooperation"),
        State("recording, by a link", FILMED + "recordings/{closed_film}/?key={secret}&t=60"),
        State("search, with recordings", "/en/search/?q=cooperation"),
        State("recording, withdrawn", FILMED + "recordings/{draft_film}/", "mina"),
        State("recording, for attendees", FILMED + "recordings/{closed_film}/", status=403),
        State("recording, link ended", FILMED + "recordings/{closed_film}/?key=nonsense", status=403),
        State("recordings, elsewhere", LINKED + "recordings/"),
        State("recordings, elsewhere, found", LINKED + "recordings/?q=transformation"),
        State("recording, elsewhere", LINKED + "recordings/{linked_film}/"),
        State("recording, elsewhere, in a frame", LINKED + "recordings/{linked_film}/embed/"),
        State("session, with its recording elsewhere", LINKED + "sessions/{linked_film}/"),
        State("results", FILMED + "results/"),
        State("results, elsewhere", LINKED + "results/"),
        State("results, none", "/en/events/unfilmed/results/"),
    )
)

DESK = "/admin/recordings/filmed/"
RECORDINGS_DESK = tuple(
    replace(state, role="mina", ru=True)
    for state in (
        State("events with recordings", "/admin/recordings/"),
        State("recordings desk", DESK),
        State("recordings desk, nothing yet", "/admin/recordings/unfilmed/"),
        State("recordings desk, partly elsewhere", "/admin/recordings/linked/"),
        State("recordings desk, elsewhere", "/admin/recordings/linked/elsewhere/"),
        State(
            "recordings desk, elsewhere, wrong",
            "/admin/recordings/linked/elsewhere/",
            steps=save_nothing,
            status=422,
        ),
        State("recordings desk, new", DESK + "new/"),
        State("recordings desk, new, wrong", DESK + "new/", steps=save_nothing, status=422),
        State("recordings desk, recording", DESK + "{recording}/"),
        State("recordings desk, at work", DESK + "{working}/"),
        State("recordings desk, clock", DESK + "{recording}/clock/"),
        State("recordings desk, camera", DESK + "{recording}/cameras/{camera}/"),
        State("recordings desk, sounds", DESK + "{recording}/files/{camera_file}/sounds/"),
        State("recordings desk, place", DESK + "{recording}/files/{camera_file}/place/"),
        State("recordings desk, place, nothing on the clock", DESK + "{working}/files/{lone_file}/place/"),
        State("recordings desk, transcript", DESK + "{recording}/transcript/"),
        State(
            "recordings desk, transcript, wrong",
            DESK + "{recording}/transcript/",
            steps=save_nothing,
            status=422,
        ),
        State("recordings desk, publish", DESK + "{recording}/publish/"),
        State("recordings desk, another camera", DESK + "{recording}/files/{camera_file}/camera/"),
        State("recordings desk, slides", DESK + "{recording}/slides/"),
        State("recordings desk, slides on the time line", DESK + "{recording}/slides/{deck}/"),
        State("recordings desk, cut", DESK + "cuts/{film}/"),
        State("recordings desk, cut, wrong", DESK + "cuts/{film}/", steps=save_nothing, status=422),
        State("recordings desk, cut for some", DESK + "cuts/{closed_film}/"),
        State("recordings desk, link", DESK + "cuts/{film}/link/"),
        State("recordings desk, chapters", DESK + "cuts/{film}/chapters/"),
        State("recordings desk, results", DESK + "results/"),
        State("recordings desk, results, none", "/admin/recordings/unfilmed/results/"),
        State("recordings desk, result", DESK + "results/{result}/"),
        State("recordings desk, result, wrong", DESK + "results/new/", steps=save_nothing, status=422),
    )
)
