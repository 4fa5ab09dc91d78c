"""A participant's meetings in her calendar feed, cancelled ones too, so that calendars take them out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _

from matchmaking.models import ExchangeProfile, Meeting
from matchmaking.queries import meetings_of_person
from matchmaking.services.telling import room_of
from matchmaking.states import MeetingState
from network.models import Person
from sessions_app.programme.agenda_calendar import Appointment
from sessions_app.programme.signals import appointments_asked


@receiver(appointments_asked)
def meetings_in_her_calendar(person: Person, **_more: Any) -> list[Appointment]:
    """Return the person's meetings at all events, in the active language; one query."""
    return [_appointment(meeting, person) for meeting in meetings_of_person(person)]


def _appointment(meeting: Meeting, person: Person) -> Appointment:
    own = meeting.low if meeting.low.person_id == person.pk else meeting.high
    other, event = meeting.other(own), meeting.exchange.event
    path = reverse("matchmaking:meeting", args=(event.slug, meeting.code))
    words = [_from(other), _late(meeting), meeting.reason]
    return Appointment(
        key=f"meeting-{meeting.code}",
        start=meeting.slot.start,
        end=meeting.slot.end,
        zone=event.timezone,
        sequence=meeting.sequence,
        changed_at=meeting.changed_at,
        title=_("Meeting with %(name)s") % {"name": other.name},
        place=_place(meeting),
        description="\n\n".join(part for part in words if part),
        url=f"{settings.BASE_URL}{path}",
        is_cancelled=meeting.state == MeetingState.CANCELLED,
    )


def _from(other: ExchangeProfile) -> str:
    return ", ".join(part for part in (other.post, other.organisation_name) if part)


def _late(meeting: Meeting) -> str:
    if not meeting.late_minutes:
        return ""
    return _("Begins %(minutes)d minutes later.") % {"minutes": meeting.late_minutes}


def _place(meeting: Meeting) -> str:
    """Return table and zone with the venue, or the address of the video room."""
    if meeting.table is None:
        return room_of(meeting) or _("on line")
    venue = meeting.exchange.event.venue
    parts = [
        _("table %(number)s") % {"number": meeting.table.number}, meeting.table.zone,
        venue.name if venue else "",
    ]  # fmt: skip
    return ", ".join(part for part in parts if part)
