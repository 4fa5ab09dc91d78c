"""Writes of calls: the call itself, and who sits on its panel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode

from calls.models import Call, PanelMember, Seat
from network.audit import differences, state_of
from network.editing import save_person
from network.letters import compose, to_message
from network.localised import set_localised
from network.mail import enqueue_mail
from network.models import Person
from network.services import record_audit
from sessions_app.events.services import slug_from


class PanelError(Exception):
    """A panel cannot be changed in this way."""


class SeatTaken(PanelError):
    """The person sits on this panel already."""


class CannotSit(PanelError):
    """The person has no account that is open, so she cannot be appointed."""


class SeatEnded(PanelError):
    """The seat has ended before."""


class ReasonNeeded(PanelError):
    """No reason was given why the seat ends."""


def call_slug(title: str) -> str:
    """Return a free address for a call of this title."""
    return slug_from(title, Call.objects.values_list("slug", flat=True), default="call")


@transaction.atomic
def save_call(*, call: Call, actor: Person | None) -> Call:
    """Create or change a call as it stands in memory; its panel stays as it is."""
    stored = Call.objects.filter(pk=call.pk).first() if call.pk else None
    before = state_of(stored) if stored else {}
    call.save()
    changes = differences(before, state_of(call))
    if changes:
        action = "call.changed" if stored else "call.created"
        record_audit(actor=actor, action=action, subject=call, event_id=call.event_id, changes=changes)
    return call


@transaction.atomic
def appoint_panel_member(
    *,
    call: Call,
    person: Person,
    seat: Seat,
    actor: Person | None,
    organisation: Mapping[str, str] | None = None,
    now: dt.datetime | None = None,
) -> PanelMember:
    """Give the person a seat from now on, and tell her by mail when she has an address.

    ``organisation`` maps language codes to what is printed beside her name. Raises SeatTaken when she
    has a live seat there already, CannotSit when her account is closed.
    """
    if not person.is_active:
        raise CannotSit(person.code)
    member = PanelMember(call=call, person=person, seat=seat, appointed_by=actor, since=now or timezone.now())
    set_localised(member, "organisation", dict(organisation or {}))
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError as error:
        if PanelMember.objects.filter(call=call, person=person, until__isnull=True).exists():
            raise SeatTaken(person.code) from error
        raise
    record_audit(
        actor=actor,
        action="panel.appointed",
        subject=call,
        event_id=call.event_id,
        changes={"panel": (None, str(member))},
    )
    _tell(member, "calls/seat_given")
    return member


@transaction.atomic
def appoint_by_email(
    *,
    call: Call,
    email: str,
    name: str,
    seat: Seat,
    actor: Person | None,
    organisation: Mapping[str, str] | None = None,
    now: dt.datetime | None = None,
) -> PanelMember:
    """Give a seat to whoever has the e-mail; a person who is not here yet is added under ``name``.

    Raises what ``appoint_panel_member`` raises; nobody is added then.
    """
    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        person = save_person(
            person=Person(email=Person.objects.normalize_email(email), name=name), actor=actor
        )
    return appoint_panel_member(
        call=call, person=person, seat=seat, actor=actor, organisation=organisation, now=now
    )


@transaction.atomic
def end_seat(
    *,
    member: PanelMember,
    actor: Person | None,
    reason: str,
    tell: bool = True,
    now: dt.datetime | None = None,
) -> PanelMember:
    """End a seat for a reason, which stands in the audit trail; with ``tell`` the person learns by mail that it ended.

    Raises ReasonNeeded without a reason, SeatEnded when it has ended before.
    """
    if not reason.strip():
        raise ReasonNeeded
    found = PanelMember.objects.select_for_update(of=("self",)).select_related("call__event", "person")
    locked = found.get(pk=member.pk)
    if locked.until is not None:
        raise SeatEnded(str(locked.pk))
    locked.until = max(now or timezone.now(), locked.since)
    locked.save(update_fields=["until"])
    record_audit(
        actor=actor,
        action="panel.seat_ended",
        subject=locked.call,
        event_id=locked.call.event_id,
        changes={"panel": (str(locked), None)},
        reason=reason.strip(),
    )
    if tell:
        _tell(locked, "calls/seat_ended")
    return locked


def _tell(member: PanelMember, template: str) -> None:
    """Write the letter into the outbox, in the person's language, else in the event's main one."""
    if not member.person.email:
        return
    call, known = member.call, dict(settings.LANGUAGES)
    wanted = (member.person.locale, call.event.main_language if call.event else "")
    language = next((code for code in wanted if code in known), settings.LANGUAGE_CODE)
    with translation.override(language):
        # Through the log-in: until the call is published, its page is not found by strangers.
        page = reverse("call", args=(call.slug,))
        values = {
            "name": member.person.name,
            "call": call.title,
            "event": str(call.event or ""),
            "seat": member.get_seat_display(),
            "url": f"{settings.BASE_URL}{reverse('account_login')}?{urlencode({'next': page})}",
        }
    letter = compose(template, values, language=language)
    kind = template.rpartition("/")[2]
    enqueue_mail(to_message(letter, to=member.person.email), key=f"panel:{member.pk}:{kind}")
