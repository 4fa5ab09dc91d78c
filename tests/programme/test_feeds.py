"""Calendars, exchange files and the feed of releases, as programs read them."""

import datetime as dt
import json
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.test import Client
from lxml import etree

from sessions_app.programme.models import SessionState
from sessions_app.programme.services.releasing import release_programme
from sessions_app.programme.services.starring import agenda_token, renew_agenda_token, star_session
from tests.factories import (
    FIRST_DAY,
    PersonFactory,
    SessionFactory,
    make_event,
    make_released_event,
)

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


def entries_of(response):
    """Return the calendar's entries by UID."""
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/calendar")
    calendar = icalendar.Calendar.from_ical(response.content)
    return {str(entry["UID"]): entry for entry in calendar.walk("VEVENT")}


def shift(session, hours):
    session.start += dt.timedelta(hours=hours)
    session.end += dt.timedelta(hours=hours)
    session.save()


def test_a_calendar_follows_moves_and_cancellations(client):
    event, _release = make_released_event(sessions=3)
    path = f"/events/{event.slug}/schedule.ics"
    before = entries_of(client.get(path))
    kept, moved, gone = event.sessions.order_by("number")
    shift(moved, 2)
    gone.state = SessionState.WITHDRAWN
    gone.save()
    release_programme(event=event, actor=None, note="")
    after = entries_of(client.get(path))
    assert set(after) == set(before)
    by_guid = {uid.partition("@")[0]: after[uid] for uid in after}
    assert {guid: (int(e["SEQUENCE"]), str(e["STATUS"])) for guid, e in by_guid.items()} == {
        str(kept.guid): (1, "CONFIRMED"),
        str(moved.guid): (2, "CONFIRMED"),
        str(gone.guid): (2, "CANCELLED"),
    }
    entry = by_guid[str(moved.guid)]
    assert entry.decoded("DTSTART") == moved.start
    assert entry["DTSTART"].params["TZID"] == "Europe/Moscow"


def test_a_calendar_brings_its_zone_and_asks_to_be_read_again(client):
    event, _release = make_released_event()
    text = client.get(f"/events/{event.slug}/schedule.ics").content.decode()
    assert "BEGIN:VTIMEZONE\r\nTZID:Europe/Moscow" in text
    assert "REFRESH-INTERVAL" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


@pytest.mark.parametrize("name", ["day", "room", "track", "person", "session"])
def test_a_part_of_the_calendar(client, name):
    event = make_event(sessions=2)
    first, second = event.sessions.order_by("number")
    second.start += dt.timedelta(days=1)
    second.end += dt.timedelta(days=1)
    second.track = None
    second.save()
    release_programme(event=event, actor=None, note="")
    value = {
        "day": FIRST_DAY.isoformat(),
        "room": str(first.room.guid),
        "track": first.track.slug,
        "person": first.roles.get().person.code,
        "session": first.code,
    }[name]
    found = entries_of(client.get(f"/events/{event.slug}/schedule.ics", {name: value}))
    assert [uid.partition("@")[0] for uid in found] == [str(first.guid)]
    assert entries_of(client.get(f"/events/{event.slug}/schedule.ics", {name: "nothing-such"})) == {}


def test_a_calendar_in_another_language(client):
    event, _release = make_released_event()
    session = event.sessions.get()
    path = f"/events/{event.slug}/schedule.ics"
    assert session.title_ru in client.get(path, {"lang": "ru"}).content.decode()
    assert session.title_en in client.get(path, {"lang": "xx"}).content.decode()


def test_one_session_as_a_calendar(client):
    event, _release = make_released_event(sessions=2)
    session = event.sessions.order_by("number").first()
    found = entries_of(client.get(f"/events/{event.slug}/sessions/{session.code}.ics"))
    assert [str(entry["SUMMARY"]) for entry in found.values()] == [session.title_en]


def test_the_agenda_of_a_person_over_events_really_cancels():
    moscow, _release = make_released_event(sessions=2)
    kolkata, _release = make_released_event(sessions=1, timezone="Asia/Kolkata")
    person = PersonFactory()
    gone, kept = moscow.sessions.order_by("number")
    far = kolkata.sessions.get()
    for event, session in ((moscow, gone), (moscow, kept), (kolkata, far)):
        star_session(person=person, event=event, code=session.code)
    path = f"/me/agenda/{agenda_token(person=person)}.ics"
    client = Client()
    assert {str(entry["STATUS"]) for entry in entries_of(client.get(path)).values()} == {"CONFIRMED"}
    gone.state = SessionState.WITHDRAWN
    gone.save()
    release_programme(event=moscow, actor=None, note="")
    response = client.get(path)
    found = {uid.partition("@")[0]: entry for uid, entry in entries_of(response).items()}
    assert {guid: str(entry["STATUS"]) for guid, entry in found.items()} == {
        str(gone.guid): "CANCELLED",
        str(kept.guid): "CONFIRMED",
        str(far.guid): "CONFIRMED",
    }
    assert int(found[str(gone.guid)]["SEQUENCE"]) == 2
    assert found[str(far.guid)].decoded("DTSTART") == far.start
    assert found[str(far.guid)]["DTSTART"].params["TZID"] == "Asia/Kolkata"
    zones = icalendar.Calendar.from_ical(response.content).walk("VTIMEZONE")
    assert {str(zone["TZID"]) for zone in zones} == {"Europe/Moscow", "Asia/Kolkata"}
    assert response.headers["Cache-Control"].startswith("private")
    assert "Set-Cookie" not in response.headers


def test_the_agenda_opens_to_its_token_alone(client):
    person = PersonFactory()
    token = agenda_token(person=person)
    assert client.get(f"/me/agenda/{token}.ics").status_code == 200
    assert client.get(f"/me/agenda/{token[:-1]}.ics").status_code == 404
    assert client.get("/me/agenda/None.ics").status_code == 404
    renew_agenda_token(person=person)
    assert client.get(f"/me/agenda/{token}.ics").status_code == 404


def test_an_event_that_is_no_longer_public_leaves_the_agenda(client):
    event, _release = make_released_event()
    person = PersonFactory()
    star_session(person=person, event=event, code=event.sessions.get().code)
    path = f"/me/agenda/{agenda_token(person=person)}.ics"
    assert len(entries_of(client.get(path))) == 1
    event.is_public = False
    event.save()
    assert entries_of(client.get(path)) == {}


@pytest.mark.parametrize("name", ["schedule.xml", "schedule.json", "schedule.ics"])
def test_a_file_that_has_not_changed_is_not_sent_again(client, name):
    event, _release = make_released_event()
    path = f"/events/{event.slug}/{name}"
    first = client.get(path)
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get(path, headers=since).status_code == 304
    session = event.sessions.get()
    shift(session, 1)
    release_programme(event=event, actor=None, note="", now=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert again.content != first.content
    assert client.get(path, headers=since).status_code == 200
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_the_files_keep_to_their_schemas(client, shared_data):
    jsonschema = pytest.importorskip("jsonschema")
    event, _release = make_released_event(sessions=3)
    SessionFactory(event=event, number=77, title_en="Ни слова <b>&</b> 🦔", title_ru="", start=None)
    release_programme(event=event, actor=None, note="")
    xml = client.get(f"/events/{event.slug}/schedule.xml").content
    schema = etree.XMLSchema(etree.parse(shared_data / "schemas" / "schedule.xml.xsd"))
    schema.assertValid(etree.fromstring(xml))
    plain = json.loads(client.get(f"/events/{event.slug}/schedule.json").content)
    jsonschema.validate(plain, json.loads((shared_data / "schemas" / "schedule.v1.schema.json").read_text()))


def test_the_feed_of_releases_names_each_with_what_changed(client):
    event, _release = make_released_event(sessions=2)
    shift(event.sessions.first(), 3)
    release_programme(event=event, actor=None, note="Moved a panel")
    response = client.get(f"/events/{event.slug}/releases.atom")
    assert response.headers["Content-Type"].startswith("application/atom+xml")
    feed = etree.fromstring(response.content)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "Release 2: Moved a panel",
        "Release 1: First release",
    ]
    assert entries[0].findtext(f"{ATOM}summary") == "1 moved"
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2
    assert feed.findtext(f"{ATOM}author/{ATOM}name")


def test_open_pages_can_ask_for_the_newest_release(client):
    event, _release = make_released_event()
    assert client.get(f"/events/{event.slug}/release.json").json() == {"release": 1}


@pytest.mark.parametrize(
    "query",
    [
        "day=2026-13-01",
        "day=%00",
        "session=" + "A," * 3000,
        "lang=%00&room=%FF",
        "person[]=1",
        "track=" + "ы" * 900,
    ],
)
def test_no_filter_breaks_a_calendar(client, query):
    event, _release = make_released_event()
    assert entries_of(client.get(f"/events/{event.slug}/schedule.ics?{query}")).keys() <= {
        f"{event.sessions.get().guid}@127.0.0.1"
    }


def test_a_qr_leads_to_the_session_in_the_phones_own_language(client):
    event, _release = make_released_event()
    session = event.sessions.get()
    response = client.get(f"/events/{event.slug}/sessions/{session.code}/qr.svg")
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert etree.fromstring(response.content).tag.endswith("svg")
    short = client.get(f"/events/{event.slug}/sessions/{session.code}/", headers={"Accept-Language": "ru"})
    assert short.headers["Location"] == f"/ru/events/{event.slug}/sessions/{session.code}/"


def test_zones_of_a_summer_and_a_winter_event_stay_right_in_one_agenda(client):
    winter = dt.date(2026, 1, 15)
    summer = dt.date(2027, 7, 15)
    berlin = ZoneInfo("Europe/Berlin")
    person = PersonFactory()
    starts = {}
    for date in (winter, summer):
        event = make_event(sessions=0, dates=[date], timezone="Europe/Berlin")
        begin = dt.datetime.combine(date, dt.time(10), berlin)
        session = SessionFactory(event=event, start=begin)
        release_programme(event=event, actor=None, note="")
        star_session(person=person, event=event, code=session.code)
        starts[str(session.guid)] = begin
    found = entries_of(client.get(f"/me/agenda/{agenda_token(person=person)}.ics"))
    assert {uid.partition("@")[0]: entry.decoded("DTSTART") for uid, entry in found.items()} == starts


def test_calendars_name_the_contact_and_the_kind_in_their_language(client):
    event, _release = make_released_event(contact_email="forum@example.org")
    session = event.sessions.get()
    person = PersonFactory(locale="ru")
    star_session(person=person, event=event, code=session.code)
    paths = [
        f"/events/{event.slug}/schedule.ics?lang=ru",
        f"/events/{event.slug}/schedule.ics?lang=ru&session={session.code}",
        f"/events/{event.slug}/sessions/{session.code}.ics?lang=ru",
        f"/me/agenda/{agenda_token(person=person)}.ics",
    ]
    for path in paths:
        (entry,) = entries_of(client.get(path)).values()
        assert str(entry["ORGANIZER"]) == "mailto:forum@example.org", path
        assert "лекция" in [str(category) for category in entry["CATEGORIES"].cats], path


def test_the_feed_of_releases_speaks_the_readers_language(client):
    event, _release = make_released_event()
    shift(event.sessions.get(), 1)
    release_programme(event=event, actor=None, note={"en": "An hour later", "ru": "На час позже"})
    for language, note in {"en": "An hour later", "ru": "На час позже"}.items():
        response = client.get(f"/events/{event.slug}/releases.atom", headers={"Accept-Language": language})
        assert note in etree.fromstring(response.content).findtext(f"{ATOM}entry/{ATOM}title")
