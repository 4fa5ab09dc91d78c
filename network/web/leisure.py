"""Pages that scripts fetch again when there is leisure: one at a time in each process, others come later.

So a thousand open pages that all have something to show anew never stand in the way of whoever waits for an answer.
A script says so by the urgency of RFC 9218: ``Priority: u=7``, which means "background".
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

BACKGROUND = "u=7"
AGAIN_SECONDS = 5
_turn = threading.Lock()


def at_leisure(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer 503 to a background request for this view while the process works on another one for any such view."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        if request.headers.get("Priority") != BACKGROUND:
            return view(request, *args, **more)
        if not _turn.acquire(blocking=False):
            return HttpResponse(status=503, headers={"Retry-After": str(AGAIN_SECONDS)})
        try:
            return view(request, *args, **more)
        finally:
            _turn.release()

    return answered
