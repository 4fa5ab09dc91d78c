"""What the import of a large file costs."""

import resource
import time

import pytest

from sessions_app.programme.schedule.formats.reading import read
from sessions_app.programme.schedule.formats.xml_writer import write_xml
from sessions_app.programme.services.creating import create_event_from_schedule
from tests.benchmarks.conftest import synthetic_schedule

pytestmark = pytest.mark.django_db


def test_import_of_1350_sessions(table):
    data = write_xml(synthetic_schedule("large-1350", 1350, 5))
    before = time.process_time()
    reading = read(data, slug="large-1350")
    middle = time.process_time()
    assert not reading.errors
    create_event_from_schedule(slug="large-1350", reading=reading, actor=None)
    after = time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table.add("import of 1,350 sessions, read", f"{middle - before:.2f} s")
    table.add("import of 1,350 sessions, in all", f"{after - before:.2f} s", "", "10 s")
    table.add("import of 1,350 sessions, peak memory", f"{memory:.0f} MB", "", "400 MB")
