"""Pages that scripts fetch again when there is leisure: one at a time in each process, with rests; others come later.

So a thousand open pages that all have something to show anew never stand in the way of whoever waits for an answer.
A script says so by the urgency of RFC 9218: ``Priority: u=7``, which means "background".
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

BACKGROUND = "u=7"
AGAIN_SECONDS = 5
RESTS = 3  # times as long as the work took: a quarter of a process's time at most
_turn = threading.Lock()
_next = 0.0  # by the monotonic clock, in seconds; read and written by whoever has the turn


def at_leisure(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer 503 to a background request for this view while the process works on another one for any such view, or rests."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        global _next
        if request.headers.get("Priority") != BACKGROUND:
            return view(request, *args, **more)
        if not _turn.acquire(blocking=False):
            return _later()
        try:
            began = time.monotonic()
            if began < _next:
                return _later()
            try:
                return view(request, *args, **more)
            finally:
                ended = time.monotonic()
                _next = ended + RESTS * (ended - began)
        finally:
            _turn.release()

    return answered


def _later() -> HttpResponse:
    return HttpResponse(status=503, headers={"Retry-After": str(AGAIN_SECONDS)})
