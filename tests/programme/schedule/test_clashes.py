import time

from sessions_app.programme.schedule.clashes import ClashKind, find_clashes
from sessions_app.programme.schedule.model import Credit, SessionKind
from tests.programme.schedule.builders import at, person, room, schedule, session

HALL, SIDE = room(1).key, room(2).key


def by(number):
    return (Credit(person=person(number).key),)


def kinds(*sessions, **values):
    return [clash.kind for clash in find_clashes(schedule(*sessions, **values))]


def test_a_room_held_twice_names_sessions_room_and_overlap():
    first, second = session(1, at(3, 9), 60, room=HALL), session(2, at(3, 9, 30), 60, room=HALL)
    (clash,) = find_clashes(schedule(second, first))
    assert clash.kind == ClashKind.ROOM_DOUBLE_BOOKED
    assert clash.blocking
    assert (clash.session, clash.other, clash.room) == (first, second, room(1, capacity=100))
    assert (clash.start, clash.end) == (at(3, 9, 30), at(3, 10))


def test_a_person_in_two_places_clashes_even_in_a_break_without_a_room():
    coffee = session(2, at(3, 9), 90, kind=SessionKind.BREAK, credits=by(1))
    (clash,) = find_clashes(schedule(session(1, at(3, 9), room=HALL, credits=by(1)), coffee))
    assert clash.kind == ClashKind.PERSON_DOUBLE_BOOKED
    assert clash.person == person(1)


def test_two_roles_of_one_person_in_a_session_are_no_clash():
    assert kinds(session(1, at(3, 9), credits=by(1) + by(1))) == []


def test_adjacent_sessions_and_sessions_without_room_do_not_clash():
    assert (
        kinds(
            session(1, at(3, 9), 60, room=HALL, credits=by(1)),
            session(2, at(3, 10), 60, room=HALL, credits=by(1)),
            session(3, at(3, 9), 240, kind=SessionKind.BREAK),
            session(4, at(3, 9), 240, kind=SessionKind.EXCHANGE),
            session(5),
        )
        == []
    )


def test_three_at_once_are_three_pairs():
    assert (
        kinds(*[session(n, at(3, 9, n), room=HALL) for n in (1, 2, 3)]) == [ClashKind.ROOM_DOUBLE_BOOKED] * 3
    )


def test_a_long_session_clashes_with_a_later_one_behind_a_short_one():
    found = find_clashes(
        schedule(
            session(1, at(3, 9), 240, room=HALL),
            session(2, at(3, 9), 30, room=HALL),
            session(3, at(3, 12), 30, room=HALL),
        )
    )
    assert {(clash.session.number, clash.other.number) for clash in found} == {(2, 1), (1, 3)}


def test_outside_the_day_is_named_and_does_not_block():
    (clash,) = find_clashes(schedule(session(1, at(3, 21, 30), 60)))
    assert (clash.kind, clash.blocking) == (ClashKind.OUTSIDE_DAY, False)
    assert kinds(session(1, at(5, 10))) == [ClashKind.OUTSIDE_DAY]


def test_a_whole_day_may_be_filled():
    assert kinds(session(1, at(3, 8), 14 * 60)) == []


def test_more_people_than_places():
    crowded = session(1, at(3, 9), room=SIDE)
    seated = session(2, at(3, 12), room=SIDE, seats=10)
    found = find_clashes(schedule(crowded, seated), {crowded.guid: 31, seated.guid: 11})
    assert [(clash.kind, clash.wanted, clash.available) for clash in found] == [
        (ClashKind.OVER_CAPACITY, 31, 30),
        (ClashKind.OVER_CAPACITY, 11, 10),
    ]
    assert find_clashes(schedule(crowded), {crowded.guid: 30}) == []


def test_more_seats_than_the_room_has():
    (clash,) = find_clashes(schedule(session(1, at(3, 9), room=SIDE, seats=40)))
    assert (clash.kind, clash.wanted, clash.available) == (ClashKind.SEATS_OVER_CAPACITY, 40, 30)


def test_three_thousand_sessions_are_checked_quickly():
    rooms = tuple(room(number) for number in range(50))
    sessions = [
        session(number, at(3, 8, number // 50 % 60), 1, room=rooms[number % 50].key) for number in range(3000)
    ]
    start = time.process_time()
    assert find_clashes(schedule(*sessions, rooms=rooms)) == []
    assert time.process_time() - start < 1
