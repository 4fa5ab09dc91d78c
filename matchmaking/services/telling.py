"""Letters of the exchange: noted in the outbox with the change, made and sent by a worker.

What a letter says is noted as it was at the change; making it costs more than a booking, so a worker does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from matchmaking.links import answer_link
from matchmaking.models import ExchangeProfile, Meeting, MeetingRequest, Slot, Table
from matchmaking.states import MeetingState
from network.delivery import Undeliverable
from network.letters import compose, to_message
from network.mail import enqueue_mail
from network.models import OutboxMessage, Person
from network.services import enqueue_many
from sessions_app.events.models import Event

KIND = "matchmaking.letter"
# These say where a meeting is; once it is elsewhere, a later letter says so.
OVERTAKEN = frozenset({"booked", "moved", "shifted", "late"})


def tell(
    profile: ExchangeProfile,
    template: str,
    *,
    about: ExchangeProfile,
    key: str,
    request: MeetingRequest | None = None,
) -> None:
    """Have ``templates/email/matchmaking/<template>.txt`` written to the participant, once for each ``key``."""
    _note([(profile, key, lambda: _letter(profile, template, about, request, None))])


def tell_of(template: str, letters: Iterable[tuple[Meeting, ExchangeProfile]]) -> None:
    """Have a letter about each meeting, as it is now, written to this one of its people, in two statements however many."""
    _note(
        (
            profile,
            f"{meeting.code}:{template}:{meeting.sequence}:{profile.pk}",
            partial(_letter, profile, template, meeting.other(profile), None, meeting),
        )
        for meeting, profile in letters
    )


def _note(letters: Iterable[tuple[ExchangeProfile, str, Callable[[], dict[str, Any]]]]) -> None:
    messages = {
        f"exchange:{key}": letter()
        for profile, key, letter in letters
        if profile.person.email and profile.person.is_active
    }
    if messages:
        enqueue_many(kind=KIND, messages=messages)


def _letter(
    profile: ExchangeProfile,
    template: str,
    about: ExchangeProfile,
    request: MeetingRequest | None,
    meeting: Meeting | None,
) -> dict[str, Any]:
    event = profile.exchange.event
    language = language_of(profile.person, event)
    with translation.override(language):
        values = {
            "name": profile.name,
            "other": about.name,
            "organisation": about.organisation_name,
            "event": str(event),
            **(_of_request(request, profile) if request else {}),
            **(_of_meeting(meeting) if meeting else {}),
            "url": f"{settings.BASE_URL}{reverse('matchmaking:mine', args=(event.slug,))}",
        }
    return {
        "template": template,
        "language": language,
        "to": profile.person.email,
        "values": values,
        "meeting": [meeting.pk, meeting.sequence] if meeting and template in OVERTAKEN else None,
    }


def language_of(person: Person, event: Event) -> str:
    """Return the language of a letter: the person's, else the event's, else the platform's."""
    known = dict(settings.LANGUAGES)
    return next(
        (code for code in (person.locale, event.main_language) if code in known), settings.LANGUAGE_CODE
    )


def write_letter(message: OutboxMessage) -> None:
    """Make a noted letter and put it into the outbox as a mail; one that a later change has overtaken is left out."""
    noted = message.payload
    if not noted:
        raise Undeliverable("payload purged")
    if noted["meeting"]:
        pk, sequence = noted["meeting"]
        if not Meeting.objects.filter(pk=pk, sequence=sequence, state=MeetingState.BOOKED).exists():
            return
    letter = compose(f"matchmaking/{noted['template']}", noted["values"], language=noted["language"])
    with transaction.atomic():
        enqueue_mail(to_message(letter, to=noted["to"]), key=f"letter:{message.key}")


def _of_request(request: MeetingRequest, profile: ExchangeProfile) -> dict[str, Any]:
    last = request.notes.last()
    return {
        "message": request.message,
        "note": last.text if last else "",
        "reason": request.reason_text or (request.get_reason_display() if request.reason else ""),
        "time": slot_in_words(request.slot) if request.slot else "",
        "until": moment_in_words(request.expires_at, request.exchange.event.zone),
        "link": f"{settings.BASE_URL}{answer_link(request, profile)}",
    }


def _of_meeting(meeting: Meeting) -> dict[str, Any]:
    return {
        "time": slot_in_words(meeting.slot),
        "table": str(meeting.table or ""),
        "zone": meeting.table.zone if meeting.table else "",
        "room": room_of(meeting),
        "minutes": meeting.late_minutes,
        "reason": meeting.reason,
    }


def room_of(meeting: Meeting) -> str:
    """Return the address of the meeting's video room, empty for one at a table."""
    link = meeting.exchange.room_link
    return link.replace("{code}", meeting.code) if meeting.is_online and link else ""


def slot_in_words(slot: Slot) -> str:
    """Return the slot on the event's clocks with the zone, in the active language."""
    return f"{date_format(slot.start.astimezone(slot.exchange.event.zone), 'j E')}, {clock_in_words(slot)}"


def clock_in_words(slot: Slot) -> str:
    """Return the slot's beginning and end on the event's clocks with the zone."""
    zone = slot.exchange.event.zone
    start, end = slot.start.astimezone(zone), slot.end.astimezone(zone)
    return f"{start:%H:%M}–{end:%H:%M} ({start:%Z})"


def place_in_words(table: Table | None) -> str:
    """Return the table's number and zone, empty on line."""
    if table is None:
        return ""
    return f"{table.number} ({table.zone})" if table.zone else str(table.number)


def moment_in_words(moment: Any, zone: Any) -> str:
    """Return an instant on these clocks, in the active language."""
    local = moment.astimezone(zone)
    return f"{date_format(local, 'j E')}, {local:%H:%M} ({local:%Z})"
