"""The container files are well-formed and keep what the deployment's README promises."""

from __future__ import annotations

import importlib.resources
import json
import os
import re
import subprocess
from typing import Any

import jsonschema
import pytest
import yaml

from tests.deploy.conftest import DEPLOY, ROOT


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def instructions(stage: str) -> list[tuple[str, str]]:
    """The instructions of one stage of the Dockerfile as pairs of word and arguments."""
    text = re.sub(r"\\\n\s*", " ", (DEPLOY / "Dockerfile").read_text("utf-8"))
    stages: dict[str, list[tuple[str, str]]] = {"": []}
    current = ""
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, _, rest = line.partition(" ")
        assert word.isupper(), line
        if word == "FROM":
            current = rest.split(" AS ")[1]
            stages[current] = []
        stages[current].append((word, rest.strip()))
    return stages[stage]


def test_compose_follows_the_published_schema(compose: dict[str, Any]) -> None:
    schema = importlib.resources.files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json"
    jsonschema.validate(compose, json.loads(schema.read_text("utf-8")))


def test_compose_has_each_part_of_the_stack(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"db", "redis", "migrate", "web", "worker", "media", "beat", "proxy"}
    assert compose["services"]["web"]["deploy"]["replicas"] == 2
    assert "--appendonly" in compose["services"]["redis"]["command"]


def test_references_of_compose_lead_somewhere(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert set(service.get("depends_on", {})) <= set(compose["services"]), name
        assert set(service.get("networks", [])) <= set(compose["networks"]), name
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"], (name, volume)
        for condition in service.get("depends_on", {}).values():
            assert condition["condition"] in {"service_healthy", "service_completed_successfully"}


def test_only_the_proxy_listens_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["inside"]["internal"] is True
    for name in ("db", "redis"):
        assert compose["services"][name]["networks"] == ["inside"]


@pytest.mark.parametrize("name", ["migrate", "web", "worker", "media", "beat"])
def test_our_processes_have_no_more_rights_than_they_need(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_passwords_come_from_outside(compose: dict[str, Any]) -> None:
    values = re.findall(r"POSTGRES_PASSWORD: (.+)", (DEPLOY / "compose.yaml").read_text("utf-8"))
    assert values
    assert all(value.startswith("${POSTGRES_PASSWORD:?") for value in values)
    filled = dict(
        line.split("=", 1)
        for line in (DEPLOY / "env.example").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    )
    assert filled["SECRET_KEY"] == ""
    assert filled["POSTGRES_PASSWORD"] == ""


def test_image_runs_as_nobody_special_and_says_whether_it_lives() -> None:
    app = instructions("app")
    words = [word for word, _ in app]
    assert ("USER", "plenum") in app
    assert words.index("USER") < words.index("CMD")
    assert "HEALTHCHECK" in words
    command = json.loads(dict(app)["CMD"])
    assert command[:2] == ["uvicorn", "config.asgi:application"]


def test_what_is_built_stays_out_of_the_image_that_runs() -> None:
    app = instructions("app")
    assert all("--from=build" in rest for word, rest in app if word == "COPY")
    assert not any(word == "RUN" and ("pip" in rest or "apt" in rest) for word, rest in app)


def test_packages_of_images_are_locked_by_hash() -> None:
    runs = [rest for stage in ("build", "browser") for word, rest in instructions(stage) if word == "RUN"]
    installs = [run for run in runs if "pip install" in run or "pip sync" in run]
    assert len(installs) == 2
    assert all("--require-hashes" in run for run in installs)
    assert any("npm ci --ignore-scripts" in run for run in runs)


def test_files_that_the_dockerfile_copies_exist() -> None:
    for stage in ("browser", "build", "app", "proxy"):
        for word, rest in instructions(stage):
            if word != "COPY" or "--from" in rest:
                continue
            for source in rest.split()[:-1]:
                assert source == "." or list(ROOT.glob(source)), source


@pytest.mark.parametrize("secret", [".env", "**/.env", ".git", "deploy/tls", "var"])
def test_secrets_and_data_do_not_enter_images(secret: str) -> None:
    assert secret in (ROOT / ".dockerignore").read_text("utf-8").split()


def test_web_process_is_started_alike_everywhere() -> None:
    unit = (DEPLOY / "systemd" / "plenum-web@.service").read_text("utf-8")
    started = re.search(r"ExecStart=(.+)", unit)
    assert started
    in_unit = _options(started[1].split()[1:])
    in_image = _options(json.loads(dict(instructions("app"))["CMD"])[1:])
    different = {"--host", "--port", "--forwarded-allow-ips"}
    assert {k: v for k, v in in_unit.items() if k not in different} == {
        k: v for k, v in in_image.items() if k not in different
    }


def _options(words: list[str]) -> dict[str, str]:
    options: dict[str, str] = {}
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word.startswith("--"):
            options[word] = "" if after.startswith("--") else after
    return options


def test_every_setting_of_the_example_is_read_by_something() -> None:
    names = re.findall(r"^#?([A-Z][A-Z_]+)=", (DEPLOY / "env.example").read_text("utf-8"), re.MULTILINE)
    readers = "".join(
        path.read_text("utf-8") for path in (ROOT / "config" / "settings.py", DEPLOY / "compose.yaml")
    )
    assert [name for name in names if name not in readers] == []


def test_example_is_read_alike_by_the_shell() -> None:
    script = '. "$1"; printf "%s|%s" "$EMAIL_URL" "$DEFAULT_FROM_EMAIL"'
    read = subprocess.run(
        ["/bin/sh", "-euc", script, "sh", str(DEPLOY / "env.example")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert read.stdout == "smtp+tls://user:password@mail.example:587|Plenum <plenum@plenum.example>"


@pytest.mark.parametrize("name", ["manage", "release"])
def test_script_of_deployment_may_be_run(name: str) -> None:
    assert os.access(DEPLOY / name, os.X_OK)
    subprocess.run(["/bin/sh", "-n", str(DEPLOY / name)], check=True, capture_output=True)


def test_shell_of_deployment_names_no_registry() -> None:
    # An index is only ever named where a client is told to use one, or where a lock was resolved.
    registries = re.compile(
        r"--(?:extra-)?index-url|--find-links|\"resolved\": *\"http|^ *registry *=|^FROM +\S+\.\S+/",
        re.IGNORECASE | re.MULTILINE,
    )
    places = [
        ROOT / "Makefile",
        ROOT / ".npmrc",
        ROOT / "package-lock.json",
        *[path for folder in (ROOT / "bin", DEPLOY) for path in sorted(folder.rglob("*")) if path.is_file()],
    ]
    assert [path.name for path in places if registries.search(path.read_text("utf-8", "replace"))] == []
