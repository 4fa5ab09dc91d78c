"""What the programme tells other parts of the house."""

from django.dispatch import Signal

# Sent after commit with event_id, slug and number of the new release.
programme_released = Signal()
# Asked with ``person`` for her calendar feed: receivers return ``agenda_calendar.Appointment``s of their own.
appointments_asked = Signal()
# Asked with ``event``: receivers return session guid to how many people have signed up for it.
sign_ups_asked = Signal()
# Asked with ``event_id`` for each page that tells of recordings: receivers return session codes to codes of recordings.
recordings_asked = Signal()
