"""What the import of a large file costs, as the command that people run."""

import os
import shutil
import subprocess
import sys
import time

import pytest
from django.conf import settings

from sessions_app.programme.schedule.formats.reading import read
from sessions_app.programme.schedule.formats.xml_writer import write_xml
from tests.benchmarks.conftest import synthetic_schedule
from tests.demo_process import ROOT, environment


@pytest.fixture
def folder(django_db_setup, tmp_path):
    """A folder with a migrated database of its own."""
    for template in (settings.VAR_DIR / "test").glob("*.sqlite3"):
        shutil.copyfile(template, tmp_path / "plenum.sqlite3")
    migrate = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(migrate, cwd=ROOT, env=environment(tmp_path), check=True)
    return tmp_path


def test_import_of_1350_sessions(table, folder):
    path = folder / "schedule.xml"
    path.write_bytes(write_xml(synthetic_schedule("large-1350", 1350, 5)))
    before = time.process_time()
    assert not read(path.read_bytes(), slug="large-1350").errors
    table.add("import of 1,350 sessions, reading alone", f"{time.process_time() - before:.2f} s")
    command = [sys.executable, "manage.py", "import_schedule", str(path), "--event", "large-1350", "--create"]
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=environment(folder), stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    seconds = time.monotonic() - began
    peak = used.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    table.add("import of 1,350 sessions, the whole command", f"{seconds:.1f} s", "", "10 s")
    table.add("import of 1,350 sessions, peak memory", f"{peak:.0f} MB", "", "400 MB")
