import json
from dataclasses import replace

from sessions_app.programme.schedule import diff
from sessions_app.programme.schedule.model import Credit, SessionKind
from tests.programme.schedule.builders import at, full, person, room, schedule, session

HALL, SIDE = room(1).key, room(2).key
FIRST, SECOND, THIRD = at(1, 10), at(1, 11), at(1, 12)


def only(stamped, number):
    """The session of that number in the release."""
    (found,) = [item for item in stamped.sessions if item.number == number]
    return found


def test_nothing_changed():
    assert diff.compare(full(), full()).is_empty


def test_the_first_release_adds_what_is_planned():
    changes = diff.compare(None, schedule(session(1, at(4, 9)), session(2, at(3, 9)), session(3)))
    assert [entry.code for entry in changes.added] == ["S00002", "S00001"]
    assert (changes.removed, changes.moved, changes.changed) == ((), (), ())


def test_moves_name_both_places():
    old = schedule(session(1, at(3, 9), room=HALL), session(2, at(3, 9), room=SIDE))
    new = schedule(session(1, at(3, 10), room=HALL), session(2, at(3, 9), room=HALL))
    in_room, in_time = diff.compare(old, new).moved
    assert (in_time.session.code, in_time.time_changed, in_time.room_changed) == ("S00001", True, False)
    assert (in_time.before.start, in_time.session.place.start) == (at(3, 9), at(3, 10))
    assert (in_room.session.code, in_room.time_changed, in_room.room_changed) == ("S00002", False, True)
    assert in_room.before.room_name["en"] == "Hall 2"
    assert in_room.session.place.room_name["en"] == "Hall 1"


def test_changed_fields_are_named():
    old = schedule(session(1, at(3, 9), credits=(Credit(person=person(1).key),)))
    new = schedule(session(1, at(3, 9), title={"en": "New"}, kind=SessionKind.PANEL))
    (change,) = diff.compare(old, new).changed
    assert change.fields == ("title", "kind", "credits")


def test_losing_the_time_is_a_removal_and_getting_one_an_addition():
    planned, unplanned = schedule(session(1, at(3, 9))), schedule(session(1))
    assert [entry.code for entry in diff.compare(planned, unplanned).removed] == ["S00001"]
    assert [entry.code for entry in diff.compare(unplanned, planned).added] == ["S00001"]


def test_changes_survive_json():
    old = schedule(session(1, at(3, 9), room=HALL), session(2, at(3, 9)), session(4, at(3, 9)))
    new = schedule(session(1, at(3, 10)), session(2, at(3, 9), title={"en": "New"}), session(3, at(3, 9)))
    changes = diff.compare(old, new)
    assert all((changes.added, changes.removed, changes.moved, changes.changed))
    assert diff.from_plain(json.loads(json.dumps(diff.to_plain(changes)))) == changes


def test_unchanged_sessions_keep_their_stamp_and_changed_ones_get_the_new():
    first = diff.stamp(schedule(session(1, at(3, 9)), session(2, at(3, 10))), None, 1, FIRST)
    second = diff.stamp(schedule(session(1, at(3, 9)), session(2, at(3, 11))), first, 2, SECOND)
    assert (only(second, 1).sequence, only(second, 1).changed_at) == (1, FIRST)
    assert (only(second, 2).sequence, only(second, 2).changed_at) == (2, SECOND)
    assert (second.version, second.released_at) == ("2", SECOND)


def test_what_a_calendar_does_not_show_keeps_the_stamp():
    first = diff.stamp(schedule(session(1, at(3, 9), seats=10)), None, 1, FIRST)
    second = diff.stamp(schedule(session(1, at(3, 9), seats=20)), first, 2, SECOND)
    assert only(second, 1).sequence == 1


def test_a_renamed_room_changes_the_entry():
    draft = schedule(session(1, at(3, 9), room=HALL))
    first = diff.stamp(draft, None, 1, FIRST)
    second = diff.stamp(replace(draft, rooms=(room(1, name={"en": "Aula"}),)), first, 2, SECOND)
    assert only(second, 1).sequence == 2


def test_removed_sessions_stay_as_last_printed_until_they_come_back():
    first = diff.stamp(schedule(session(1, at(3, 9)), session(2, at(3, 10))), None, 1, FIRST)
    second = diff.stamp(schedule(session(2, at(3, 10))), first, 2, SECOND)
    (gone,) = second.removed
    assert (gone.number, gone.start, gone.sequence, gone.changed_at) == (1, at(3, 9), 2, SECOND)
    third = diff.stamp(schedule(session(2, at(3, 10))), second, 3, THIRD)
    assert third.removed == second.removed
    fourth = diff.stamp(schedule(session(1, at(3, 9)), session(2, at(3, 10))), third, 4, THIRD)
    assert fourth.removed == ()
    assert (only(fourth, 1).sequence, only(fourth, 2).sequence) == (4, 1)


def test_a_session_that_loses_its_time_is_cancelled():
    first = diff.stamp(schedule(session(1, at(3, 9))), None, 1, FIRST)
    second = diff.stamp(schedule(session(1)), first, 2, SECOND)
    assert [item.number for item in second.removed] == [1]
    third = diff.stamp(schedule(session(1, at(3, 9))), second, 3, THIRD)
    assert (third.removed, only(third, 1).sequence) == ((), 3)
