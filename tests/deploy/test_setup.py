"""The set-up's own programs: locks, browser files, translations, shell."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from tests.deploy.conftest import DEPLOY, ROOT

LOCKS = ("base", "dev", "uv", "node")
SCRIPTS = ("setup", "uv", "npm", "pythons")


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "bin" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pins(name: str) -> dict[str, str]:
    """Package → version, as a lock file tells."""
    text = (DEPLOY / "requirements" / f"{name}.txt").read_text("utf-8")
    return dict(re.findall(r"^([A-Za-z0-9_.-]+(?:\[[a-z,-]+\])?)==([^\s;]+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_hashes_and_no_address(name: str) -> None:
    text = (DEPLOY / "requirements" / f"{name}.txt").read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(index|extra-index|find-links)", text, re.MULTILINE)
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert blocks
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_tests_run_with_the_versions_of_production() -> None:
    base, dev = pins("base"), pins("dev")
    assert base
    assert {name: dev.get(name) for name in base} == base


@pytest.mark.parametrize("name", ["base", "dev"])
def test_lock_answers_what_is_asked_for(name: str) -> None:
    asked = re.findall(
        r"^([A-Za-z0-9_.-]+)", (DEPLOY / "requirements" / f"{name}.in").read_text("utf-8"), re.MULTILINE
    )
    locked = {re.sub(r"\[.*\]", "", package).lower() for package in pins(name)}
    wanted = {re.sub(r"[_.]", "-", package).lower() for package in asked if not package.startswith("-")}
    assert wanted - locked == set()


def test_npm_lock_holds_hashes_and_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    installed = {name: entry for name, entry in lock["packages"].items() if name}
    assert installed
    for name, entry in installed.items():
        assert "resolved" not in entry, name
        assert entry["integrity"].startswith("sha512-"), name


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_is_plain_shell_and_may_be_run(name: str) -> None:
    path = ROOT / "bin" / name
    assert path.read_text("utf-8").startswith("#!/bin/sh\n")
    assert os.access(path, os.X_OK)
    result = subprocess.run(["/bin/sh", "-n", str(path)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_shims_that_do_not_work_are_passed_over(tmp_path: Path) -> None:
    shim = tmp_path / "python3.13"
    shim.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    found = subprocess.run(
        [str(ROOT / "bin" / "pythons")],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert found
    assert all(re.fullmatch(r"3\.\d+ /.+", line) for line in found)
    assert not [line for line in found if str(tmp_path) in line]


def test_make_offers_every_target() -> None:
    shown = subprocess.run(
        ["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony
    assert set(re.findall(r"make ([a-z-]+)", shown)) == set(phony[1].split())


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "node_modules" / "@scope" / "font"
    (folder / "files").mkdir(parents=True)
    (folder / "package.json").write_text('{"version": "1.2.3", "license": "OFL-1.1"}')
    (folder / "files" / "a.woff2").write_bytes(b"a" * 2000)
    (folder / "files" / "b.woff").write_bytes(b"b")
    wanted = {
        "plenum": {"vendor": {"@scope/font": {"files/*.woff2": "fonts/", "package.json": "about.json"}}}
    }
    (tmp_path / "package.json").write_text(json.dumps(wanted))
    return tmp_path


def test_only_the_files_asked_for_are_copied(package: Path) -> None:
    vendor = load("vendor")
    target = package / "var" / "vendor"
    (target / "old").mkdir(parents=True)
    assert vendor.copy_packages(vendor.read_packages(package), target) == 2
    assert sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()) == [
        "about.json",
        "fonts/a.woff2",
    ]
    assert not (target / "old").exists()


def test_listing_tells_version_licence_and_size(package: Path) -> None:
    vendor = load("vendor")
    assert vendor.listing(vendor.read_packages(package)).splitlines()[1].split() == [
        "@scope/font",
        "1.2.3",
        "OFL-1.1",
        "2",
        "2.0",
    ]


def test_missing_browser_file_is_named(package: Path) -> None:
    vendor = load("vendor")
    (package / "node_modules" / "@scope" / "font" / "files" / "a.woff2").unlink()
    with pytest.raises(vendor.VendorError, match=r"@scope/font 1\.2\.3 has no file files/\*\.woff2"):
        vendor.read_packages(package)


CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

#, python-format
msgid "%(count)s session"
msgid_plural "%(count)s sessions"
msgstr[0] "%(count)s сессия"
msgstr[1] "%(count)s сессии"
msgstr[2] "%(count)s сессий"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "ru" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(CATALOGUE, "utf-8")
    return path


def test_translation_is_compiled_once_with_its_plurals(catalogue: Path) -> None:
    import gettext

    messages = load("messages")
    assert messages.is_stale(catalogue)
    assert messages.compile_catalogue(catalogue) == []
    with catalogue.with_suffix(".mo").open("rb") as file:
        translation = gettext.GNUTranslations(file)
    forms = [
        translation.ngettext("%(count)s session", "%(count)s sessions", n) % {"count": n} for n in (1, 3, 11)
    ]
    assert forms == ["1 сессия", "3 сессии", "11 сессий"]
    os.utime(catalogue, (0, 0))
    assert not messages.is_stale(catalogue)


def test_translation_with_a_wrong_placeholder_is_refused(catalogue: Path) -> None:
    messages = load("messages")
    catalogue.write_text(CATALOGUE.replace("%(count)s сессий", "%(number)s сессий"), "utf-8")
    problems = messages.compile_catalogue(catalogue)
    assert problems
    assert "django.po:" in problems[0]
    assert not catalogue.with_suffix(".mo").exists()
