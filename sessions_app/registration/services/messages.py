"""Messages to those who register: the truth about their state, once, through the outbox."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format

from network.letters import Letter, from_text, to_message
from network.localised import localised
from network.mail import enqueue_mail, enqueue_mails
from network.web.words import zone_in_words
from sessions_app.registration.links import status_url
from sessions_app.registration.models import Message, MessageTemplate, Registration
from sessions_app.registration.models.messages import MessageKind
from sessions_app.registration.wording import fill
from sessions_app.registration.wording_of_states import needs_approval


def language_of(registration: Registration) -> str:
    """Return the language in which the registration's person is written to."""
    known = dict(settings.LANGUAGES)
    return next(
        (code for code in (registration.locale, registration.event.main_language) if code in known),
        settings.LANGUAGE_CODE,
    )


def in_words(moment: dt.datetime | None, zone: ZoneInfo) -> str:
    """Return a moment in the event's zone, with the zone's name, in the active language."""
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    return f"{date_format(local, 'j E Y')}, {local:%H:%M}, {zone_in_words(zone.key, moment)}"


def templates_of(event_id: int) -> dict[str, MessageTemplate]:
    """Return the organiser's own words for an event's messages, by kind."""
    return {one.kind: one for one in MessageTemplate.objects.filter(event=event_id).order_by()}


def compose_message(
    registration: Registration,
    kind: MessageKind,
    *,
    more: Mapping[str, str] | None = None,
    template: MessageTemplate | None = None,
    templates: Mapping[str, MessageTemplate] | None = None,
    language: str = "",
) -> Letter:
    """Return the letter of a kind for one registration: the organiser's words, else the platform's.

    It is in the language of the registration's person unless another ``language`` is given.
    ``templates`` are the event's, when they have been read already.
    """
    language = language or language_of(registration)
    own = template or (templates_of(registration.event_id) if templates is None else templates).get(kind)
    with translation.override(language):
        values = {
            "name": registration.name or registration.email,
            "event": _text(registration.event, "name", language),
            "category": _text(registration.category, "name", language) if registration.category else "",
            "delegation": registration.delegation.organisation_name if registration.delegation else "",
            "link": status_url(registration, language),
            "reason": registration.reason,
            "needs_approval": "yes" if needs_approval(registration) else "",
            **(more or {}),
        }
        body = _text(own, "body", language) if own else ""
        if body:
            subject = " ".join(_text(own, "subject", language).split())
            written = f"{fill(subject, values)}\n\n{fill(body, values)}"
        else:
            written = render_to_string(f"email/registration/{kind}.txt", values)
    return from_text(written, language=language)


def write(
    registration: Registration,
    kind: MessageKind,
    *,
    key: str = "",
    more: Mapping[str, str] | None = None,
    template: MessageTemplate | None = None,
    letter: Letter | None = None,
    now: dt.datetime | None = None,
) -> Message | None:
    """Write a message into the current transaction; one with the same ``key`` is written once only.

    Without a key the message belongs to the registration's version. None when there is no address. What
    is returned does not know its own key.
    ``template`` stands in for the words that are kept for the kind, ``letter`` for what would be composed.
    """
    if not registration.email:
        return None
    letter = letter or compose_message(registration, kind, more=more, template=template)
    outbox = enqueue_mail(to_message(letter, to=registration.email), key=key_of(registration, kind, key))
    message = _row(registration, kind, letter, outbox.pk, now)
    # Three queries fewer than get_or_create; a second one of the same outbox row is passed over.
    Message.objects.bulk_create([message], ignore_conflicts=True)
    return message


def write_letters(
    letters: Iterable[tuple[Registration, MessageKind, Letter]], *, now: dt.datetime | None = None
) -> None:
    """Write the letters of many registrations into the current transaction, as ``write`` does, in few statements."""
    known = {key_of(one, kind): (one, kind, letter) for one, kind, letter in letters if one.email}
    mails = {key: to_message(letter, to=one.email) for key, (one, _kind, letter) in known.items()}
    written = enqueue_mails(mails)
    rows = [_row(*known[key], outbox, now) for key, outbox in written.items()]
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def _row(
    registration: Registration, kind: MessageKind, letter: Letter, outbox: uuid.UUID, now: dt.datetime | None
) -> Message:
    return Message(
        outbox_id=outbox,
        registration=registration,
        kind=kind,
        subject=letter.subject[:300],
        created_at=now or timezone.now(),
    )


def key_of(registration: Registration, kind: MessageKind, key: str = "") -> str:
    """Return the key under which a message stands in the outbox."""
    return f"registration:{registration.pk}:{kind}:{key or registration.version}"


def _text(instance: object, field: str, language: str) -> str:
    texts = localised(instance, field)  # type: ignore[arg-type]
    return texts.get(language) or next(iter(texts.values()), "")


__all__ = ["MessageKind", "compose_message", "in_words", "language_of", "write", "write_letters"]
