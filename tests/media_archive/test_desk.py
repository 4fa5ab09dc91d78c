"""The media editor's desk: files, work, clock, cuts, words and results, with bad input and strangers."""

from __future__ import annotations

import base64
import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from media_archive.models import (
    Access,
    CameraFile,
    Chapter,
    Cue,
    Cut,
    CutState,
    Job,
    JobState,
    Match,
    Material,
    Recording,
    SlideDeck,
    Step,
    Upload,
)
from media_archive.services.cutting import publish_cut, withdraw_cut
from media_archive.services.queueing import queue
from media_archive.services.working import work_until_idle
from tests.factories import make_category, make_event, make_team_member
from tests.media_archive.conftest import START

pytestmark = pytest.mark.django_db
VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v Anna>Good <b>morning</b>\n\n00:04.000 --> 00:06.000\nBORIS: And again & again\n"


def test_day_and_room_are_in_the_reader_s_language(desk, editor, recording) -> None:
    """The page is named by its day and room as they are called in Russian."""
    editor.locale = "ru"
    editor.save()
    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": "ru"})
    month = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря")[START.month - 1]  # fmt: skip
    page = desk.get(_url("backoffice_recording", recording.code)).content.decode()
    assert f"{START.day} {month} {START.year}, Большой зал" in page
    assert "Большой зал" in desk.get(_url("backoffice_recordings")).content.decode()


def _url(name: str, *args: object) -> str:
    return reverse(name, args=("forum", *args))


def _act(desk, recording, do: str, **more):
    return desk.post(_url("backoffice_recording_act", recording.code), {"do": do, **more})


def test_a_day_is_opened_once_whatever_the_room_s_name_is_spelled_like(desk, event) -> None:
    form = {"date": event.days.first().date.isoformat(), "room_name": "большой ЗАЛ", "starts_at": ""}
    first = desk.post(_url("backoffice_recording_new"), form)
    recording = Recording.objects.get()
    assert first["Location"] == _url("backoffice_recording", recording.code)
    assert recording.room.name_en == "Main hall"
    desk.post(_url("backoffice_recording_new"), {**form, "room_name": "Main hall"})
    assert Recording.objects.count() == 1
    assert desk.post(_url("backoffice_recording_new"), {**form, "date": "1999-01-01"}).status_code == 422


def test_the_pages_open(desk, filmed, cuts) -> None:
    Job.objects.filter(step=Step.CHECK).update(state=JobState.FAILED, fault="no_room", log="ffmpeg said <b>")
    file = CameraFile.objects.first()
    for address in (
        _url("backoffice_recordings"), _url("backoffice_recording", filmed.code),
        _url("backoffice_recording_clock", filmed.code), _url("backoffice_camera", filmed.code, file.camera_id),
        _url("backoffice_file_place", filmed.code, file.pk), _url("backoffice_transcript", filmed.code),
        _url("backoffice_slides", filmed.code), _url("backoffice_cut", cuts[0].code),
        _url("backoffice_cut_link", cuts[0].code), _url("backoffice_cut_chapters", cuts[0].code),
        _url("backoffice_results"), _url("backoffice_result_new"), _url("backoffice_recording_new"),
    ):  # fmt: skip
        assert desk.get(address).status_code == 200, address
    page = desk.get(_url("backoffice_recording", filmed.code)).content.decode()
    assert "There is no room left" in page
    assert "ffmpeg said &lt;b&gt;" in page
    assert desk.get(reverse("backoffice_media"))["Location"] == _url("backoffice_recordings")


def test_an_upload_begins_here_with_its_camera_and_name(desk, recording, editor) -> None:
    def meta(**pairs: str) -> str:
        return ",".join(
            f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs.items()
        )

    headers = {
        "Tus-Resumable": "1.0.0", "Upload-Length": "5000",
        "Upload-Metadata": meta(filename="../День 1.mp4", camera="closer") + ",nonsense,bad !!",
    }  # fmt: skip
    answer = desk.post(_url("backoffice_uploads", recording.code), headers=headers)
    upload = Upload.objects.get()
    assert (answer.status_code, answer["Location"]) == (201, f"/media-uploads/{upload.pk}/")
    assert (upload.name, upload.camera_label, upload.person, upload.size) == (
        "День 1.mp4",
        "closer",
        editor,
        5000,
    )
    for wrong, status in (
        ({"Tus-Resumable": "0.1"}, 412), ({"Upload-Length": "x"}, 400), ({"Upload-Length": "0"}, 413),
        ({"Upload-Length": "9" * 14}, 413),
    ):  # fmt: skip
        response = desk.post(_url("backoffice_uploads", recording.code), headers={**headers, **wrong})
        assert response.status_code == status, wrong
    assert "unfinished" not in desk.get(_url("backoffice_recording", recording.code)).content.decode()
    assert _act(desk, recording, "forget", upload=str(upload.pk)).status_code == 302
    assert not Upload.objects.exists()
    for nonsense in ("", "x", "0" * 32):
        assert _act(desk, recording, "forget", upload=nonsense).status_code == 404


def test_a_form_sends_a_file_where_script_does_not_run(desk, recording, films) -> None:
    file = SimpleUploadedFile("closer.mp4", films["closer"].read_bytes())
    _act(desk, recording, "send", label="closer", file=file)
    assert CameraFile.objects.get().source.read_bytes() == films["closer"].read_bytes()
    _act(desk, recording, "send", label="closer")
    assert CameraFile.objects.count() == 1


def test_a_file_on_the_server_is_taken_by_its_name_alone(desk, recording, films, settings, tmp_path) -> None:
    settings.RECORDINGS_INBOX = str(tmp_path / "inbox")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "day.mp4").write_bytes(films["closer"].read_bytes())
    (tmp_path / "secret.mp4").write_bytes(b"x")
    _act(desk, recording, "inbox", name="../secret.mp4", label="a")
    assert not CameraFile.objects.exists()
    _act(desk, recording, "inbox", name="day.mp4", label="a")
    assert CameraFile.objects.get().name == "day.mp4"


def test_failed_work_is_run_again_and_nonsense_is_not_found(desk, filmed) -> None:
    job = Job.objects.filter(step=Step.CHECK).first()
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, attempts=3, fault="broken")
    _act(desk, filmed, f"again:{job.pk}")
    job.refresh_from_db()
    assert (job.state, job.attempts, job.fault) == (JobState.QUEUED, 0, "")
    assert _act(desk, filmed, f"again:{job.pk}", follow=True).status_code == 302
    for nonsense in ("", "explode", "again:x", "again:999999", f"again:{'9' * 30}", "drop:0", "accept:1e3"):
        assert _act(desk, filmed, nonsense).status_code == 404, nonsense


def test_a_proposal_is_taken_or_another_place_is_set(desk, filmed) -> None:
    file = CameraFile.objects.get(camera__label="farther")
    CameraFile.objects.filter(pk=file.pk).update(
        offset_ms=None, match=Match.NONE, proposed={"offset_ms": -1990.5, "clock_ppm": 3.0, "confidence": 9.0}
    )
    assert "proposes" in desk.get(_url("backoffice_recording", filmed.code)).content.decode()
    _act(desk, filmed, f"accept:{file.pk}")
    file.refresh_from_db()
    assert (file.offset_ms, file.clock_ppm, file.match) == (-1990.5, 3.0, Match.HAND)
    assert _act(desk, filmed, f"accept:{file.pk}").status_code == 404
    place = _url("backoffice_file_place", filmed.code, file.pk)
    desk.post(place, {"offset": "-2.250", "clock_ppm": ""})
    file.refresh_from_db()
    assert (file.offset_ms, file.clock_ppm) == (-2250, 0)
    for wrong in ("", "x", "NaN", "1e309", "999999"):
        assert desk.post(place, {"offset": wrong}).status_code == 422, wrong


def test_the_clock_and_the_cameras_are_changed(desk, filmed) -> None:
    desk.post(
        _url("backoffice_recording_clock", filmed.code), {"starts_at": "2026-05-12T10:00", "seconds": "12.5"}
    )
    filmed.refresh_from_db()
    assert filmed.starts_at == START + dt.timedelta(seconds=12.5)
    assert desk.post(_url("backoffice_recording_clock", filmed.code), {"starts_at": ""}).status_code == 422
    closer, farther = filmed.cameras.all()
    desk.post(
        _url("backoffice_camera", filmed.code, farther.pk),
        {"label": "hall", "number": "1", "is_sound_master": "on"},
    )
    assert [(c.number, c.label, c.is_sound_master) for c in filmed.cameras.all()] == [
        (1, "hall", True), (2, "closer", False),
    ]  # fmt: skip
    assert closer.pk


def test_a_day_is_cut_published_withdrawn_and_the_whole_day_with_it(desk, filmed, event) -> None:
    desk.post(_url("backoffice_cut_day"), {"date": START.date().isoformat()})
    _act(desk, filmed, "day")
    assert Cut.objects.count() == 3
    assert desk.post(_url("backoffice_cut_day"), {"date": "nonsense"}).status_code == 404
    cut = Cut.objects.filter(session__isnull=False).first()
    page = _url("backoffice_cut", cut.code)
    form = {
        "start": "0:03",
        "end": "0:00:09.5",
        "access": "public",
        "summary_en": "Three regions",
        "publish": "1",
    }
    desk.post(page, form)
    cut.refresh_from_db()
    assert (cut.start_ms, cut.end_ms, cut.state, cut.summary) == (
        3000,
        9500,
        CutState.PUBLISHED,
        "Three regions",
    )
    later = (timezone.now() + dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    desk.post(page, {**form, "publish_at": later})
    cut.refresh_from_db()
    assert not cut.is_out()
    for wrong in (
        {"end": "0:03"}, {"start": "x"}, {"start": "-1"}, {"end": "99:00:00"}, {"access": "nobody"},
        {"access": "category"}, {"external_url": "javascript:alert(1)"},
    ):  # fmt: skip
        response = desk.post(page, {**form, **wrong})
        assert response.status_code == 422, wrong
        assert "Three regions" in response.content.decode(), "what was typed stays"
    category = make_category(event)
    desk.post(page, {**form, "access": "category", "categories": [category.pk]})
    cut.refresh_from_db()
    assert (cut.access, list(cut.categories.all())) == (Access.CATEGORY, [category])
    act = _url("backoffice_cut_act", cut.code)
    desk.post(act, {"do": "remove"})
    assert Cut.objects.filter(pk=cut.pk).exists(), "a published one is withdrawn first"
    desk.post(act, {"do": "withdraw"})
    cut.refresh_from_db()
    assert cut.state == CutState.WITHDRAWN
    desk.post(act, {"do": "remove"})
    assert not Cut.objects.filter(pk=cut.pk).exists()
    assert (
        desk.post(_url("backoffice_cut_act", Cut.objects.first().code), {"do": "explode"}).status_code == 404
    )


def test_a_recording_is_removed_whole_but_not_while_anybody_sees_it(
    desk, filmed, cuts, django_capture_on_commit_callbacks
) -> None:
    folder = CameraFile.objects.first().folder
    publish_cut(cut=cuts[0], access=Access.PUBLIC, actor=None)
    _act(desk, filmed, "remove")
    assert Recording.objects.exists()
    withdraw_cut(cut=cuts[0], actor=None)
    with django_capture_on_commit_callbacks(execute=True):
        assert _act(desk, filmed, "remove")["Location"] == _url("backoffice_recordings")
    assert not Recording.objects.exists()
    assert not folder.exists()


def test_a_link_is_shown_once_and_can_be_revoked(desk, cuts, client) -> None:
    cut = cuts[0]
    page = _url("backoffice_cut", cut.code)
    until = (timezone.now() + dt.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    desk.post(page, {"start": "0:02", "end": "0:10", "access": "link", "publish": "1"})
    desk.post(_url("backoffice_cut_link", cut.code), {"name": "Press", "expires_at": until})
    first, second = desk.get(page).content.decode(), desk.get(page).content.decode()
    assert "?key=" in first
    assert "?key=" not in second
    assert (
        desk.post(_url("backoffice_cut_link", cut.code), {"expires_at": "2001-01-01T00:00"}).status_code
        == 422
    )
    link = cut.links.get()
    desk.post(_url("backoffice_cut_act", cut.code), {"do": f"revoke:{link.pk}"})
    link.refresh_from_db()
    assert link.revoked_at is not None


def test_words_come_in_and_lie_on_the_day_s_clock(desk, filmed, cuts) -> None:
    cut = cuts[1]
    page = _url("backoffice_transcript", filmed.code)
    desk.post(page, {"language": "en", "cut": cut.code, "text": VTT})
    assert [(c.start_ms, c.end_ms, c.speaker, c.text) for c in Cue.objects.all()] == [
        (11000, 13000, "Anna", "Good morning"), (14000, 16000, "BORIS", "And again & again"),
    ]  # fmt: skip
    desk.post(page, {"language": "en", "cut": cut.code, "file": SimpleUploadedFile("a.srt", VTT.encode())})
    assert Cue.objects.count() == 2, "the same again replaces it"
    for wrong in ({"text": "no times"}, {"text": ""}, {"language": "<b>"}, {"text": "1\n00:xx --> 2"}):
        assert desk.post(page, {"language": "en", "text": VTT, **wrong}).status_code == 422, wrong
    chapters = _url("backoffice_cut_chapters", cut.code)
    assert "Anna" not in desk.get(f"{chapters}?speakers").content.decode(), "two seconds are no chapter"
    desk.post(chapters, {"chapters_en": "0:00 Start\n00:00:05 Questions", "chapters_ru": "0:00 Начало"})
    assert [(c.at_ms, c.title_en, c.title_ru) for c in Chapter.objects.all()] == [
        (10000, "Start", "Начало"), (15000, "Questions", None),
    ]  # fmt: skip
    assert desk.post(chapters, {"chapters_en": "no time here"}).status_code == 422
    _act(desk, filmed, f"untranscribe:{filmed.transcripts.get().pk}")
    assert not Cue.objects.exists()


def test_slides_are_drawn_and_marked(desk, filmed) -> None:
    from PIL import Image

    pages = [Image.new("RGB", (320, 180), colour) for colour in ("red", "green")]
    pdf = filmed.event.slug and (filmed.cameras.first().files.first().folder / "x.pdf")
    pages[0].save(pdf, save_all=True, append_images=pages[1:])
    desk.post(
        _url("backoffice_slides", filmed.code),
        {"title": "Deck", "file": SimpleUploadedFile("deck.pdf", pdf.read_bytes())},
    )
    work_until_idle()
    deck = SlideDeck.objects.get()
    assert deck.pages == 2
    assert (deck.folder / "2.jpg").exists()
    page = _url("backoffice_slides_marks", filmed.code, deck.pk)
    desk.post(page, {"marks": "0:00:03 1\n0:00:08.500 2\n"})
    assert [(m.at_ms, m.page) for m in deck.marks.all()] == [(3000, 1), (8500, 2)]
    for wrong in ("0:03 3", "x 1", "0:03 0", "0:03"):
        assert desk.post(page, {"marks": wrong}).status_code == 422, wrong
    fake = SimpleUploadedFile("deck.pdf", b"<html>")
    assert desk.post(_url("backoffice_slides", filmed.code), {"title": "x", "file": fake}).status_code == 422
    _act(desk, filmed, f"undeck:{deck.pk}")
    assert not SlideDeck.objects.exists()


def test_results_are_words_files_or_addresses(desk, event, cuts) -> None:
    new = _url("backoffice_result_new")
    desk.post(new, {"kind": "decision", "belongs": f"session:{cuts[0].code}", "title_ru": "Решение", "text_ru": "Три региона", "is_published": "on"})  # fmt: skip
    decision = Material.objects.get()
    assert (decision.session, decision.is_published) == (cuts[0].session, True)
    file = SimpleUploadedFile("../protocol.txt", "Протокол".encode())
    day = f"day:{event.days.first().date}"
    desk.post(new, {"kind": "protocol", "belongs": day, "title_en": "Protocol", "file": file})
    protocol = Material.objects.get(kind="protocol")
    assert (protocol.original_name, protocol.date) == ("protocol.txt", event.days.first().date)
    desk.post(_url("backoffice_result", protocol.pk), {"kind": "report", "belongs": "", "title_en": "Report"})
    protocol.refresh_from_db()
    assert (protocol.kind, protocol.date, bool(protocol.path)) == ("report", None, True)
    for wrong in (
        {"kind": "decision"}, {"kind": "decision", "title_en": "x"}, {"kind": "x", "title_en": "x", "text_en": "y"},
        {"kind": "report", "title_en": "x", "url": "javascript:1"}, {"kind": "report", "title_en": "x", "belongs": "session:XXXXXX", "text_en": "y"},
    ):  # fmt: skip
        assert desk.post(new, wrong).status_code == 422, wrong
    desk.post(_url("backoffice_result_remove", protocol.pk))
    assert Material.objects.count() == 1


def test_another_event_s_things_are_not_there(desk, filmed, cuts) -> None:
    other = make_event(slug="other")
    file = CameraFile.objects.first()
    for name, args in (
        ("backoffice_recordings", ()), ("backoffice_recording", (filmed.code,)), ("backoffice_cut", (cuts[0].code,)),
        ("backoffice_file_place", (filmed.code, file.pk)), ("backoffice_results", ()),
    ):  # fmt: skip
        assert desk.get(reverse(name, args=("other", *args))).status_code == 404, name
    desk.force_login(make_team_member(other, "media_editor"))
    assert desk.get(reverse("backoffice_recording", args=("other", filmed.code))).status_code == 404
    assert desk.get(_url("backoffice_recording", filmed.code)).status_code == 404


def test_work_on_one_recording_is_not_queued_twice(filmed) -> None:
    assert queue(recording=filmed, step=Step.ALIGN) is not None
    assert queue(recording=filmed, step=Step.ALIGN) is None
