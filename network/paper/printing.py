"""Has a document printed by a process of its own, which may take so long and no longer.

The process of the pages never loads the typesetter (some 80 MB), a document that brings it down
brings down nothing else, and its memory is given back with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
AT_A_TIME = 2  # processes that one web or worker process has at a time
PAGE_SECONDS = 20.0
BUSY_SECONDS = 5.0  # until somebody who waits for a page is told that the printer is busy
_free = threading.BoundedSemaphore(AT_A_TIME)


class CannotPrint(Exception):
    """The document was not printed: the printer was busy for too long, took too long, or failed."""


def print_pdf(document: Mapping[str, Any], *, seconds: float = PAGE_SECONDS) -> bytes:
    """Return the document as PDF; raise CannotPrint when it is not there after so many seconds."""
    if not _free.acquire(timeout=min(seconds, BUSY_SECONDS)):
        raise CannotPrint("busy")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "network.paper"],
            input=json.dumps(document, ensure_ascii=False).encode(),
            capture_output=True,
            timeout=seconds,
            check=True,
            cwd=ROOT,
        )
    except subprocess.TimeoutExpired as error:
        raise CannotPrint("too slow") from error
    except subprocess.CalledProcessError:
        # What the typesetter says may quote a name, so that it goes no further.
        raise CannotPrint("failed") from None
    finally:
        _free.release()
    return done.stdout
