"""Has a pocket programme printed by a process of its own, which may take so long and no longer.

The process of the pages never loads the typesetter, and gives no memory to it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
AT_A_TIME = 2  # processes that one web process has at a time
BUSY_SECONDS = 5.0  # until a reader is told that the printer is busy
PAGE_SECONDS = 20.0
_free = threading.BoundedSemaphore(AT_A_TIME)


class CannotPrint(Exception):
    """The sheet was not printed: the printer was busy for too long, took too long, or failed."""


def print_pocket(document: Mapping[str, Any], *, seconds: float = PAGE_SECONDS) -> bytes:
    """Return the pocket programme as PDF; raise CannotPrint when it is not there after so many seconds."""
    if not _free.acquire(timeout=BUSY_SECONDS):
        raise CannotPrint("busy")
    try:
        return subprocess.run(
            [sys.executable, "-m", "sessions_app.programme.paper"],
            input=json.dumps(document, ensure_ascii=False).encode(),
            capture_output=True,
            timeout=seconds,
            check=True,
            cwd=ROOT,
        ).stdout
    except subprocess.TimeoutExpired as error:
        raise CannotPrint("too slow") from error
    except subprocess.CalledProcessError:
        raise CannotPrint("failed") from None  # what the typesetter says may quote a name
    finally:
        _free.release()
