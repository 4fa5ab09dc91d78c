"""What suggestions are worth and cost, beside what they should; the data says what it was written for."""

from pathlib import Path

from matchmaking.ranking.bench import bench

DATA = Path(__file__).parents[1] / "matchmaking" / "ranking" / "data"
AIMS = {
    ("texts", "recall_at_5"): ".90",
    ("texts", "mrr"): ".85",
    ("event", "reciprocal_over_one_sided"): "at least .05",
    ("event", "coverage_at_10"): ".95",
    ("event", "gini_at_10"): "at most .50",
    ("page", "p95_ms"): "100",
    ("everybody", "recompute_seconds"): "60",
    ("everybody", "coverage_at_10"): ".95",
    ("everybody", "gini_at_10"): "at most .50",
}


def test_suggestions(table):
    for part, numbers in bench(DATA).items():
        if isinstance(numbers, dict):
            for name, value in numbers.items():
                table.add(f"{part}: {name}", f"{value:.3f}", "", AIMS.get((part, name), ""))
