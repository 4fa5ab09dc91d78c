"""Import of an export is the identity on what the format can hold; ``held_by_…`` says what that is."""

from hypothesis import HealthCheck, given, settings

from sessions_app.programme.schedule import codec
from sessions_app.programme.schedule.formats.ics_writer import write_ics
from sessions_app.programme.schedule.formats.json_writer import write_json
from sessions_app.programme.schedule.formats.outgoing import Outgoing
from sessions_app.programme.schedule.formats.reading import read
from sessions_app.programme.schedule.formats.table_writer import write_csv, write_xlsx
from sessions_app.programme.schedule.formats.xml_writer import write_xml
from sessions_app.programme.schedule.texts import as_plain
from tests.programme.schedule.formats.schemas import DATA, json_errors, xml_errors
from tests.properties.schedules import schedules, without_markup


def examples(count):
    return settings(
        max_examples=count,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def session_in_one_language(session, out):
    """What schedule.xml and schedule.json both hold of a session."""
    return {
        "keys": (session.guid, session.number, session.code),
        "time": (session.start, session.end),
        "texts": [
            out.text(getattr(session, name)) for name in ("title", "subtitle", "abstract", "description")
        ],
        "kind": session.kind,
        "language": session.language,
        "track": session.track,
        "room": session.room,
        "recording": (session.recorded, session.licence),
        "url": session.url,
        "links": sorted(session.links, key=lambda link: link.is_file),
    }


def held_by_both(schedule, language):
    out = Outgoing(schedule, language, None)
    return out, {
        "title": out.title(),
        "zone": schedule.zone,
        "url": schedule.url,
        "version": schedule.version,
        "days": [(day.date, day.start, day.end) for day in out.days()],
        "tracks": [(track.key, out.text(track.name), track.hue) for track in schedule.tracks],
        "rooms": [(room.key, out.text(room.name)) for room in schedule.rooms],
        "sessions": {session.guid: session_in_one_language(session, out) for session in out.planned},
    }


def held_by_xml(schedule, language):
    """People without roles, and the stream, but no capacities."""
    out, held = held_by_both(schedule, language)
    held["people"] = {
        session.guid: list(dict.fromkeys((c.person, out.people[c.person].name) for c in session.credits))
        for session in out.planned
    }
    held["streams"] = {session.guid: session.stream_url for session in out.planned}
    return held


def held_by_json(schedule, language):
    """People with role, post and organisation, capacities and the venue."""
    out, held = held_by_both(schedule, language)
    held["slug"] = schedule.slug
    held["venue"] = out.text(schedule.venue)
    held["capacities"] = [room.capacity for room in schedule.rooms]
    held["people"] = {session.guid: _credits(session, out, by_key=True) for session in out.planned}
    return held


def held_by_calendar(schedule, language):
    """Times, places by name, people with roles and one plain text."""
    out = Outgoing(schedule, language, None)
    return {
        "title": out.title(),
        "zone": schedule.zone,
        "url": schedule.url,
        "venue": out.text(schedule.venue),
        "sessions": {
            session.guid: {
                "time": (session.start, session.end),
                "title": out.text(session.title),
                "room": out.room(session),
                "track": out.track(session),
                "kind": session.kind,
                "url": session.url,
                "text": "\n\n".join(
                    as_plain(text)
                    for text in (out.text(session.abstract), out.text(session.description))
                    if text
                ),
                "people": [(c.person, out.people[c.person].name, c.role) for c in session.credits],
            }
            for session in out.planned
        },
    }


def held_by_table(schedule, language):
    """Every session in every language, planned or not; rooms, tracks, people and hosts by name."""
    out = Outgoing(schedule, language, None)
    hosts = {item.key: out.text(item.name) for item in schedule.organisations}
    rows = []
    for session in schedule.sessions:
        row = codec.session_to_plain(session)
        for name in ("room", "track", "host", "credits", "links", "sequence", "changed_at"):
            row.pop(name, None)
        row["room"], row["track"] = out.room(session), out.track(session)
        row["host"] = hosts.get(session.host, "")
        row["people"] = _credits(session, out, by_key=False)
        row["links"] = sorted(session.links, key=lambda link: link.is_file)
        rows.append(row)
    return {"zone": schedule.zone, "sessions": rows}


def _credits(session, out, *, by_key):
    return [
        (
            credit.person if by_key else "",
            out.people[credit.person].name,
            credit.role,
            out.text(credit.post),
            out.text(credit.organisation_name),
        )
        for credit in session.credits
    ]


def check(schedule, data, held):
    """Read the data back and compare what the format holds; our own files show no deviation."""
    language = schedule.languages[0]
    reading = read(data, slug=schedule.slug, language=language)
    assert [str(item) for item in reading.deviations] == []
    assert held(reading.schedule, language) == held(schedule, language)


@given(schedules())
@examples(35)
def test_schedule_xml(schedule):
    data = write_xml(schedule)
    check(schedule, data, held_by_xml)
    if DATA.is_dir():
        assert xml_errors(data) == []


@given(schedules())
@examples(35)
def test_schedule_json(schedule):
    data = write_json(schedule)
    check(schedule, data, held_by_json)
    assert read(data).schedule.slug == schedule.slug
    if DATA.is_dir():
        assert json_errors(data) == []


@given(schedules().map(without_markup))
@examples(35)
def test_calendar(schedule):
    data = write_ics(schedule, domain="example.org")
    assert write_ics(schedule, domain="example.org") == data
    assert max(map(len, data.split(b"\r\n"))) <= 75
    check(schedule, data, held_by_calendar)


@given(schedules())
@examples(35)
def test_csv(schedule):
    check(schedule, write_csv(schedule), held_by_table)
    check(schedule, write_csv(schedule, delimiter=";"), held_by_table)


@given(schedules())
@examples(10)
def test_xlsx(schedule):
    check(schedule, write_xlsx(schedule), held_by_table)


@given(schedules())
@examples(35)
def test_stored_json(schedule):
    assert codec.from_plain(codec.to_plain(schedule)) == schedule
