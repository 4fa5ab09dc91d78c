"""Small exchange files to be spoiled by tests."""

import json

EVENT = {
    "id": "1",
    "guid": "11111111-1111-4111-8111-111111111111",
    "code": "AAAAAA",
    "title": "Opening",
    "date": "2026-10-03T10:00:00+03:00",
    "start": "10:00",
    "duration": "01:00",
    "type": "plenary",
    "track": "",
    "abstract": "",
    "inner": "",
}


def event_xml(**values):
    """One event; ``inner`` is added as it is, a value of None leaves its element out."""
    given = EVENT | values
    attributes = " ".join(
        f'{name}="{given[name]}"' for name in ("id", "guid", "code") if given[name] is not None
    )
    names = ("title", "date", "start", "duration", "type", "track", "abstract")
    children = "".join(f"<{name}>{given[name]}</{name}>" for name in names if given[name] is not None)
    return f"\n<event {attributes}><room>Hall</room>{children}{given['inner']}</event>"


def schedule_xml(*events, zone="Europe/Moscow", day='end="2026-10-03T22:00:00+03:00"', head=""):
    """A schedule of one day in one room; the first event stands in line 4."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}'
        f"<schedule><version>1</version><conference><title>Forum</title><acronym>forum26</acronym>"
        f"<time_zone_name>{zone}</time_zone_name></conference>\n"
        f'<day index="1" date="2026-10-03" start="2026-10-03T08:00:00+03:00" {day}>\n'
        f'<room name="Hall">{"".join(events)}</room></day></schedule>'
    ).encode()


def event_json(**values):
    event = {
        "guid": "11111111-1111-4111-8111-111111111111",
        "id": 1,
        "date": "2026-10-03T10:00:00+03:00",
        "start": "10:00",
        "duration": "01:00",
        "room": "Hall",
        "slug": "forum26-1-opening",
        "url": "https://example.org/1",
        "title": "Opening",
        "subtitle": "",
        "track": None,
        "type": "plenary",
        "language": "en",
        "abstract": "",
        "persons": [],
        "links": [],
    }
    return event | values


def schedule_json(*events, conference=None, day=None):
    """A schedule of one day in one room, indented so that lines mean something."""
    plain = {
        "schedule": {
            "version": "1",
            "conference": {
                "title": "Forum",
                "acronym": "forum26",
                "start": "2026-10-03",
                "end": "2026-10-03",
                "daysCount": 1,
                "timeslot_duration": "00:15",
                "time_zone_name": "Europe/Moscow",
                "days": [
                    {
                        "index": 1,
                        "date": "2026-10-03",
                        "day_start": "2026-10-03T08:00:00+03:00",
                        "day_end": "2026-10-03T22:00:00+03:00",
                        "rooms": {"Hall": list(events)},
                    }
                    | (day or {})
                ],
            }
            | (conference or {}),
        }
    }
    return json.dumps(plain, indent=1).encode()


def calendar(*events, zone="Europe/Moscow"):
    """A calendar of events given as lists of content lines; the first event begins in line 5."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "X-WR-CALNAME:Forum"]
    lines.append(f"X-WR-TIMEZONE:{zone}" if zone else "X-NONE:1")
    for event in events:
        lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


ENTRY = [
    "UID:1@example.org",
    "SUMMARY:Opening",
    "DTSTART;TZID=Europe/Moscow:20261003T100000",
    "DTEND;TZID=Europe/Moscow:20261003T110000",
]


def entry(*more, **changed):
    """An event's lines with some replaced by their name (None leaves one out) and more added."""
    lines = []
    for line in ENTRY:
        name = line.partition(":")[0].partition(";")[0]
        if name in changed:
            if changed[name] is not None:
                lines.append(changed[name])
        else:
            lines.append(line)
    return [*lines, *more]


def table(*rows, head="title;date;start;end;room"):
    return "\r\n".join([head, *rows]).encode("utf-8-sig")
