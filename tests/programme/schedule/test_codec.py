import json
import time

import pytest

from sessions_app.programme.schedule.codec import UnknownFormat, from_plain, to_plain
from tests.programme.schedule import builders


def test_every_field_survives_json():
    full = builders.full()
    assert from_plain(json.loads(json.dumps(to_plain(full)))) == full


def test_equal_schedules_give_equal_json():
    assert json.dumps(to_plain(builders.full())) == json.dumps(to_plain(builders.full()))


def test_another_format_is_refused():
    with pytest.raises(UnknownFormat):
        from_plain({**to_plain(builders.full()), "format": 2})


def test_a_thousand_sessions_are_read_quickly():
    crowd = builders.full().sessions[1]
    plain = to_plain(builders.schedule(*[crowd] * 1000))
    start = time.process_time()
    from_plain(plain)
    assert time.process_time() - start < 0.1


def test_a_note_of_an_early_snapshot_is_in_the_main_language():
    full = builders.full()
    early = to_plain(full) | {"note": "Rooms changed"}
    assert from_plain(early).note == {full.languages[0]: "Rooms changed"}
