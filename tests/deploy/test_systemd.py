"""systemd accepts our units, and they fence the processes in."""

from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.conftest import DEPLOY, ROOT, program

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
# Of 100; systemd calls up to 20 "OK" and an ordinary unit without any fence has 96.
MOST_EXPOSURE = "20"


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units with our paths, as systemd asks whether a program is there."""
    for path in (DEPLOY / "systemd").iterdir():
        text = path.read_text("utf-8")
        text = text.replace("/srv/plenum/app/.venv/bin", str(Path(sys.executable).parent))
        text = text.replace("WorkingDirectory=/srv/plenum/app", f"WorkingDirectory={ROOT}")
        (tmp_path / path.name).write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize("name", [path.name for path in UNITS])
def test_unit_is_accepted(units: Path, name: str) -> None:
    result = subprocess.run(
        [program("systemd-analyze"), "verify", str(units / name)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    complaints = [line for line in result.stderr.splitlines() if "plenum" in line]
    assert (result.returncode, complaints) == (0, []), result.stderr


@pytest.mark.parametrize("name", [path.name for path in UNITS])
def test_unit_is_fenced_in(units: Path, name: str) -> None:
    result = subprocess.run(
        [
            program("systemd-analyze"),
            "security",
            "--offline=true",
            f"--threshold={MOST_EXPOSURE}",
            str(units / name),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-300:] + result.stderr


def read(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment]
    parser.read(path, "utf-8")
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_unit_runs_as_its_own_user_with_secrets_from_a_file(path: Path) -> None:
    service = read(path)["Service"]
    assert service["User"] == "plenum"
    assert service["EnvironmentFile"] == "/etc/plenum/plenum.env"
    assert service["Restart"] == "always"
    assert not [key for key in service if key == "Environment"]


def test_target_wants_every_unit() -> None:
    wanted = read(DEPLOY / "systemd" / "plenum.target")["Unit"]["Wants"].split()
    assert sorted({name.replace("@8001", "@").replace("@8002", "@") for name in wanted}) == [
        path.name for path in UNITS
    ]
    assert sum(name.startswith("plenum-web@") for name in wanted) == 2


def test_ports_of_units_are_those_that_nginx_asks() -> None:
    upstream = (DEPLOY / "nginx" / "upstream-systemd.inc").read_text("utf-8")
    wanted = read(DEPLOY / "systemd" / "plenum.target")["Unit"]["Wants"]
    for port in ("8001", "8002"):
        assert f"127.0.0.1:{port} " in upstream
        assert f"plenum-web@{port}.service" in wanted
