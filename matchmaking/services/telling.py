"""Letters of the exchange: written into the outbox with the change, in the reader's language and the event's time."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from matchmaking.links import answer_link
from matchmaking.models import ExchangeProfile, Meeting, MeetingRequest, Slot
from network.letters import compose, to_message
from network.mail import enqueue_mail


def tell(
    profile: ExchangeProfile,
    template: str,
    *,
    about: ExchangeProfile,
    key: str,
    request: MeetingRequest | None = None,
    meeting: Meeting | None = None,
) -> None:
    """Write ``templates/email/matchmaking/<template>.txt`` to the participant, once for each ``key``."""
    if not profile.person.email or not profile.person.is_active:
        return
    event = profile.exchange.event
    known = dict(settings.LANGUAGES)
    wanted = (profile.person.locale, event.main_language)
    language = next((code for code in wanted if code in known), settings.LANGUAGE_CODE)
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
    letter = compose(f"matchmaking/{template}", values, language=language)
    enqueue_mail(to_message(letter, to=profile.person.email), key=f"exchange:{key}")


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
    zone = slot.exchange.event.zone
    start, end = slot.start.astimezone(zone), slot.end.astimezone(zone)
    return f"{date_format(start, 'j E')}, {start:%H:%M}–{end:%H:%M} ({start:%Z})"


def moment_in_words(moment: Any, zone: Any) -> str:
    """Return an instant on these clocks, in the active language."""
    local = moment.astimezone(zone)
    return f"{date_format(local, 'j E')}, {local:%H:%M} ({local:%Z})"
