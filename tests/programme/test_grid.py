"""The grid of a day gives height to time in which much is held, and draws breaks across all rooms."""

import datetime as dt
import re

from sessions_app.programme.pages.grid import FEW_ROOMS, grid_of
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.schedule.layout import lay_out
from sessions_app.programme.schedule.model import Day, Room, Schedule, SessionKind
from tests.programme.schedule.builders import session

START = dt.datetime(2018, 7, 25, 6, 0, tzinfo=dt.UTC)  # 9:00 in Moscow
DAY = Day(date=dt.date(2018, 7, 25), start=START, end=START + dt.timedelta(hours=12))


def at(minutes):
    return START + dt.timedelta(minutes=minutes)


def rules_of(*sessions, rooms=3):
    halls = tuple(Room(key=f"r{number}", name={"en": f"Hall {number}"}) for number in range(1, rooms + 1))
    schedule = Schedule(
        slug="x", title={"en": "X"}, zone="Europe/Moscow", rooms=halls, days=(DAY,), sessions=sessions
    )
    reader = Reader(schedule, "en")
    return grid_of(lay_out(sessions, halls, reader.zone, DAY), reader)


def rule(grid, held):
    return re.search(rf"\.s-{held.code}{{(.*?)}}", grid.rules)[1]


def test_height_follows_how_much_is_held_at_once():
    together = [session(1, at(0), 30, room="r1"), session(2, at(0), 30, room="r2")]
    alone = session(3, at(60), 30, room="r1")
    grid = rules_of(*together, alone)
    assert (
        "grid-template-rows:repeat(6,var(--row)) repeat(6,var(--row-empty)) repeat(6,var(--row-one))"
        in grid.rules
    )


def test_a_break_takes_no_height_of_its_own_and_lies_across_all_rooms():
    before = session(1, at(0), 30, room="r1")
    coffee = session(2, at(30), 30, room="r3", kind=SessionKind.BREAK)
    grid = rules_of(before, coffee)
    assert "repeat(6,var(--row-one)) repeat(6,var(--row-empty))" in grid.rules
    assert "grid-column:2/-1;--skip:0" in rule(grid, coffee)


def test_a_breaks_words_stand_beside_what_is_held_meanwhile():
    lunch = session(1, at(0), 60, room="r3", kind=SessionKind.BREAK)
    talk = session(2, at(15), 30, room="r1")
    grid = rules_of(lunch, talk)
    # The talk's room is the first column shown, so that the words begin in the second.
    assert "grid-column:2/-1;--skip:1" in rule(grid, lunch)


def test_two_breaks_at_once_stay_in_their_rooms():
    lunch = session(1, at(0), 60, room="r1", kind=SessionKind.BREAK)
    tour = session(2, at(0), 60, room="r2", kind=SessionKind.BREAK)
    grid = rules_of(lunch, tour)
    assert "grid-column:2" in rule(grid, lunch)
    assert "/-1" not in rule(grid, lunch) + rule(grid, tour)


def test_a_room_booked_twice_gets_lanes():
    one, other = session(1, at(0), 60, room="r1"), session(2, at(30), 60, room="r1")
    grid = rules_of(one, other)
    assert "--lane:0;--lanes:2" in rule(grid, one)
    assert "--lane:1;--lanes:2" in rule(grid, other)


def test_many_rooms_scroll():
    held = [session(number, at(0), 60, room=f"r{number}") for number in range(1, FEW_ROOMS + 2)]
    assert rules_of(*held, rooms=FEW_ROOMS + 1).many
    assert not rules_of(*held[:-1], rooms=FEW_ROOMS).many
