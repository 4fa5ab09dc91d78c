"""What the outbox hands to registration: each function registers itself for one kind of message."""

from __future__ import annotations

from network.delivery import deliverer
from network.models import OutboxMessage
from sessions_app.registration.services import bulk


@deliverer(bulk.KIND, attempts=10)
def go_on(message: OutboxMessage) -> None:
    """Go on with a step on many registrations."""
    bulk.deliver_bulk(message)
