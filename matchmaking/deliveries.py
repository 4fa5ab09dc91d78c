"""What the outbox hands to the exchange: each function registers itself for one kind of message."""

from __future__ import annotations

from matchmaking.services import plan_letters, telling
from network.delivery import deliverer
from network.models import OutboxMessage


@deliverer(plan_letters.KIND)
def write_letters(message: OutboxMessage) -> None:
    """Write the letters about a published plan."""
    plan_letters.write_letters(message)


@deliverer(telling.KIND)
def write_letter(message: OutboxMessage) -> None:
    """Make a letter that was noted with a change."""
    telling.write_letter(message)
