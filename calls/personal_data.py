"""What calls keep about a person, for her own page, her own copy and for erasing it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from calls.models import PanelMember
from calls.queries import seats_of
from calls.services import end_seat
from network.account_page import Entry, Part
from network.localised import localised
from network.models import Person
from network.signals import account_page_asked, person_erased, person_named_in_public, personal_data_asked
from network.web.words import text_and_language


@receiver(account_page_asked)
def panels_on_her_page(person: Person, **_more: Any) -> Part:
    """List the panels that the person sits on."""
    return Part("panels", _("Panels you sit on"), [_entry(member) for member in seats_of(person)])


def _entry(member: PanelMember) -> Entry:
    language = (get_language() or "").split("-")[0]
    title, spoken = text_and_language(localised(member.call, "title"), language)
    parts = [member.get_seat_display(), str(member.call.event or "")]
    return Entry(
        title=title or member.call.slug,
        url=reverse("call", args=(member.call.slug,)),
        detail=" · ".join(part for part in parts if part),
        lang=spoken if spoken != language else "",
    )


@receiver(personal_data_asked)
def panel_seats_of(person: Person, **_more: Any) -> dict[str, Any]:
    """Return all seats the person has or had."""
    seats = PanelMember.objects.filter(person=person).select_related("call__event").order_by("since", "id")
    return {
        "panel_seats": [
            {
                "event": member.call.event.slug if member.call.event else None,
                "call": member.call.slug,
                "seat": member.seat,
                "organisation": localised(member, "organisation"),
                "from": member.since.isoformat(),
                "to": member.until.isoformat() if member.until else None,
            }
            for member in seats
        ]
    }


def _on_record(person: Person, now: dt.datetime) -> QuerySet[PanelMember]:
    """Return her seats on published panels whose work is done: who decided there stays known."""
    return PanelMember.objects.filter(
        Q(call__event__isnull=True) | Q(call__event__is_public=True),
        person=person,
        until__isnull=True,
        call__is_published=True,
        call__closes__lte=now,
    )


@receiver(person_named_in_public)
def is_on_a_panel(person: Person, **_more: Any) -> bool:
    """Tell whether the person is named on the page of a published call that has closed."""
    return _on_record(person, timezone.now()).exists()


@receiver(person_erased)
def leave_panels(person: Person, **_more: Any) -> None:
    """End the person's seats, but for those that stay on record."""
    now = timezone.now()
    kept = _on_record(person, now).values("pk")
    for member in PanelMember.objects.filter(person=person, until__isnull=True).exclude(pk__in=kept):
        end_seat(member=member, actor=None, reason="The account was erased.", tell=False, now=now)
