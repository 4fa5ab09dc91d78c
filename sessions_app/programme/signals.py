"""What the programme tells other parts of the house."""

from django.dispatch import Signal

# Sent after commit with event_id, slug and number of the new release.
programme_released = Signal()
