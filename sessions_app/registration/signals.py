"""What registration tells and asks the floors above it."""

from django.dispatch import Signal

# Sent in the transaction of the change with ``registration``, ``before`` and ``after`` (states), ``actor``.
registration_moved = Signal()
# Sent in the transaction of an import with ``event``, ``registrations`` (new ones, all confirmed) and ``actor``:
# one signal for a whole table, in place of ``registration_moved`` for each.
registrations_imported = Signal()
# Asked with ``event`` and ``viewer`` for the dashboard: receivers return a ``board.Panel`` of their own, or None.
board_panels_asked = Signal()
# Asked with ``event`` and ``viewer`` for the same: receivers return a ``board.Need`` that stands first, or None.
board_needs_asked = Signal()
