"""What 50,000 registrations cost: the list, an import that fails at its end, exports."""

from __future__ import annotations

import ctypes
import datetime as dt
import gc
import io
import time
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from sessions_app.registration.exports import export_rows
from sessions_app.registration.models import Registration
from sessions_app.registration.services.importing import ImportRefused, apply_import
from sessions_app.registration.states import State
from sessions_app.registration.tables.reading import read_table
from sessions_app.registration.tables.writing import write_csv, write_xlsx
from tests.benchmarks.conftest import get
from tests.factories import make_category, make_open_event, make_team_member

pytestmark = pytest.mark.django_db
NUMBER = 50_000


def many(event, categories):
    """Make that many registrations without their history."""
    now = timezone.now()
    states = [State.CONFIRMED, State.CONFIRMED, State.PENDING, State.CANCELLED]
    rows = [
        Registration(
            event=event,
            category=categories[n % len(categories)],
            state=states[n % 4],
            name=f"Анна Ли {n}",
            email=f"anna{n}@plenum.example",
            organisation_name=f"Организация {n % 700}",
            post="Директор по развитию",
            submitted_at=now - dt.timedelta(minutes=n),
            confirmed_at=now,
        )
        for n in range(NUMBER)
    ]
    Registration.objects.bulk_create(rows, batch_size=2_000)


@pytest.fixture
def large(db):
    event, category = make_open_event()
    many(event, [category, make_category(event), make_category(event)])
    return event


def test_list_of_50_000(table, large):
    client = Client()
    client.force_login(make_team_member(large, "registrar"))
    root = f"/admin/registration/{large.slug}/"
    client.get(f"{root}list/")
    for name, path in (
        ("list of 50,000", "list/"),
        ("list of 50,000, last page", "list/?page=1000"),
        ("list of 50,000, by organisation", "list/?sort=organisation"),
        ("list of 50,000, search", "list/?q=Ли 4999"),
        ("dashboard of 50,000", ""),
    ):
        before = time.perf_counter()
        status, queries = get(client, root + path)
        spent = time.perf_counter() - before
        assert status == 200
        table.add(name, f"{spent * 1000:.0f} ms", queries, "1 s")


def forget_peak() -> None:
    """Give back what the fixture needed, and let the kernel measure the process's peak anew."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")


def peak_megabytes() -> int:
    """Return the most memory that the process has had since then."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    return int(line.split()[1]) // 1024


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_export_of_50_000(table, large, write):
    rows = Registration.objects.filter(event=large).order_by("id")
    forget_peak()
    before = time.perf_counter()
    file = io.BytesIO()
    count = write(export_rows(large, rows, with_contacts=True), file)
    spent = time.perf_counter() - before
    memory = peak_megabytes()
    assert count == NUMBER + 1
    table.add(f"{write.__name__} of 50,000 rows", f"{spent:.1f} s, {memory:.0f} MB", "", "20 s, 300 MB")


def test_import_of_50_000_whose_last_row_is_bad(table):
    event, category = make_open_event()
    rows = "".join(f"anna{n}@plenum.example,Анна Ли {n}\n" for n in range(NUMBER - 1))
    before = time.perf_counter()
    bad = read_table(f"email,name\n{rows}wrong,Last\n".encode())
    with pytest.raises(ImportRefused) as refused:
        apply_import(event=event, table=bad, actor=None, category=category)
    spent = time.perf_counter() - before
    assert [(problem.line, problem.code) for problem in refused.value.problems] == [(NUMBER + 1, "bad_email")]
    assert not Registration.objects.exists()
    table.add("import of 50,000 rows, the last bad", f"{spent:.1f} s", "", "nothing written")
    before = time.perf_counter()
    good = read_table(f"email,name\n{rows}".encode())
    plan = apply_import(event=event, table=good, actor=None, category=category)
    assert len(plan.created) == NUMBER - 1
    table.add("import of 50,000 rows", f"{time.perf_counter() - before:.1f} s", "", "")
