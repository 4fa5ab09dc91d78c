from sessions_app.programme.schedule.layout import lay_out
from sessions_app.programme.schedule.model import SessionKind
from sessions_app.programme.schedule.zones import zone
from tests.programme.schedule.builders import at, room, schedule, session

MOSCOW = zone("Europe/Moscow")
ROOMS = (room(1), room(2), room(3))
HALL, SIDE, LOFT = (item.key for item in ROOMS)
DAY = schedule().days[0]


def grid(*sessions):
    return lay_out(sessions, ROOMS, MOSCOW, DAY)


def places(layout):
    return {block.session.number: (block.column, block.row, block.rows) for block in layout.blocks}


def test_an_empty_day():
    layout = grid(session(1, at(4, 10)), session(2))
    assert (layout.rows, layout.blocks, layout.rooms, layout.sessions) == (0, (), (), ())


def test_rooms_that_hold_something_are_columns_in_their_order():
    layout = grid(session(1, at(3, 9), 60, room=LOFT), session(2, at(3, 9, 30), 45, room=HALL))
    assert layout.rooms == (ROOMS[0], ROOMS[2])
    assert places(layout) == {1: (2, 1, 12), 2: (1, 7, 9)}
    assert layout.rows == 15
    assert [item.number for item in layout.sessions] == [1, 2]


def test_empty_hours_collapse_into_one_row():
    layout = grid(session(1, at(3, 9), 60, room=HALL), session(2, at(3, 15), 60, room=HALL))
    assert places(layout) == {1: (1, 1, 12), 2: (1, 14, 12)}
    (gap,) = layout.gaps
    assert (gap.row, gap.start, gap.end) == (13, at(3, 10), at(3, 15))
    assert layout.rows == 25


def test_an_hour_of_pause_stays():
    layout = grid(session(1, at(3, 9), 60, room=HALL), session(2, at(3, 11), 60, room=HALL))
    assert (layout.gaps, places(layout)[2]) == ((), (1, 25, 12))


def test_times_stand_beside_the_grid():
    layout = grid(session(1, at(3, 9, 10), 60, room=HALL), session(2, at(3, 15), 30, room=HALL))
    assert [(mark.row, mark.label) for mark in layout.marks] == [
        (1, "09:10"),
        (5, "09:30"),
        (11, "10:00"),
        (14, "15:00"),
    ]


def test_a_break_without_room_goes_across_and_beside_sessions_into_its_own_column():
    coffee = session(2, at(3, 10), 30, kind=SessionKind.BREAK)
    desk = session(3, at(3, 9), 30)
    layout = grid(session(1, at(3, 9), 60, room=HALL), coffee, desk)
    assert places(layout) == {1: (1, 1, 12), 2: (0, 13, 6), 3: (2, 1, 6)}
    assert layout.elsewhere


def test_a_room_booked_twice_has_lanes():
    layout = grid(
        session(1, at(3, 9), 60, room=HALL),
        session(2, at(3, 9, 30), 60, room=HALL),
        session(3, at(3, 10), 30, room=HALL),
        session(4, at(3, 10, 30), 30, room=HALL),
    )
    lanes = {block.session.number: (block.lane, block.lanes) for block in layout.blocks}
    assert lanes == {1: (1, 2), 2: (2, 2), 3: (1, 2), 4: (1, 1)}


def test_odd_minutes_take_whole_rows():
    assert places(grid(session(1, at(3, 9, 2), 6, room=HALL))) == {1: (1, 1, 2)}


def test_a_night_belongs_to_its_day():
    night = schedule().days[0].__class__(date=DAY.date, start=at(3, 9), end=at(4, 3))
    layout = lay_out([session(1, at(4, 1), 60, room=HALL)], ROOMS, MOSCOW, night)
    assert [mark.label for mark in layout.marks] == ["01:00", "01:30"]
