"""One writer of an event's programme at a time."""

from __future__ import annotations

from sessions_app.events.models import Event


def lock_event(event: Event) -> Event:
    """Lock the event's row until the transaction ends and return it as it is now.

    On SQLite every writing transaction is alone anyway (``transaction_mode`` IMMEDIATE).
    """
    return Event.objects.select_for_update().get(pk=event.pk)
