"""What registration tells and asks the floors above it."""

from django.dispatch import Signal

# Sent in the transaction of the change with ``registration``, ``before`` and ``after`` (states), ``actor``.
registration_moved = Signal()
# Asked with ``event`` and ``viewer`` for the dashboard: receivers return a ``board.Panel`` of their own, or None.
board_panels_asked = Signal()
