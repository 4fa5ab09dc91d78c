"""Set-up shared by all tests: a migrated SQLite template, an empty cache, no real mail."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"


def _migrations_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("*/migrations/*.py")) + sorted(ROOT.glob("*/*/migrations/*.py")):
        digest.update(path.read_bytes())
    digest.update((ROOT / "deploy" / "requirements" / "base.txt").read_bytes())
    digest.update((ROOT / "config" / "settings.py").read_bytes())
    return digest.hexdigest()[:16]


def pytest_configure(config: pytest.Config) -> None:
    """Let SQLite runs start from a copy of a migrated database: seconds less at every start."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        return
    template = settings.VAR_DIR / "test" / f"{_migrations_hash()}.sqlite3"
    folder = Path(tempfile.mkdtemp(prefix="plenum-test-"))
    copy = folder / "test.sqlite3"
    database.setdefault("TEST", {})["NAME"] = str(copy)
    config.stash[_PATHS] = (template, copy)
    if template.exists():
        shutil.copyfile(template, copy)
        config.option.reuse_db = True
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's sync API runs a loop


_PATHS: pytest.StashKey[tuple[Path, Path]] = pytest.StashKey()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove this run's copy."""
    if _PATHS in config.stash:
        shutil.rmtree(config.stash[_PATHS][1].parent, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, pytestconfig: pytest.Config, django_db_blocker: pytest.FixtureRequest
) -> None:
    """Keep the migrated database as the template of later runs."""
    if _PATHS not in pytestconfig.stash:
        return
    template, copy = pytestconfig.stash[_PATHS]
    # Where no selected test uses the database, none has been made.
    if template.exists() or not copy.exists():
        return
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    template.parent.mkdir(parents=True, exist_ok=True)
    for old in template.parent.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    part = template.with_suffix(f".{os.getpid()}")
    shutil.copyfile(copy, part)
    part.replace(template)


@pytest.fixture(autouse=True)
def _numbers_from_one() -> None:
    """Number sessions from 1 in each test: a running count would meet the numbers that tests choose."""
    from tests.factories import SessionFactory

    SessionFactory.reset_sequence(0)


@pytest.fixture(autouse=True)
def _no_language() -> None:
    """Start every test in the language of the settings: a request leaves its own language behind."""
    from django.utils import translation

    translation.deactivate()


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Start every test with an empty cache, in Django's cache and in the process."""
    from django.core.cache import cache

    from sessions_app.programme.queries import forget_decoded

    cache.clear()
    forget_decoded()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real schedules and schemas; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("needs the folder ../shared/data with real schedules and schemas")
    return SHARED
