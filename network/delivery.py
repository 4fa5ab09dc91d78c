"""Delivers the outbox."""


def deliver_due() -> int:
    """Deliver what is due."""
    return 0
