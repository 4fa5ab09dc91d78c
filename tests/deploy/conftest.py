"""Where the files under test lie, and when a missing program is an error."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"


def program(name: str) -> str:
    """The path of an installed program; the test skips without it, in CI (``CI=true``) it fails."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(f"{name} is not installed, though CI installs it")
    if found is None:
        pytest.skip(f"needs {name}")
    return found
