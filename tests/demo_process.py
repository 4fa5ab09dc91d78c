"""The demo as a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def environment(folder: Path) -> dict[str, str]:
    """The test run's environment without what would lead away from the folder."""
    foreign = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "PLENUM_DEMO", "PLENUM_BASE_URL")
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    return kept | {"PLENUM_VAR": str(folder)}


def demo(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run ``manage.py demo`` to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", "demo", *options],
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """A demo that serves, and the processes it has started; its films are made only where a test looks at them."""

    def __init__(self, folder: Path, *, films: bool = False) -> None:
        self.port = free_port()
        self.log = folder / "output.txt"
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "manage.py",
                    "demo",
                    "--port",
                    str(self.port),
                    *([] if films else ["--no-films"]),
                ],
                cwd=ROOT,
                env=environment(folder),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_for("Ctrl-C")
        self.children = self.current_children()

    def wait_for(self, text: str, seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def current_children(self) -> list[int]:
        """Return the web server and the worker, in the order of their start."""
        return children_of(self.process.pid)

    def left_over(self) -> list[int]:
        """Return the children that still run a second after the end."""
        time.sleep(1)
        return [pid for pid in self.children if Path(f"/proc/{pid}").exists() or is_alive(pid)]


def children_of(process: int) -> list[int]:
    """Return the processes that this one has started, in the order of their start."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return [pid for pid, parent in pairs if parent == process]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def cpu_seconds(pid: int) -> float:
    """Return the time that a process and its ended children have worked."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
