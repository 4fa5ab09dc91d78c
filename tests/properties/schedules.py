"""Made-up schedules with everything that exchange formats have to carry."""

import datetime as dt
import uuid
from dataclasses import replace

from hypothesis import strategies as st

from sessions_app.programme.schedule.model import (
    Credit,
    Day,
    Link,
    Organisation,
    Person,
    Role,
    Room,
    Schedule,
    Session,
    SessionKind,
    Track,
)
from sessions_app.programme.schedule.texts import clean_text, one_line
from sessions_app.programme.schedule.zones import day_window, zone

ZONES = ("Europe/Moscow", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe", "UTC")
# Days around changes of the clocks among them.
DATES = tuple(
    map(dt.date.fromisoformat, ("2026-03-28", "2026-03-29", "2026-10-03", "2026-10-24", "2026-10-25"))
)
HTML = (
    "<p>An <em>open</em> talk</p>",
    '<p>See <a href="https://example.org/?a=1&amp;b=2">there</a><br>now</p><ul><li>one</li></ul>',
    "<pre>x &lt; y</pre>",
)

CHARACTERS = st.one_of(
    st.characters(exclude_categories=("Cs", "Cc")),
    st.sampled_from("аяЖё,;:|\"'\\=+-@#&<>()[]{}%* \t\n🛰אב"),
)


def lines(limit=40, least=1):
    return (
        st.text(CHARACTERS, min_size=least, max_size=limit)
        .map(one_line)
        .filter(lambda text: len(text) >= least)
    )


def names():
    """Names as people have them: no signs that separate them in a table."""
    return lines(24).map(lambda text: one_line(text.replace("|", "").replace(";", ""))).filter(bool)


def bodies():
    free = st.text(CHARACTERS, max_size=120).map(lambda text: clean_text(text)[0])
    return st.one_of(st.just(""), free, st.sampled_from(HTML))


def addresses():
    return st.sampled_from(
        (
            "",
            "https://example.org/",
            "http://example.org:8080/a%20b?q=1,2;3#x",
            "https://xn--e1afmkfd.example/%D0%B0",
        )
    )


@st.composite
def sessions(draw, number, tz, dates, rooms, tracks, people, organisations, languages):
    start = None
    if draw(st.integers(0, 5)):
        midnight = day_window(draw(st.sampled_from(dates)), dt.time(), dt.time(), tz)[0]
        start = midnight + dt.timedelta(minutes=draw(st.integers(0, 24 * 60 - 1)))
    minutes = draw(st.one_of(st.integers(1, 180), st.integers(1, 24 * 60)))
    links = st.builds(Link, title=names() | st.just(""), url=addresses().filter(bool), is_file=st.booleans())
    credits = st.builds(
        Credit,
        person=st.sampled_from([person.key for person in people]),
        role=st.sampled_from(Role),
        post=st.one_of(st.just({}), names().map(lambda text: {languages[0]: text})),
        organisation_name=st.one_of(st.just({}), names().map(lambda text: {languages[0]: text})),
    )

    def localised(texts):
        return st.fixed_dictionaries({}, optional=dict.fromkeys(languages, texts)).map(
            lambda found: {code: text for code, text in found.items() if text}
        )

    return Session(
        guid=uuid.UUID(int=draw(st.integers(0, 2**96)) * 100 + number),
        code=f"{number:06d}",
        number=number + draw(st.integers(0, 10**6)) * 10,
        title={languages[0]: draw(lines())} | draw(localised(lines())),
        kind=draw(st.sampled_from(SessionKind)),
        subtitle=draw(localised(lines())),
        abstract=draw(localised(bodies())),
        description=draw(localised(bodies())),
        language=draw(st.sampled_from(("", "en", "ru", "pt-BR"))),
        track=draw(st.sampled_from([None, *(track.key for track in tracks)])),
        room=draw(st.sampled_from([None, *(room.key for room in rooms)])),
        start=start,
        end=start + dt.timedelta(minutes=minutes) if start else None,
        host=draw(st.sampled_from([None, *(item.key for item in organisations)])),
        recorded=draw(st.booleans()),
        licence=draw(st.sampled_from(("", "CC BY 4.0"))),
        seats=draw(st.none() | st.integers(0, 5000)),
        stream_url=draw(addresses()),
        url=draw(addresses()),
        credits=tuple(
            draw(st.lists(credits, max_size=3, unique_by=lambda credit: (credit.person, credit.role)))
        ),
        links=tuple(draw(st.lists(links, max_size=2, unique=True))),
        sequence=draw(st.integers(0, 9)),
    )


@st.composite
def schedules(draw):
    """A schedule with days, rooms, tracks, people and up to five sessions, some not planned."""
    tz = zone(draw(st.sampled_from(ZONES)))
    languages = draw(st.sampled_from((("en",), ("ru", "en"))))
    dates = sorted(draw(st.lists(st.sampled_from(DATES), min_size=1, max_size=3, unique=True)))
    bounds = [
        day_window(date, dt.time(8), draw(st.sampled_from((dt.time(22), dt.time(2)))), tz) for date in dates
    ]
    rooms = [
        Room(
            key=str(uuid.UUID(int=number)),
            name={languages[0]: name},
            capacity=draw(st.none() | st.integers(0, 999)),
        )
        for number, name in enumerate(draw(st.lists(names(), max_size=3, unique=True)))
    ]
    tracks = [
        Track(key=key, name={languages[0]: f"{name} {key}"}, hue=draw(st.integers(1, 8)))
        for key, name in zip(("industry", "region-2"), draw(st.lists(names(), max_size=2)), strict=False)
    ]
    people = [
        Person(key=str(uuid.UUID(int=number)), name=name)
        for number, name in enumerate(draw(st.lists(names(), min_size=1, max_size=3, unique=True)), start=50)
    ]
    organisations = [Organisation(key="cluster", name={languages[0]: draw(names())})]
    count = draw(st.integers(0, 5))
    found = [
        draw(sessions(number, tz, dates, rooms, tracks, people, organisations, languages))
        for number in range(1, count + 1)
    ]
    return Schedule(
        slug=draw(st.sampled_from(("forum-2026", "abc", "forum_2026"))),
        title={languages[0]: draw(lines())},
        zone=tz.key,
        languages=languages,
        days=tuple(
            Day(date=date, start=start, end=end) for date, (start, end) in zip(dates, bounds, strict=True)
        ),
        rooms=tuple(rooms),
        tracks=tuple(tracks),
        organisations=tuple(organisations),
        people=tuple(people),
        sessions=tuple(found),
        venue=draw(st.sampled_from(({}, {languages[0]: "Centre, 1 Main street"}))),
        url=draw(addresses()),
        version=draw(st.sampled_from(("", "3"))),
        released_at=draw(st.sampled_from((None, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)))),
    )


def without_markup(schedule):
    """The schedule with texts in which no sign looks like markup, for formats without any."""

    def plain(texts):
        found = {code: one_line(text.replace("<", "").replace("&", "")) for code, text in texts.items()}
        return {code: text for code, text in found.items() if text}

    return replace(
        schedule,
        sessions=tuple(
            replace(session, abstract=plain(session.abstract), description=plain(session.description))
            for session in schedule.sessions
        ),
    )
