"""The scheduler without a database: files in, a checked plan out, and words for what is wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.demo_process import cpu_seconds

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).resolve().parents[3]
# Whoever asks the database is refused.
NOWHERE = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT, env=os.environ | NOWHERE, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def instance(folder: Path, **changes: object) -> Path:
    people = [{"id": number} for number in range(1, 7)]
    pairs = [(1, 2), (3, 4), (5, 6), (1, 3), (2, 5)]
    data = {
        "name": "small", "slots": 4, "tables": 2, "max_break_difference": 2, "participants": people,
        "meetings": [{"id": n, "participants": list(pair)} for n, pair in enumerate(pairs, start=1)],
    }  # fmt: skip
    path = folder / "instance.json"
    path.write_text(json.dumps(data | changes))
    return path


def test_a_plan_is_made_and_stands_before_the_verifier(tmp_path):
    file, out = instance(tmp_path), tmp_path / "plan.json"
    done = run("schedule_meetings", file, "--time-limit", 5, "--seed", 3, "--out", out)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told.keys() == {"status", "scheduled", "breaks", "max_difference", "bound", "seconds"}
    assert (told["status"], told["scheduled"], told["breaks"]) == ("optimal", 5, 0)
    judged = run("verify_plan", file, out)
    assert judged.returncode == 0, judged.stderr
    assert json.loads(judged.stdout)["valid"] is True


def test_the_same_seed_gives_the_same_file(tmp_path):
    file = instance(tmp_path)
    for name in ("one", "two"):
        run("schedule_meetings", file, "--seed", 9, "--out", tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_searches_side_by_side_give_a_plan_as_well(tmp_path):
    out = tmp_path / "plan.json"
    done = run("schedule_meetings", instance(tmp_path), "--workers", 2, "--out", out)
    assert (done.returncode, json.loads(done.stdout)["status"]) == (0, "optimal")
    assert len(json.loads(out.read_text())["assignments"]) == 5


def test_what_cannot_be_is_proved_and_named(tmp_path):
    out = tmp_path / "plan.json"
    done = run("schedule_meetings", instance(tmp_path, tables=1), "--out", out)
    assert (done.returncode, json.loads(done.stdout)["status"]) == (0, "infeasible")
    assert "more meetings than places at tables; 5 needed, 4 there" in done.stderr
    assert json.loads(out.read_text())["assignments"] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "another form"),
        ("[]", "expected an object"),
        ("[" * 100_000, "another form"),
        ('{"slots": 2}', "another form"),
        ('{"slots": -1, "tables": 1, "participants": [], "meetings": []}', "slots"),
        ('{"slots": 2, "tables": 1, "participants": [{"id": 1}], "meetings": [{"id": 1, "participants": [1, 1]}]}', "somebody would meet herself"),
        ('{"slots": 2, "tables": 1, "participants": [{"id": 1}], "meetings": [{"id": 1, "participants": [1, 2]}]}', "not among the participants"),
        ("\x00\xff", "cannot be read"),
    ],
)  # fmt: skip
def test_bad_files_are_refused_in_words_and_nothing_is_written(tmp_path, text, said):
    path = tmp_path / "instance.json"
    path.write_bytes(text.encode("latin-1"))
    done = run("schedule_meetings", path, "--out", tmp_path / "plan.json")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "plan.json").exists()


def test_a_plan_that_was_altered_is_no_plan(tmp_path):
    file, out = instance(tmp_path), tmp_path / "plan.json"
    run("schedule_meetings", file, "--out", out)
    plan = json.loads(out.read_text())
    plan["assignments"][0]["slot"] = plan["assignments"][1]["slot"]
    plan["assignments"][0]["table"] = plan["assignments"][1]["table"]
    out.write_text(json.dumps(plan))
    judged = run("verify_plan", file, out)
    assert judged.returncode == 1
    assert "table_twice" in {fault["code"] for fault in json.loads(judged.stdout)["faults"]}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_who_stops_it_keeps_the_best_plan_so_far(tmp_path, shared_data, number):
    file, out = shared_data / "exchange" / "forumt-14.original.json", tmp_path / "plan.json"
    large = json.loads(file.read_text())
    large["days"] = [list(range(large["slots"]))]
    large["meetings"] = [one | {"optional": True} for one in large["meetings"]]
    large["tables"] = 2  # not nearly all fit, so that no proof ends the search
    path = tmp_path / "instance.json"
    path.write_text(json.dumps(large))
    process = subprocess.Popen(
        [sys.executable, "manage.py", "schedule_meetings", str(path), "--time-limit", "90", "--out", str(out)],
        cwd=ROOT, env=os.environ | NOWHERE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    # By then it searches, however busy the machine is: starting takes two seconds of CPU.
    while process.poll() is None and cpu_seconds(process.pid) < 5:
        time.sleep(0.1)
    began = time.monotonic()
    if process.poll() is None:
        process.send_signal(number)
    printed, _ = process.communicate(timeout=30)
    assert time.monotonic() - began < 25
    assert process.returncode == 0
    assert json.loads(printed)["scheduled"] == len(json.loads(out.read_text())["assignments"]) > 0
    assert run("verify_plan", path, out).returncode == 0


def test_a_killed_search_leaves_no_half_a_plan(tmp_path, shared_data):
    out = tmp_path / "plan.json"
    file = shared_data / "exchange" / "forum-13.fixed020-Forb.json"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "schedule_meetings", str(file), "--out", str(out)],
        cwd=ROOT, env=os.environ | NOWHERE, stdout=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(1)
    process.kill()
    process.communicate()
    assert not out.exists() or json.loads(out.read_text())["assignments"]
