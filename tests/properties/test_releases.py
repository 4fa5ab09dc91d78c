import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from sessions_app.programme.schedule.diff import compare, stamp
from tests.programme.schedule.builders import at, schedule, session

STATES = st.dictionaries(
    st.integers(1, 4),
    st.tuples(st.sampled_from([None, 9, 10]), st.sampled_from(["A", "B"])),
    max_size=4,
)


def drafted(state):
    """A draft with the sessions of the state: number to hour (None: no time) and title."""
    return schedule(
        *[
            session(number, at(3, hour) if hour else None, title={"en": title})
            for number, (hour, title) in state.items()
        ]
    )


@given(st.lists(STATES, min_size=2, max_size=6))
def test_calendars_learn_of_every_change_and_of_nothing_else(states):
    release, seen = None, {}
    for number, state in enumerate(states, start=1):
        changes = compare(release, drafted(state))
        release = stamp(drafted(state), release, number, at(1, 8) + dt.timedelta(hours=number))
        entries = {item.guid: (item, "CONFIRMED") for item in release.sessions if item.start}
        cancelled = {item.guid: (item, "CANCELLED") for item in release.removed}
        assert not entries.keys() & cancelled.keys()
        entries |= cancelled
        assert seen.keys() <= entries.keys()
        touched = set()
        for guid, (item, status) in entries.items():
            last, last_status = seen.get(guid, (None, None))
            shown = (item.title, item.start, item.end, status)
            if last is None or (last.title, last.start, last.end, last_status) != shown:
                assert item.sequence == number
                assert last is None or item.sequence > last.sequence
                touched.add(guid)
            else:
                assert (item.sequence, item.changed_at) == (last.sequence, last.changed_at)
        named = [*changes.added, *changes.removed, *(m.session for m in changes.moved)]
        named += [change.session for change in changes.changed]
        assert {entry.guid for entry in named} == touched
        seen = entries
