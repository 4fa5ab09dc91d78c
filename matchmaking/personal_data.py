"""What the exchange keeps about a person: told when she asks for it, gone when she is erased."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from matchmaking.models import (
    ExchangeProfile,
    Feedback,
    Meeting,
    MeetingRequest,
    Offer,
    ProfileState,
    RequestNote,
)
from matchmaking.queries import waiting_for
from matchmaking.queries.marketplace import kept_by, listed
from matchmaking.services.booking import meetings_of
from matchmaking.services.joining import leave_exchange
from matchmaking.states import Phase
from network.account_page import Entry, Part
from network.localised import localised
from network.models import Person
from network.signals import account_page_asked, person_erased, personal_data_asked
from network.web.words import text_and_language


@receiver(account_page_asked)
def exchanges_on_her_page(person: Person, **_more: Any) -> Part:
    """List the exchanges in which the person takes part, with what waits for her."""
    rows = ExchangeProfile.objects.filter(person=person).exclude(state=ProfileState.LEFT)
    shown = rows.exclude(exchange__phase=Phase.SETUP.value).select_related("exchange__event")
    return Part(
        "exchanges", _("Business contacts exchange"), [_entry(profile) for profile in shown.order_by("-pk")]
    )


def _entry(profile: ExchangeProfile) -> Entry:
    event = profile.exchange.event
    language = (get_language() or "").split("-")[0]
    title, spoken = text_and_language(localised(event, "name"), language)
    waiting, meetings = waiting_for(profile), meetings_of(profile).count()
    parts = [
        ngettext("%(count)d meeting", "%(count)d meetings", meetings) % {"count": meetings},
        ngettext("%(count)d request to answer", "%(count)d requests to answer", waiting) % {"count": waiting}
        if waiting
        else "",
    ]
    return Entry(
        title=title or event.slug,
        url=reverse("matchmaking:requests" if waiting else "matchmaking:mine", args=(event.slug,)),
        detail=" · ".join(part for part in parts if part),
        lang=spoken if spoken != language else "",
    )


@receiver(account_page_asked)
def marketplace_on_her_page(person: Person, **_more: Any) -> Part:
    """List what the person keeps in the marketplace, and until when, and lead to what others keep there."""
    of_others = Count("pk", filter=~Q(person=person))
    there = Offer.objects.filter(stays_listed=True).aggregate(own=Count("pk") - of_others, others=of_others)
    market = listed() if there["own"] or there["others"] else Offer.objects.none()
    shown = set(market.filter(person=person).values_list("pk", flat=True)) if there["own"] else set()
    entries = [_kept(one, shown) for one in kept_by(person)] if there["own"] else []
    if there["others"] and market.exclude(person=person).exists():
        entries.append(
            Entry(
                title=_("What others offer and seek"),
                url=reverse("matchmaking:offers"),
                detail=_("stays after the events; you can write to them"),
            )
        )
    return Part("marketplace", _("Marketplace of offers and needs"), entries)


def _kept(offer: Offer, shown: set[int]) -> Entry:
    if offer.pk in shown:
        until = date_format(offer.expires_on, "j E Y") if offer.expires_on else ""
        state = _("Shown until %(date)s") % {"date": until} if until else _("Shown without an end")
    elif offer.expires_on and offer.expires_on < timezone.localdate():
        state = _("Not shown any more")
    else:
        state = _("Shown after the event")
    return Entry(
        title=Truncator(offer.text).chars(120),
        url=reverse("matchmaking:offer", args=(offer.code,)),
        detail=" · ".join((offer.get_kind_display(), state, _("change or take off"))),
    )


@receiver(personal_data_asked)
def tell_what_is_kept(person: Person, **_more: Any) -> dict[str, Any]:
    """Return the person's part in exchanges as plain JSON."""
    return {
        "exchange_profiles": [
            _profile(profile)
            for profile in person.exchange_profiles.select_related("exchange__event", "cluster")
        ],
        "offers": [
            {
                "kind": offer.kind,
                "text": offer.text,
                "topics": [str(topic) for topic in offer.topics.all()],
                "regions": offer.regions,
                "cooperation": offer.cooperation,
                "readiness": offer.readiness,
                "until": offer.expires_on.isoformat() if offer.expires_on else None,
            }
            for offer in Offer.objects.filter(person=person).prefetch_related("topics")
        ],
    }


def _profile(profile: ExchangeProfile) -> dict[str, Any]:
    own = Q(low=profile) | Q(high=profile)
    asked = MeetingRequest.objects.filter(own).select_related("sender", "recipient", "slot")
    meetings = Meeting.objects.filter(own).select_related("low", "high", "slot", "table")
    return {
        "event": profile.exchange.event.slug,
        "state": profile.state,
        "name": profile.name,
        "post": profile.post,
        "organisation": profile.organisation_name,
        "cluster": str(profile.cluster or ""),
        "about": profile.about,
        "region": profile.region,
        "languages": profile.languages,
        "suggested": list(profile.suggestions.order_by("rank").values_list("partner__name", flat=True)),
        "shares_contact": profile.shares_contact,
        "wants_reminders": profile.wants_reminders,
        "needs_step_free": profile.needs_step_free,
        "requests": [
            {
                "from": request.sender.name,
                "to": request.recipient.name,
                "asked_at": request.asked_at.isoformat(),
                "time": request.slot.start.isoformat() if request.slot else None,
                "message": request.message,
                "state": request.state,
            }
            for request in asked
        ],
        "meetings": [
            {
                "with": meeting.other(profile).name,
                "time": meeting.slot.start.isoformat(),
                "table": str(meeting.table or ""),
                "state": meeting.state,
            }
            for meeting in meetings
        ],
        "notes": list(RequestNote.objects.filter(author=profile).values_list("text", flat=True)),
        "feedback": list(Feedback.objects.filter(profile=profile).values("rating", "outcome", "note")),
    }


@receiver(person_erased)
def erase(person: Person, **_more: Any) -> None:
    """Cancel her meetings, tell the others, and delete profile, requests and offers."""
    for profile in ExchangeProfile.objects.filter(person=person).select_related("exchange__event"):
        leave_exchange(profile=profile, actor=None)
    ExchangeProfile.objects.filter(person=person).delete()
    Offer.objects.filter(person=person).delete()
