"""What registration tells the floors above it."""

from django.dispatch import Signal

# Sent in the transaction of the change with ``registration``, ``before`` and ``after`` (states), ``actor``.
registration_moved = Signal()
