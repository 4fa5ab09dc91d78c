"""Importing through the pages: preview, confirm, refuse."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from network.models import AuditEntry
from sessions_app.events.models import TeamRole
from sessions_app.programme.models import ScheduleUpload
from sessions_app.programme.schedule.formats.xml_writer import write_xml
from tests.backoffice.forms import text_of
from tests.factories import make_team_member

GOOD = "title,date,start,end,room,people\nOpening,2026-09-14,10:00,11:00,Main hall,Anna Ivanova\n"


def url_of(event) -> str:
    return reverse("backoffice_import", args=(event.slug,))


def preview(client, event, content=GOOD, *, name="programme.csv", format="auto"):
    data = content if isinstance(content, bytes) else content.encode()
    return client.post(url_of(event), {"file": SimpleUploadedFile(name, data), "format": format})


def confirm(client, event, response):
    return client.post(url_of(event), {"token": str(response.context["upload"].pk)}, follow=True)


def test_the_preview_writes_nothing_and_the_second_button_imports(event, organiser, desk):
    count = event.sessions.count()
    response = preview(desk, event)
    assert response.context["plan"].created == 1
    assert "Opening" in text_of(response)
    assert event.sessions.count() == count
    assert "1 session created" in text_of(confirm(desk, event, response))
    session = event.sessions.get(title_en="Opening")
    assert session.start == dt.datetime(2026, 9, 14, 7, tzinfo=dt.UTC)
    assert not ScheduleUpload.objects.exists()
    assert AuditEntry.objects.get(action="programme.imported").actor == organiser


def test_the_same_file_twice_changes_nothing(event, desk):
    confirm(desk, event, preview(desk, event))
    again = preview(desk, event)
    assert again.context["plan"].is_empty
    assert "This file changes nothing" in text_of(again)
    assert again.context["upload"] is None


def test_pasted_text_is_read_as_well(event, desk):
    response = desk.post(url_of(event), {"text": GOOD, "format": "csv"})
    confirm(desk, event, response)
    assert event.sessions.filter(title_en="Opening").exists()


def test_warnings_stand_with_their_line_and_do_not_stop_the_import(event, desk):
    response = preview(desk, event, GOOD.replace("people", "people,unknown_column"))
    assert response.context["warnings"]
    assert response.context["upload"]


def test_errors_refuse_the_whole_file(event, desk):
    count = event.sessions.count()
    response = preview(desk, event, GOOD + "Second,2026-09-14,not a time,11:00,Main hall,\n")
    words = text_of(response)
    assert response.context["upload"] is None
    assert "nothing is imported" in words
    assert "line 3" in words
    assert event.sessions.count() == count


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><schedule>&a;</schedule>',
        b"{not json",
        b"BEGIN:VCALENDAR\r\n",
        b"PK\x03\x04broken",
        b"\xff\xfe\x00",
        b"   ",
    ],
)
def test_bad_files_get_a_message_and_write_nothing(event, desk, content):
    count = event.sessions.count()
    response = preview(desk, event, content, name="bad.bin")
    assert response.status_code == 200
    assert "error" in text_of(response).lower()
    assert event.sessions.count() == count


def test_a_file_over_the_limit_is_answered_413_with_the_limit(event, desk):
    response = preview(desk, event, b"x" * (20 * 1024 * 1024 + 1))
    assert response.status_code == 413
    assert "at most 20 MB" in text_of(response)


@pytest.mark.parametrize("data", [{"format": "auto"}, {"format": "auto", "text": GOOD, "file": "both"}])
def test_exactly_one_of_file_and_text_is_asked_for(event, desk, data):
    if "file" in data:
        data = data | {"file": SimpleUploadedFile("a.csv", GOOD.encode())}
    assert "one of the two" in text_of(desk.post(url_of(event), data))


def test_a_preview_belongs_to_who_made_it_and_to_its_event(event, foreign, desk, log_in, organiser):
    response = preview(desk, event)
    colleague = log_in(make_team_member(event, "organiser"))
    confirm(colleague, event, response)
    TeamRole.objects.create(event=foreign, person=organiser, role="organiser")
    confirm(desk, foreign, response)
    assert not event.sessions.filter(title_en="Opening").exists()
    assert not foreign.sessions.filter(title_en="Opening").exists()


def test_an_old_preview_has_expired(event, desk):
    response = preview(desk, event)
    ScheduleUpload.objects.update(at=timezone.now() - dt.timedelta(hours=2))
    assert "has expired" in text_of(confirm(desk, event, response))
    assert not event.sessions.filter(title_en="Opening").exists()


@pytest.mark.parametrize("token", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_token_that_nobody_gave_imports_nothing(event, desk, token):
    assert "has expired" in text_of(desk.post(url_of(event), {"token": token}, follow=True))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_can_be_imported_as_it_is(event, desk, kind):
    template = desk.get(reverse(f"backoffice_import_{kind}", args=(event.slug,)))
    assert template["Content-Disposition"] == f'attachment; filename="{event.slug}-template.{kind}"'
    response = preview(desk, event, template.content, name=f"t.{kind}")
    assert not response.context["errors"]
    assert response.context["plan"].created == 1


def test_a_real_schedule_shows_its_warnings(event, desk, shared_data):
    response = preview(desk, event, (shared_data / "schedules" / "debconf23.xml").read_bytes(), name="d.xml")
    assert response.context["plan"].created > 50
    assert response.context["errors"] == []


def test_our_own_export_changes_nothing(event, desk):
    from sessions_app.programme.queries import draft_schedule

    response = preview(desk, event, write_xml(draft_schedule(event)), name="own.xml")
    assert response.context["plan"].created == 0


def test_a_paste_over_the_limit_is_answered_413(event, desk):
    response = desk.post(url_of(event), {"text": "x" * (22 * 1024 * 1024), "format": "csv"})
    assert response.status_code == 413


def test_the_preview_names_what_the_event_itself_gets_and_whose_clocks_the_file_has(event, desk):
    calendar = (
        "BEGIN:VCALENDAR\nX-WR-TIMEZONE:Asia/Kolkata\nBEGIN:VEVENT\nUID:1\nSUMMARY:Far away\nLOCATION:Verandah\n"
        "DTSTART;TZID=Asia/Kolkata:20230910T100000\nDTEND;TZID=Asia/Kolkata:20230910T110000\n"
        "END:VEVENT\nEND:VCALENDAR"
    )
    page = text_of(
        desk.post(reverse("backoffice_import", args=(event.slug,)), {"text": calendar, "format": "auto"})
    )
    assert "New days: 10 September 2023" in page
    assert "New rooms: Verandah" in page
    assert "The file's clocks are those of Kolkata (UTC+5:30)" in page.replace("&#x27;", "'")


def test_a_calendar_without_sessions_says_so(event, desk):
    calendar = "BEGIN:VCALENDAR\nEND:VCALENDAR"
    page = text_of(
        desk.post(reverse("backoffice_import", args=(event.slug,)), {"text": calendar, "format": "auto"})
    )
    assert "It holds no sessions." in page


def test_a_broken_workbook_is_called_one(event, desk):
    file = SimpleUploadedFile("fake.xlsx", b"PK\x03\x04garbage")
    page = text_of(
        desk.post(reverse("backoffice_import", args=(event.slug,)), {"file": file, "format": "auto"})
    )
    assert "(xlsx)" in page
    assert "1 error: nothing is imported" in page
