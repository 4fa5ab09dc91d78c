"""Database work of what answers before Django: in Django's thread, with a connection that is sound, and let go afterwards."""

from __future__ import annotations

from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection


async def in_database[**P, R](work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run the work as Django would run a view, and return what it returns."""

    def run() -> R:
        is_own = (
            not connection.in_atomic_block
        )  # within a test's transaction the connection is not ours to close
        if is_own:
            close_old_connections()
        try:
            return work(*args, **kwargs)
        finally:
            if is_own:
                close_old_connections()

    return await sync_to_async(run)()
