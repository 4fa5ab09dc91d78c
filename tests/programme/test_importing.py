"""Importing a file: update by identity, nothing twice, nothing half."""

import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from network.models import Person
from sessions_app.events.models import Event
from sessions_app.programme.exports import export
from sessions_app.programme.models import Session, SessionKind, SessionState, SourceIdentity
from sessions_app.programme.queries import draft_schedule, released_schedule
from sessions_app.programme.schedule.formats.reading import read
from sessions_app.programme.services.importing import ImportRefusedError, apply_import, plan_import
from sessions_app.programme.services.releasing import release_programme
from tests.factories import EventFactory, SessionFactory, TrackFactory, make_event, make_released_event

pytestmark = pytest.mark.django_db
REAL = {"debconf23.xml": 117, "frab-camp2019.json": 79, "linux_conf_au_2020.ics": 262}


def import_file(event, data, **kwargs):
    return apply_import(
        event=event, reading=read(data, slug=event.slug, zone=event.timezone), actor=None, **kwargs
    )


@pytest.mark.parametrize("name", REAL)
def test_a_real_file_imports_once_releases_and_exports(name, shared_data):
    data = (shared_data / "schedules" / name).read_bytes()
    event = EventFactory(dates=[])
    assert import_file(event, data).created == REAL[name]
    people = Person.objects.count()
    again = import_file(event, data)
    assert (again.created, again.updated, again.withdrawn) == (0, 0, 0)
    assert again.changes.is_empty
    assert Person.objects.count() == people
    release_programme(event=event, actor=None, note="", override_reason="as the file says")
    before = draft_schedule(event)
    for format_ in ("xml", "json", "ics"):
        plan = import_file(event, export(released_schedule(event), format_))
        assert (plan.created, plan.updated, plan.unchanged) == (0, 0, REAL[name])
        assert draft_schedule(event).sessions == before.sessions


@pytest.mark.parametrize("format_", ["xml", "json", "ics"])
def test_the_own_export_changes_nothing_when_it_comes_back(format_):
    event, _ = make_released_event(sessions=5)
    before = draft_schedule(event)
    plan = import_file(event, export(released_schedule(event), format_))
    assert (plan.created, plan.updated, plan.unchanged, plan.withdrawn) == (0, 0, 5, 0)
    assert draft_schedule(event) == before


def test_a_russian_calendar_brings_its_kinds_back():
    event, _ = make_released_event(sessions=len(SessionKind))
    for session, kind in zip(event.sessions.all(), SessionKind, strict=True):
        session.kind = kind
        session.save()
    release_programme(event=event, actor=None, note="")
    calendar = export(released_schedule(event), "ics", language="ru")
    assert "встреча" in calendar.decode()
    import_file(event, calendar)
    assert [session.kind for session in event.sessions.order_by("number")] == SessionKind.values


def test_the_preview_writes_nothing_and_says_what_the_import_does():
    source, _ = make_released_event(sessions=3)
    data = export(released_schedule(source), "json")
    event = EventFactory()
    reading = read(data, slug=event.slug)
    plan = plan_import(event=event, reading=reading)
    assert plan.created == 3
    assert not event.sessions.exists()
    assert not event.rooms.exists()
    assert not SourceIdentity.objects.filter(event=event).exists()
    assert apply_import(event=event, reading=reading, actor=None) == plan


def test_a_newer_file_moves_renames_and_withdraws():
    source, _ = make_released_event(sessions=3)
    schedule = released_schedule(source)
    event = EventFactory()
    import_file(event, export(schedule, "json"))
    renamed = replace(schedule.sessions[0], title={"en": "A new name"})
    newer = replace(schedule, sessions=(renamed, schedule.sessions[1]))
    plan = import_file(event, export(newer, "json"))
    assert (plan.created, plan.updated, plan.unchanged, plan.withdrawn) == (0, 1, 1, 1)
    assert event.sessions.get(guid=renamed.guid).title_en == "A new name"
    assert event.sessions.get(guid=schedule.sessions[2].guid).state == SessionState.WITHDRAWN


def test_what_the_format_cannot_hold_is_kept():
    event, _ = make_released_event()
    session = event.sessions.get()
    Session.objects.filter(pk=session.pk).update(seats=40, stream_url="https://stream.example/")
    session.roles.update(role="moderator", post_en="Director")
    import_file(event, export(replace(released_schedule(event), title={"en": "Renamed"}), "xml"))
    session.refresh_from_db()
    role = session.roles.get()
    assert (session.seats, session.stream_url) == (40, "https://stream.example/")
    assert (role.role, role.post_en) == ("moderator", "Director")
    assert session.title_ru


FULL = {
    "kind": "panel",
    "language": "ru",
    "recorded": True,
    "licence": "CC BY 4.0",
    "subtitle_en": "A subtitle",
    "abstract_en": "An abstract",
    "abstract_ru": "Аннотация",
    "description_en": "<p>A <em>long</em> text</p>",
}


def filled_session(event):
    """The event's session with everything that a poor file might lose."""
    session = event.sessions.get()
    Session.objects.filter(pk=session.pk).update(**FULL, track=TrackFactory(event=event))
    session.refresh_from_db()
    return session


def kept_of(session):
    """What the files below say nothing about."""
    fresh = Session.objects.get(pk=session.pk)
    return {name: getattr(fresh, name) for name in (*FULL, "track_id", "room_id", "start", "end")}


CALENDAR = """BEGIN:VCALENDAR
X-WR-CALNAME:Poor
X-WR-TIMEZONE:Europe/Moscow
BEGIN:VEVENT
UID:{guid}@example.org
SUMMARY:Renamed
DTSTART;TZID=Europe/Moscow:{start:%Y%m%dT%H%M%S}
DTEND;TZID=Europe/Moscow:{end:%Y%m%dT%H%M%S}
LOCATION:{room}
END:VEVENT
END:VCALENDAR"""
PAGE = """<schedule><version>1</version><conference><title>Poor</title><time_zone_name>Europe/Moscow</time_zone_name>
</conference><day index="1" date="{start:%Y-%m-%d}"><room name="{room}"><event guid="{guid}" id="{number}">
<title>Renamed</title><date>{start:%Y-%m-%dT%H:%M:%S%z}</date><start>{start:%H:%M}</start><duration>{length}</duration>
</event></room></day></schedule>"""
OBJECT = """{{"schedule": {{"conference": {{"title": "Poor", "time_zone_name": "Europe/Moscow", "days": [{{"date":
"{start:%Y-%m-%d}", "rooms": {{"{room}": [{{"guid": "{guid}", "id": {number}, "title": "Renamed",
"date": "{start:%Y-%m-%dT%H:%M:%S%z}", "start": "{start:%H:%M}", "duration": "{length}"}}]}}}}]}}}}}}"""
TABLE = "guid;title;title_ru\n{guid};Renamed;Новое имя"


@pytest.mark.parametrize("poor", [CALENDAR, PAGE, OBJECT, TABLE], ids=["ics", "xml", "json", "csv"])
def test_what_a_file_says_nothing_about_is_kept(poor):
    event, _ = make_released_event()
    session = filled_session(event)
    before = kept_of(session)
    start, end = session.start.astimezone(event.zone), session.end.astimezone(event.zone)
    file = poor.format(
        guid=session.guid,
        number=session.number,
        start=start,
        end=end,
        length=str(end - start).rpartition(":")[0].zfill(5),
        room=session.room.name_en,
    )
    plan = import_file(event, file.encode())
    assert (plan.created, plan.updated) == (0, 1)
    assert Session.objects.get(pk=session.pk).title_en == "Renamed"
    assert kept_of(session) == before


def test_what_a_table_leaves_empty_is_taken_away():
    event, _ = make_released_event()
    session = filled_session(event)
    import_file(event, f"guid;title;abstract;track;language\n{session.guid};Renamed;;;".encode())
    session.refresh_from_db()
    assert (session.abstract_en, session.track, session.language) == ("", None, "")
    assert session.abstract_ru == FULL["abstract_ru"]


def test_a_refused_file_writes_nothing():
    event = EventFactory()
    with pytest.raises(ImportRefusedError) as refused:
        import_file(event, b'<!DOCTYPE x [<!ENTITY a "b">]><schedule/>')
    assert refused.value.deviations
    assert not event.sessions.exists()


def test_the_command_imports_releases_and_exports(tmp_path, capsys):
    source, _ = make_released_event(sessions=2)
    path = tmp_path / "schedule.xml"
    path.write_bytes(export(released_schedule(source), "xml"))
    call_command("import_schedule", str(path), event="from-file", create=True, dry_run=True)
    assert not Event.objects.filter(slug="from-file").exists()
    capsys.readouterr()
    call_command("import_schedule", str(path), event="from-file", create=True, json=True)
    answer = json.loads(capsys.readouterr().out)
    assert answer["imported"]
    assert answer["created"] == 2
    call_command("release_schedule", event="from-file", note="First")
    out = tmp_path / "out.ics"
    call_command("export_schedule", event="from-file", format="ics", out=out)
    assert out.read_bytes().count(b"BEGIN:VEVENT") == 2


def test_the_command_refuses_with_exit_code_1(tmp_path, capsys):
    event = EventFactory()
    path = tmp_path / "bad.xml"
    path.write_bytes(b"<schedule><unclosed>")
    with pytest.raises(SystemExit) as stopped:
        call_command("import_schedule", str(path), event=event.slug)
    assert stopped.value.code == 1
    assert "Nothing was written" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no event"):
        call_command("import_schedule", str(path), event="unknown")


def test_the_command_takes_texts_for_those_of_the_events_main_language(tmp_path):
    event = EventFactory(languages=["ru", "en"])
    path = tmp_path / "table.csv"
    path.write_text("title;date;start;end\nОткрытие;2026-09-14;10:00;11:00\n", "utf-8")
    call_command("import_schedule", str(path), event=event.slug)
    session = event.sessions.get()
    assert (session.title_ru, session.title_en) == ("Открытие", "")


def test_the_command_names_the_clashes_that_it_does_not_release():
    event = make_event(sessions=1)
    first = event.sessions.get()
    other = SessionFactory(event=event, room=first.room, start=first.start, end=first.end)
    with pytest.raises(CommandError) as refused:
        call_command("release_schedule", event=event.slug, note="First")
    assert str(refused.value).splitlines() == [
        "Not released: 1 clash.",
        f"  {first.room.name} is taken twice: 14 September, 09:00–09:10. “{first.title}” · “{other.title}”",
        "Mend what clashes, or give --override REASON.",
    ]


def test_a_code_that_is_drawn_twice_is_drawn_again(monkeypatch):
    drawn = iter(["AAAAAA", "AAAAAA", "BBBBBB"])
    monkeypatch.setattr("sessions_app.programme.services.writing.new_code", lambda: next(drawn))
    event = EventFactory(dates=[])
    rows = b"title,date,start,end\nFirst,2026-11-27,10:00,11:00\nSecond,2026-11-27,11:00,12:00\n"
    monkeypatch.setattr("sessions_app.programme.schedule.formats.identity._give_codes", lambda *_args: None)
    apply_import(event=event, reading=read(rows, slug=event.slug, zone=event.timezone), actor=None)
    assert sorted(event.sessions.values_list("code", flat=True)) == ["AAAAAA", "BBBBBB"]
