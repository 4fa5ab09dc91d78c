"""A data base that several processes share, and the processes."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(settings.BASE_DIR)


class Processes:
    """Starts processes of the platform on the data base of the test, with mail kept in files."""

    def __init__(self, var: Path, database_url: str) -> None:
        self.var = var
        self.started: list[subprocess.Popen] = []
        self.environment = {
            **{k: v for k, v in os.environ.items() if k not in {"EMAIL_URL", "REDIS_URL"}},
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": database_url,
            "PLENUM_VAR": str(var),
            "PLENUM_DEMO": "1",
            "ALLOWED_HOSTS": "testserver",
        }

    def start(self, *arguments: str, script: str = "outbox_process", **environment: str) -> subprocess.Popen:
        """Start a process and return it without waiting."""
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / f"{script}.py"), *arguments],
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def run(self, *arguments: str, **environment: str) -> str:
        """Run a process to its end and return its output."""
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        return out.strip()

    def letters(self) -> list[str]:
        """Return the Message-ID of each mail that was delivered, in no order."""
        found = []
        for path in (self.var / "mail").glob("*.log") if (self.var / "mail").is_dir() else ():
            lines = path.read_text().splitlines()
            found += [line.split(": ", 1)[1] for line in lines if line.startswith("Message-ID: ")]
        return found

    def end(self) -> None:
        """Kill what still runs."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()


@pytest.fixture
def processes(transactional_db):
    """Return a starter of processes that see the test's data base."""
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder)
        found = Processes(var, _shared_database(var))
        yield found
        found.end()


def _shared_database(folder: Path) -> str:
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        path = folder / "shared.sqlite3"
        target = sqlite3.connect(path)
        connection.connection.backup(target)
        target.close()
        return f"sqlite:///{path}"
    known = connection.settings_dict
    login = f"{known['USER']}:{known['PASSWORD']}@" if known["USER"] else ""
    port = f":{known['PORT']}" if known["PORT"] else ""
    return f"postgres://{login}{known['HOST'] or 'localhost'}{port}/{known['NAME']}"
