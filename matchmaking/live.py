"""Sockets: tell open pages of an exchange that something changed, by its version.

Whom a change concerns hears of it at once. Lists of others' pages hear of it a little later, the later the more
people there are: a thousand pages that all come for it in one second would get nothing.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from matchmaking.models import Exchange, ExchangeProfile, ProfileState
from matchmaking.permissions import may_run
from sessions_app.events.live import EventConsumer, send_to_groups

PART, TEAM, LISTS = "exchange", "exchange.team", "exchange.lists"
MS_EACH = 120  # of patience for each participant: a page costs about half of it, and other work has to go on
MOST_MS = 120_000
FEW = 8  # people whose pages are told one by one; where a change concerns more, each page asks itself


def tell_of_change(event_id: int, version: int, people: Sequence[int] = ()) -> None:
    """Tell open pages after the commit; ``people`` are the persons whom it concerns, nobody named: everybody."""
    message = {"type": "exchange.changed", "version": version, "people": list(people)}
    parts = [*map(_own_part, people), TEAM, LISTS] if 0 < len(people) <= FEW else [PART]
    transaction.on_commit(lambda: send_to_groups(event_id, parts, message), robust=True)


def tell_of_access(event_id: int, person_id: int) -> None:
    """Let the open pages of a person be asked anew whether she may see the exchange, after the commit."""
    message = {"type": "exchange.access"}
    transaction.on_commit(lambda: send_to_groups(event_id, [_own_part(person_id)], message), robust=True)


def _own_part(person_id: int) -> str:
    return f"{PART}.{person_id}"


class ExchangeConsumer(EventConsumer):
    """Sends ``{"version": n}`` on connecting and after every change, with ``"own": true`` where it concerns the reader.

    To the team and its ``?board`` every change is its own. After a change that concerns others, a page that ``?lists`` people
    hears of it when there is leisure; pages of one's own hear nothing. What is not one's own is fetched as background
    work, of which each process does one at a time (network/web/leisure.py).
    """

    part = PART
    name = "version"
    within = 0
    is_participant = False
    told = told_own = newest = 0
    leisure: asyncio.Task[None] | None = None

    def find(self) -> int | None:
        """Return the event's key, to who takes part in its exchange or runs it."""
        from matchmaking.queries import exchange_for

        person = self.scope["user"]
        exchange = exchange_for(self.slug, person)
        if exchange is None:
            return None
        shown = ExchangeProfile.objects.filter(exchange=exchange, state=ProfileState.SHOWN)
        self.within = min(MOST_MS, MS_EACH * shown.count())
        is_board = self.scope["query_string"] == b"board" and may_run(person, exchange.event)
        self.is_participant = not is_board and shown.filter(person=person).exists()
        return exchange.event_id

    def number(self) -> int:
        """Return the exchange's version."""
        version = Exchange.objects.values_list("version", flat=True).get(event=self.event_id)
        self.told = self.told_own = version
        return version

    def parts(self) -> list[str]:
        """Return the groups of everybody, of the reader or her team, and of lists."""
        parts = [PART, _own_part(self.scope["user"].pk)]
        if not self.is_participant:
            parts.append(TEAM)
        if self.scope["query_string"] == b"lists":
            parts.append(LISTS)
        return parts

    async def disconnect(self, code: int) -> None:
        """Leave the groups."""
        if self.leisure is not None:
            self.leisure.cancel()
        await super().disconnect(code)

    async def exchange_changed(self, message: dict[str, Any]) -> None:
        """Pass the version on; what the page then reads is checked again by the server."""
        version, concerned = message["version"], message["people"]
        if self.scope["user"].pk in concerned or not self.is_participant:
            if version > self.told_own:
                self.told = self.told_own = version
                await self.send_json({"version": version, "own": True})
        elif version <= self.told:
            return  # heard in another group
        elif not concerned:
            self.told = version
            await self.send_json({"version": version})
        elif self.scope["query_string"] == b"lists":
            self.newest = max(self.newest, version)
            self.leisure = self.leisure or asyncio.create_task(self._tell_later())

    async def _tell_later(self) -> None:
        await asyncio.sleep(random.random() * self.within / 1000)  # noqa: S311 - spreads a thousand pages
        self.leisure = None
        if self.newest > self.told:
            self.told = self.newest
            await self.send_json({"version": self.newest})

    async def exchange_access(self, message: dict[str, Any]) -> None:
        """Close when the reader may not see the exchange any more."""
        await self.leave_if_unknown()
