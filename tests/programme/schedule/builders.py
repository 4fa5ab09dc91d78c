"""Small schedules for tests."""

import datetime as dt
import uuid

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

NAMESPACE = uuid.UUID("6c4dbb44-5b1b-4c5b-9a0c-6d7d5a4a9b11")
MOSCOW = dt.timezone(dt.timedelta(hours=3))


def at(day, hour, minute=0):
    """An instant in UTC from a Moscow clock on that day of October 2018."""
    return dt.datetime(2018, 10, day, hour, minute, tzinfo=MOSCOW).astimezone(dt.UTC)


def session(number, start=None, minutes=60, **values):
    values.setdefault("title", {"en": f"Session {number}", "ru": f"Сессия {number}"})
    return Session(
        guid=uuid.uuid5(NAMESPACE, str(number)),
        code=f"S{number:05d}",
        number=number,
        start=start,
        end=start + dt.timedelta(minutes=minutes) if start else None,
        **values,
    )


def room(number, **values):
    values.setdefault("name", {"en": f"Hall {number}", "ru": f"Зал {number}"})
    return Room(key=str(uuid.uuid5(NAMESPACE, f"room {number}")), **values)


def person(number, **values):
    values.setdefault("name", f"Person {number}")
    return Person(key=str(uuid.uuid5(NAMESPACE, f"person {number}")), **values)


def schedule(*sessions, **values):
    values.setdefault("rooms", (room(1, capacity=100), room(2, capacity=30)))
    values.setdefault("people", (person(1), person(2)))
    values.setdefault(
        "days",
        (
            Day(date=dt.date(2018, 10, 3), start=at(3, 8), end=at(3, 22)),
            Day(date=dt.date(2018, 10, 4), start=at(4, 8), end=at(4, 22)),
        ),
    )
    values.setdefault("title", {"en": "Strategic session", "ru": "Стратегическая сессия"})
    return Schedule(slug="forum-2018", zone="Europe/Moscow", sessions=sessions, **values)


def full():
    """A schedule that uses every field of the model."""
    crowd = session(
        2,
        at(4, 9),
        90,
        kind=SessionKind.PANEL,
        subtitle={"en": "Where to"},
        abstract={"en": "<p>An <em>open</em> talk</p>", "ru": "Разговор 🛰"},
        description={"en": "Long"},
        language="ru",
        track="industry",
        room=room(2).key,
        host="cluster",
        recorded=True,
        licence="CC BY 4.0",
        seats=25,
        stream_url="https://example.org/live",
        url="https://example.org/s/2",
        credits=(
            Credit(
                person=person(1).key,
                role=Role.MODERATOR,
                post={"en": "Director"},
                organisation="cluster",
                organisation_name={"en": "Cluster"},
            ),
            Credit(person=person(2).key, organisation_name={"ru": "Завод"}),
        ),
        links=(
            Link(title="Slides", url="https://example.org/s.pdf", is_file=True),
            Link(title="", url="https://example.org/"),
        ),
        sequence=3,
        changed_at=at(1, 12),
    )
    return schedule(
        session(1, at(3, 10), kind=SessionKind.PLENARY, room=room(1).key),
        crowd,
        session(3),
        removed=(session(4, at(3, 12), sequence=2, changed_at=at(1, 10)),),
        languages=("ru", "en"),
        rooms=(room(1, capacity=200, step_free=True, place={"en": "First floor"}), room(2, step_free=False)),
        tracks=(Track(key="industry", name={"en": "Industry", "ru": "Промышленность"}, hue=3),),
        organisations=(
            Organisation(key="cluster", name={"en": "Cluster"}, url="https://cluster.example"),
            Organisation(key="fund", name={"ru": "Фонд"}),
        ),
        people=(person(1, name="Анна Ли", latin="Anna Li", biography={"ru": "Инженер"}), person(2)),
        venue={"en": "Congress centre", "ru": "Конгресс-центр"},
        venue_address={"en": "1 Main street"},
        organisers=("cluster", "fund"),
        url="https://example.org/forum",
        version="3",
        released_at=at(1, 12),
        note={"en": "Rooms changed", "ru": "Новые залы"},
    )
