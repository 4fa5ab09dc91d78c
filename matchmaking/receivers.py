"""What the exchange does when the programme or a registration changes."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import pgettext

from matchmaking.models import Exchange, ExchangeProfile
from matchmaking.queries import exchange_of
from matchmaking.queries.marketplace import stays_from
from matchmaking.services.joining import leave_exchange
from matchmaking.services.setting_up import sync_programme, touch
from matchmaking.states import Phase, shows_people
from sessions_app.events.models import Event
from sessions_app.events.sections import Section, event_sections_asked
from sessions_app.programme.signals import programme_released
from sessions_app.registration.models import Registration
from sessions_app.registration.signals import registration_moved
from sessions_app.registration.states import State


@receiver(programme_released)
def keep_speakers_free(event_id: int, **_more: Any) -> None:
    """Take the slots in which participants speak by the new release."""
    exchange = Exchange.objects.filter(event=event_id).select_related("event").first()
    if exchange is not None:
        sync_programme(exchange=exchange)
        touch(exchange)


@receiver(registration_moved)
def let_go(registration: Registration, after: State, **_more: Any) -> None:
    """Take out of the exchange whoever does not come to the event after all; her partners are told."""
    if after in {State.CANCELLED, State.DECLINED} and registration.person_id is not None:
        profile = ExchangeProfile.objects.filter(
            exchange__event=registration.event_id, person=registration.person_id
        ).first()
        if profile is not None:
            leave_exchange(profile=profile, actor=None)


@receiver(event_sections_asked)
def stand_in_the_menu(event: Event, **_more: Any) -> Section | None:
    """Put the exchange into the event's menu once participants may see it."""
    exchange = exchange_of(event)
    if exchange is None or not shows_people(exchange.phase):
        return None
    return Section(
        "exchange", pgettext("menu", "Exchange"), reverse("matchmaking:entrance", args=(event.slug,))
    )


@receiver(event_sections_asked)
def lead_to_what_stays(event: Event, **_more: Any) -> Section | None:
    """Put the marketplace into the event's menu once the exchange is over and something of it stands there."""
    exchange = exchange_of(event)
    if exchange is None or exchange.phase != Phase.OVER or not stays_from(event):
        return None
    return Section("offers", pgettext("menu", "Offers"), reverse("matchmaking:offers"))
