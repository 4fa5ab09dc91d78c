"""Life at the demo's exchange: participants ask and answer by themselves, so that a newcomer sees requests come in.

Runs in the web server's own loop, since the demo's channel layer reaches no other process. Everything is done by
the services that people use, and what they refuse is passed over.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import structlog
from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.utils import timezone

from cms.demo.content import FORUM
from cms.demo.exchange import LOGIN
from matchmaking.errors import ExchangeError
from matchmaking.models import DeclineReason, Exchange, ExchangeProfile, MeetingRequest, ProfileState
from matchmaking.permissions import may_meet
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask, decline
from matchmaking.states import RequestState
from sessions_app.registration.errors import Busy

log = structlog.get_logger(__name__)

PAUSE = (6.0, 14.0)  # seconds between two things that happen
WAITING = 9  # requests that wait for the log-in's answer before others leave her in peace
MESSAGES = {
    "en": (
        "We saw your stand yesterday and would like to talk about a joint pilot.",
        "Fifteen minutes would do: we look for a partner in your region.",
        "Your colleague named you. May we show you our results?",
    ),
    "ru": (
        "Видели ваш стенд вчера, хотели бы обсудить совместный пилот.",
        "Хватит пятнадцати минут: ищем партнёра в вашем регионе.",
        "О вас рассказал ваш коллега. Можно показать вам наши результаты?",
    ),
}


async def keep_lively(rolls: random.Random | None = None) -> None:
    """Let something happen now and then until the task is cancelled."""
    rolls = rolls or random.Random()  # noqa: S311 - invents, hides nothing
    while True:
        await asyncio.sleep(rolls.uniform(*PAUSE))
        await sync_to_async(_turn)(rolls)


def _turn(rolls: random.Random) -> None:
    close_old_connections()
    happen(rolls)


def happen(rolls: random.Random) -> str:
    """Let one thing happen at the forum's exchange; return which, empty when nothing could."""
    exchange = Exchange.objects.select_related("event").filter(event__slug=FORUM).first()
    if exchange is None:
        return ""
    things: list[Callable[[Exchange, random.Random], str]] = [_ask_the_log_in, _answer, _ask_somebody]
    rolls.shuffle(things)
    for thing in things:
        try:
            done = thing(exchange, rolls)
        except (ExchangeError, Busy):
            continue
        except Exception as error:  # a demo that has gone wrong once goes on
            log.warning("lively_demo", error=type(error).__name__)
            continue
        if done:
            return done
    return ""


def _people(exchange: Exchange) -> list[ExchangeProfile]:
    people = ExchangeProfile.objects.filter(exchange=exchange, state=ProfileState.SHOWN)
    found = list(people.select_related("person", "cluster", "organisation"))
    for profile in found:
        profile.exchange = exchange
    return found


def _message(profile: ExchangeProfile, rolls: random.Random) -> str:
    return rolls.choice(MESSAGES["ru" if profile.person.locale == "ru" else "en"])


def _ask_the_log_in(exchange: Exchange, rolls: random.Random) -> str:
    people = _people(exchange)
    login = next((one for one in people if one.person.email == LOGIN), None)
    if login is None:
        return ""
    waiting = MeetingRequest.objects.filter(
        turn=login, state=RequestState.PENDING, expires_at__gt=timezone.now()
    )
    if waiting.count() >= WAITING:
        return ""
    return _ask(rolls.sample(people, min(len(people), 12)), login, rolls)


def _ask_somebody(exchange: Exchange, rolls: random.Random) -> str:
    people = _people(exchange)
    others = [one for one in people if one.person.email != LOGIN]
    return _ask(rolls.sample(others, min(len(others), 12)), rolls.choice(others), rolls) if others else ""


def _ask(senders: list[ExchangeProfile], recipient: ExchangeProfile, rolls: random.Random) -> str:
    for sender in senders:
        if sender.person.email == LOGIN or not may_meet(sender, recipient):
            continue
        try:
            made = ask(
                sender=sender, recipient=recipient, actor=sender.person, message=_message(recipient, rolls)
            )
        except ExchangeError:
            continue
        # Who had been asked by that very person has said yes by asking back.
        return "accepted" if made.state == RequestState.ACCEPTED else "asked"
    return ""


def _answer(exchange: Exchange, rolls: random.Random) -> str:
    pending = MeetingRequest.objects.filter(
        exchange=exchange, state=RequestState.PENDING, expires_at__gt=timezone.now()
    ).exclude(turn__person__email=LOGIN)
    # What the newcomer has asked is answered first: she waits for it.
    hers = pending.filter(sender__person__email=LOGIN)
    keys = list(hers.values_list("pk", flat=True)) or list(pending.values_list("pk", flat=True))
    if not keys:
        return ""
    request = MeetingRequest.objects.select_related("turn__person", "sender", "recipient").get(
        pk=rolls.choice(keys)
    )
    by = request.turn
    if rolls.random() < 0.75:
        accept(request=request, by=by, actor=by.person)
        return "accepted"
    decline(request=request, by=by, actor=by.person, reason=rolls.choice(DeclineReason.values))
    return "declined"
