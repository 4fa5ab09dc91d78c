"""Doors without a network: whatever is killed when they send, each scan arrives once and none is lost."""

import pytest

from sessions_app.admission.models import Scan
from tests.faults.storm import assert_equals_the_model, make_storm, rage

pytestmark = pytest.mark.django_db(transaction=True)


def test_four_gates_shuffled_and_sent_three_times_with_kills_equal_the_model(tmp_path):
    """The same with 2,000 scans a gate: ``tests/benchmarks/test_storm.py``."""
    storm = make_storm(per_gate=30, seed=1)
    assert rage(storm, tmp_path, kills=5, pause=(0.05, 0.3), seed=1, batch=10) >= 1
    assert_equals_the_model(storm)
    assert Scan.objects.count() == 120
