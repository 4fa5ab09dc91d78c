"""Invitations: codes made, sent, reminded of and revoked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation

from network.codes import new_long_code
from network.letters import compose, to_message
from network.localised import localised
from network.mail import enqueue_mail
from network.models import OutboxMessage, OutboxState, Person
from network.services import record_audit, send_again
from sessions_app.events.models import Event
from sessions_app.registration.errors import WrongState
from sessions_app.registration.links import invitation_url
from sessions_app.registration.models import Category, Invitation
from sessions_app.registration.services.messages import in_words

CODE_LENGTH = 8
AT_MOST = 1000  # invitations in one go
REMIND_AFTER = dt.timedelta(days=1)  # nobody is reminded twice a day


@dataclass(frozen=True)
class Terms:
    """What an invitation opens and for how long; ``expires_at`` is UTC."""

    category: Category
    name: str = ""
    max_uses: int = 1
    skips_approval: bool = True
    expires_at: dt.datetime | None = None


@dataclass
class Invited:
    """What an inviting came to: new invitations, and addresses that have one already."""

    made: list[Invitation] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)


def new_invitation_code() -> str:
    """Return eight characters that can be read out and typed, for example K7RQ4M2X."""
    return new_long_code()[:CODE_LENGTH]


@transaction.atomic
def invite(
    *,
    event: Event,
    terms: Terms,
    actor: Person | None,
    count: int = 0,
    emails: Sequence[str] = (),
    now: dt.datetime | None = None,
) -> Invited:
    """Make ``count`` codes for whoever has them, or one for each address, which is sent to it.

    An address whose invitation to the category is still good gets no second one. Raises WrongState
    for a category of another event or more than ``AT_MOST`` at once.
    """
    if terms.category.event_id != event.pk or len(emails) + count > AT_MOST:
        raise WrongState(event.slug)
    moment = now or timezone.now()
    good = usable(Invitation.objects.filter(event=event, category=terms.category), now=moment)
    known = {email.lower() for email in good.exclude(email="").values_list("email", flat=True)}
    wanted = list(dict.fromkeys(email.strip().lower() for email in emails))
    outcome = Invited(repeated=[email for email in wanted if email in known])
    fresh = [email for email in wanted if email not in known]
    recipients = fresh + [""] * count
    codes = _free_codes(event, len(recipients))
    outcome.made = Invitation.objects.bulk_create(
        _invitation(event, terms, actor, code, email, moment)
        for code, email in zip(codes, recipients, strict=True)
    )
    languages = _languages(fresh, event)
    for invitation in outcome.made:
        if invitation.email:
            language = languages[invitation.email]
            # A name that stands for many is the team's note and greets nobody.
            name = invitation.name if len(fresh) == 1 else ""
            _send(
                invitation, event, "invitation", language, name=name, key=f"invitation:{invitation.pk}:sent"
            )
    if outcome.made:
        record_audit(
            actor=actor,
            action="invitation.created",
            subject=terms.category,
            event_id=event.pk,
            changes={
                "invitations": (None, [str(one) for one in outcome.made]),
                "uses": (None, terms.max_uses),
            },
        )
    return outcome


def _invitation(
    event: Event, terms: Terms, actor: Person | None, code: str, email: str, now: dt.datetime
) -> Invitation:
    return Invitation(
        event=event,
        category=terms.category,
        code=code,
        name=terms.name,
        email=email,
        max_uses=1 if email else terms.max_uses,
        skips_approval=terms.skips_approval,
        expires_at=terms.expires_at,
        created_by=actor,
        sent_at=now if email else None,
        created_at=now,
    )


def _free_codes(event: Event, count: int) -> list[str]:
    """Return new codes; two inviters who drew the same one meet the unique constraint and try again."""
    codes: set[str] = set()
    while len(codes) < count:
        codes |= {new_invitation_code() for _ in range(count - len(codes))}
        codes -= set(Invitation.objects.filter(event=event, code__in=codes).values_list("code", flat=True))
    return sorted(codes)


def usable(invitations: QuerySet[Invitation], *, now: dt.datetime) -> QuerySet[Invitation]:
    """Keep the invitations that still open something."""
    return invitations.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now), revoked_at__isnull=True, used__lt=F("max_uses")
    )


def to_remind(event: Event, *, now: dt.datetime) -> QuerySet[Invitation]:
    """Return the invitations that were sent, not used yet, and not spoken of within the last day."""
    quiet = now - REMIND_AFTER
    return usable(
        Invitation.objects.filter(event=event, used=0, sent_at__lte=quiet)
        .exclude(email="")
        .filter(Q(reminded_at__isnull=True) | Q(reminded_at__lte=quiet)),
        now=now,
    )


@transaction.atomic
def remind(
    *, event: Event, actor: Person | None, only: Invitation | None = None, now: dt.datetime | None = None
) -> int:
    """Remind those who have not used their invitation, or ``only`` one of them; return how many."""
    moment = now or timezone.now()
    due = to_remind(event, now=moment).select_for_update(of=("self",))
    if only is not None:
        due = due.filter(pk=only.pk)
    found = list(due.select_related("category"))
    languages = _languages([one.email for one in found], event)
    for invitation in found:
        key = f"invitation:{invitation.pk}:reminded:{moment:%Y%m%d%H%M}"
        _send(invitation, event, "invitation_reminder", languages[invitation.email], name="", key=key)
    Invitation.objects.filter(pk__in=[one.pk for one in found]).update(reminded_at=moment)
    if found:
        record_audit(
            actor=actor,
            action="invitation.reminded",
            subject=event,
            event_id=event.pk,
            changes={"invitations": (None, [one.code for one in found])},
        )
    return len(found)


@transaction.atomic
def revoke_invitation(
    *, invitation: Invitation, actor: Person | None, now: dt.datetime | None = None
) -> bool:
    """Let the code open nothing any more; who registered by it stays. False when it was revoked already."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.revoked_at is not None:
        return False
    locked.revoked_at = now or timezone.now()
    locked.save(update_fields=["revoked_at"])
    record_audit(
        actor=actor,
        action="invitation.revoked",
        subject=locked,
        event_id=locked.event_id,
        changes={"revoked_at": (None, locked.revoked_at)},
    )
    return True


@transaction.atomic
def restore_invitation(*, invitation: Invitation, actor: Person | None) -> bool:
    """Let a revoked code open its category again; False when it was not revoked."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.revoked_at is None:
        return False
    before, locked.revoked_at = locked.revoked_at, None
    locked.save(update_fields=["revoked_at"])
    record_audit(
        actor=actor,
        action="invitation.restored",
        subject=locked,
        event_id=locked.event_id,
        changes={"revoked_at": (before, None)},
    )
    return True


@transaction.atomic
def send_invitation_again(*, invitation: Invitation, actor: Person) -> int:
    """Let the letters of the invitation that came back be tried again; return how many there are."""
    letters = OutboxMessage.objects.filter(
        kind="mail", state=OutboxState.FAILED, key__startswith=f"invitation:{invitation.pk}:"
    ).exclude(payload={})
    found = list(letters)
    for letter in found:
        send_again(message=letter, actor=actor)
    return len(found)


def _send(invitation: Invitation, event: Event, template: str, language: str, *, name: str, key: str) -> None:
    with translation.override(language):
        values = {
            "name": name,
            "event": _text(localised(event, "name"), language),
            "category": _text(localised(invitation.category, "name"), language),
            "code": invitation.code,
            "until": in_words(invitation.expires_at, event.zone),
            "link": invitation_url(invitation, event, language),
        }
    letter = compose(f"registration/{template}", values, language=language)
    enqueue_mail(to_message(letter, to=invitation.email), key=key)


def _languages(emails: Sequence[str], event: Event) -> dict[str, str]:
    """Return address to the language of whoever has it, else the event's."""
    languages = dict(settings.LANGUAGES)
    usual = event.main_language if event.main_language in languages else settings.LANGUAGE_CODE
    people = Person.objects.filter(email__in=emails).values_list("email", "locale")
    known = {(email or "").lower(): locale for email, locale in people if locale in languages}
    return {email: known.get(email, usual) for email in emails}


def _text(texts: dict[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")
