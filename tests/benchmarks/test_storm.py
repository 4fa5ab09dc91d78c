"""Four gates × 2,000 scans without a network, shuffled, sent three times, with kills; on PostgreSQL with DATABASE_URL."""

import os
import time

import pytest

from sessions_app.admission.models import Scan
from tests.faults.storm import GATES, SENDINGS, assert_equals_the_model, make_storm, rage

pytestmark = pytest.mark.django_db(transaction=True)

PER_GATE = int(os.environ.get("BENCH_SCANS", "2000"))
KILLS = 20


def test_four_gates_without_a_network_in_a_storm(table, tmp_path):
    storm = make_storm(per_gate=PER_GATE, seed=7)
    began = time.perf_counter()
    killed = rage(storm, tmp_path, kills=KILLS, pause=(0.5, 3.0), seed=7, batch=100)
    wall = time.perf_counter() - began
    assert_equals_the_model(storm)
    assert Scan.objects.count() == GATES * PER_GATE
    assert killed >= KILLS // 2
    table.add(f"{GATES} gates × {PER_GATE:,} scans, sent {SENDINGS} times", f"{wall:.0f} s")
    table.add("… gates killed meanwhile, scans lost or doubled", f"{killed}, 0", "", "0")
