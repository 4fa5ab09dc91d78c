"""Whatever the bytes, reading answers: a schedule or errors with a place, and never breaks."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_app.programme.schedule.formats.ics_writer import write_ics
from sessions_app.programme.schedule.formats.json_writer import write_json
from sessions_app.programme.schedule.formats.reading import FORMATS, read
from sessions_app.programme.schedule.formats.table_writer import write_csv, write_xlsx
from sessions_app.programme.schedule.formats.xml_writer import write_xml
from tests.programme.schedule import builders

FULL = builders.full()
FILES = (
    write_xml(FULL),
    write_json(FULL),
    write_ics(FULL, domain="example.org"),
    write_csv(FULL),
    write_xlsx(FULL),
)
PIECES = (
    b"<",
    b"&",
    b'"',
    b"{",
    b"]",
    b",",
    b"\n",
    b"\x00",
    b"\xff",
    b"-1",
    b"99999999999999999999",
    b"+25:00",
)


def answers(data, **values):
    reading = read(data, **values)
    assert (reading.schedule is None) == bool(reading.errors)
    for deviation in reading.deviations:
        assert "%(" not in str(deviation)


@given(st.binary(max_size=300), st.sampled_from(("auto", *FORMATS)))
def test_any_bytes(data, format_name):
    answers(data, format=format_name)


@given(st.sampled_from(FILES), st.data())
@settings(max_examples=150)
def test_damaged_files(file, data):
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(file)))
        end = start + data.draw(st.integers(0, 12))
        file = file[:start] + data.draw(st.sampled_from(PIECES)) + file[end:]
    answers(file)
