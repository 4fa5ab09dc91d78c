"""Writing to the author of what stays in the marketplace, and taking it off."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from matchmaking.errors import ExchangeError
from matchmaking.models import Offer
from matchmaking.queries.marketplace import can_be_written_to
from network.letters import compose, to_message
from network.mail import enqueue_mail
from network.models import OutboxMessage, Person
from network.services import record_audit
from sessions_app.registration.services.places import one_transaction

LETTERS_A_DAY = 10


class CannotWrite(ExchangeError):
    """The author cannot be written to by this person."""


class TooManyLetters(ExchangeError):
    """The writer has sent as many letters as one may within a day."""


@one_transaction
def write_to_author(
    *, offer: Offer, writer: Person, message: str, key: uuid.UUID, now: dt.datetime | None = None
) -> None:
    """Send the author the message, with the writer's address to answer to; the same ``key`` sends it once.

    Raises CannotWrite, TooManyLetters.
    """
    if not can_be_written_to(offer, writer):
        raise CannotWrite(offer.code)
    # Two letters of one writer wait for each other, so that the limit holds.
    Person.objects.select_for_update().get(pk=writer.pk)
    own = f"marketplace:{writer.pk}:"
    if OutboxMessage.objects.filter(key=f"{own}{key}").exists():
        return
    since = (now or timezone.now()) - dt.timedelta(days=1)
    if OutboxMessage.objects.filter(key__startswith=own, created_at__gt=since).count() >= LETTERS_A_DAY:
        raise TooManyLetters(LETTERS_A_DAY)
    known = dict(settings.LANGUAGES)
    language = offer.person.locale if offer.person.locale in known else settings.LANGUAGE_CODE
    with translation.override(language):
        values = {
            "kind": offer.kind,
            "name": " ".join(offer.person.name.split()),
            "writer": " ".join(writer.name.split()),
            "address": writer.email,
            "offer": _quoted(offer.text),
            "message": _quoted(message),
            "url": f"{settings.BASE_URL}{reverse('matchmaking:offer', args=(offer.code,))}",
        }
    letter = to_message(
        compose("matchmaking/marketplace", values, language=language), to=str(offer.person.email)
    )
    letter.reply_to = [str(writer.email)]
    enqueue_mail(letter, key=f"{own}{key}")
    record_audit(actor=writer, action="offer.written_to", subject=offer, event_id=offer.event_id)


def _quoted(text: str) -> str:
    """Mark every line as somebody else's words, so that none becomes a button or a code of the letter."""
    return "\n".join(f"> {line}" for line in text.strip().splitlines())


@one_transaction
def take_off(*, offer: Offer, actor: Person) -> None:
    """Show an offer or need in the marketplace no more; in its exchange it stays."""
    if Offer.objects.filter(pk=offer.pk, stays_listed=True).update(
        stays_listed=False, changed_at=timezone.now()
    ):
        record_audit(actor=actor, action="offer.taken_off", subject=offer, event_id=offer.event_id)


@one_transaction
def keep_until(*, offer: Offer, until: dt.date | None, actor: Person) -> None:
    """Show an offer or need in the marketplace until the end of the day, None for without an end."""
    before = offer.expires_on
    if before == until:
        return
    Offer.objects.filter(pk=offer.pk).update(expires_on=until, changed_at=timezone.now())
    record_audit(
        actor=actor, action="offer.kept_until", subject=offer, event_id=offer.event_id,
        changes={"expires_on": (before, until)},
    )  # fmt: skip
