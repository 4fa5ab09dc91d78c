"""Celery's broker on files for one machine: a message is in its folder whole or not at all.

Kombu's own transport creates a message's file first and fills it then. A worker that looks in
between takes an empty file, cannot read it and ends (celery/kombu issue 1551).
"""

from __future__ import annotations

import uuid
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

import structlog
from kombu.transport import filesystem
from kombu.utils.json import dumps

log = structlog.get_logger(__name__)


class Channel(filesystem.Channel):  # type: ignore[misc]  # kombu has no types
    """Puts messages in place by renaming them, and passes over those that cannot be read."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        """Put a message into a queue."""
        name = f"{round(monotonic() * 1000):015}_{uuid.uuid4()}"
        folder = Path(self.data_folder_out)
        part = folder / f"{name}.part"
        part.write_text(dumps(payload))
        part.replace(folder / f"{name}.{queue}.msg")

    def _get(self, queue: str) -> Any:
        """Return the queue's next message, or raise Empty."""
        try:
            return super()._get(queue)
        except ValueError:  # a disk that was full; what must be done stands in the outbox
            log.warning("unreadable_message", queue=queue)
            raise Empty from None


class Transport(filesystem.Transport):  # type: ignore[misc]  # kombu has no types
    """Kombu's file transport with our channel."""

    Channel = Channel
