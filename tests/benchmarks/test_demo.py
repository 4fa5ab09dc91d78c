"""What a newcomer waits for, and what the running demo takes: ``make demo`` in a copy of this checkout, twice.

Packages may come from the caches of their installers; without these the network's speed would be measured.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.benchmarks.conftest import Table
from tests.demo_process import ROOT, children_of, environment, free_port

PATIENCE = 600.0  # seconds until the demo must stand
READ = ("en/", "ru/events/cluster-forum/", "events/cluster-forum/schedule.ics", "api/v1/openapi.json")


def copy_of_checkout(target: Path) -> Path:
    """Copy what git keeps here, as it lies in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


@contextmanager
def started(folder: Path) -> Iterator[tuple[float, int, int]]:
    """Run ``make demo`` and give the seconds until it stood, its process and its port; stop it afterwards."""
    port, log = free_port(), folder / "output.txt"
    known = environment(folder)
    del known["PLENUM_VAR"]
    began = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(
            ["make", "demo"], cwd=folder, env=known | {"PORT": str(port)}, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        while "Ctrl-C" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() - began < PATIENCE, log.read_text()
            time.sleep(0.05)
        yield time.monotonic() - began, process.pid, port
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)


def megabytes(pid: int) -> float:
    """Return the resident memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="copies what git keeps")
def test_the_demo_of_a_newcomer(table: Table, tmp_path: Path) -> None:
    folder = copy_of_checkout(tmp_path)
    with started(folder) as (cold, _process, _port):
        pass
    table.add("make demo, cold", f"{cold:.0f} s", "", "180 s")
    with started(folder) as (warm, process, port):
        table.add("make demo, warm", f"{warm:.1f} s", "", "10 s")
        if sys.platform != "linux":
            return
        time.sleep(12)  # the worker's first task comes after ten seconds
        for path in READ:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}") as answer:
                assert answer.status == 200
        (supervisor,) = children_of(process)
        taken = sum(map(megabytes, children_of(supervisor)))
    table.add("web server and worker of the demo", f"{taken:.0f} MB", "", "300 MB")
