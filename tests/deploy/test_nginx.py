"""nginx accepts our configuration, with and without TLS."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.deploy.conftest import DEPLOY, program
from tests.deploy.rendering import render_nginx


def check(main: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program("nginx"), "-t", "-c", str(main), "-p", str(main.parent)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def test_plain_configuration_is_accepted(tmp_path: Path) -> None:
    result = check(render_nginx(tmp_path, site="plenum.conf", var=tmp_path / "var", port=18080))
    assert result.returncode == 0, result.stderr
    assert "[warn]" not in result.stderr


def test_configuration_with_certificates_is_accepted(tmp_path: Path) -> None:
    main = render_nginx(tmp_path, site="plenum-tls.conf", var=tmp_path / "var", port=18080, tls_port=18443)
    tls = tmp_path / "plenum" / "tls"
    tls.mkdir()
    command = (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=plenum.example"
    )
    files = ["-keyout", str(tls / "privkey.pem"), "-out", str(tls / "fullchain.pem")]
    subprocess.run(
        [program("openssl"), *command.split(), *files], check=True, capture_output=True, timeout=20
    )
    result = check(main)
    assert result.returncode == 0, result.stderr


def test_a_mistake_would_be_seen(tmp_path: Path) -> None:
    main = render_nginx(tmp_path, site="plenum.conf", var=tmp_path / "var", port=18080)
    site = tmp_path / "plenum" / "site.inc"
    site.write_text(site.read_text("utf-8").replace("internal;", "internall;"), "utf-8")
    assert check(main).returncode != 0


@pytest.mark.parametrize("name", ["upstream-systemd.inc", "upstream-compose.inc"])
def test_each_upstream_has_a_server(name: str) -> None:
    assert "\nserver " in (DEPLOY / "nginx" / name).read_text("utf-8")


def test_what_was_uploaded_never_runs_as_a_page_of_ours() -> None:
    site = (DEPLOY / "nginx" / "site.inc").read_text("utf-8")
    for place in ("location /files/images/ {", "location /protected/ {"):
        block = site[site.index(place) :].split("}")[0]
        assert "sandbox" in block
        assert "nosniff" in block
    assert "internal;" in site[site.index("location /protected/ {") :].split("}")[0]
