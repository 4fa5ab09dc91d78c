"""Sockets: tell open pages of an exchange that something changed, by its version.

Whom a change concerns hears of it at once. Lists of others' pages may show it a little later, the later the more
people there are: a thousand pages that all come for it in one second would get nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from matchmaking.models import ExchangeProfile, ProfileState
from sessions_app.events.live import EventConsumer, send_to_group

PART = "exchange"
MS_EACH = 120  # of patience for each participant: a page costs about half of it, and other work has to go on
MOST_MS = 120_000


def tell_of_change(event_id: int, version: int, people: Sequence[int] = ()) -> None:
    """Tell open pages after the commit; ``people`` are the persons whom it concerns, nobody named: everybody."""
    message = {"type": "exchange.changed", "version": version, "people": list(people)}
    transaction.on_commit(lambda: send_to_group(event_id, PART, message), robust=True)


def tell_of_access(event_id: int, person_id: int) -> None:
    """Let the open pages of a person be asked anew whether she may see the exchange, after the commit."""
    message = {"type": "exchange.access", "person": person_id}
    transaction.on_commit(lambda: send_to_group(event_id, PART, message), robust=True)


class ExchangeConsumer(EventConsumer):
    """Sends ``{"version": n}`` on connecting and after every change.

    After a change that concerns others, a page that lists people (``?lists``) gets ``{"version": n, "within": ms}``
    and comes for it within that time; pages of one's own get nothing.
    """

    part = PART
    name = "version"
    within = 0
    is_participant = False

    def find(self) -> tuple[int, int] | None:
        """Return the event's key and the exchange's version, to who takes part in it or runs it."""
        from matchmaking.queries import exchange_for

        person = self.scope["user"]
        exchange = exchange_for(self.slug, person)
        if exchange is None:
            return None
        shown = ExchangeProfile.objects.filter(exchange=exchange, state=ProfileState.SHOWN)
        self.within = min(MOST_MS, MS_EACH * shown.count())
        self.is_participant = shown.filter(person=person).exists()
        return exchange.event_id, exchange.version

    async def exchange_changed(self, message: dict[str, Any]) -> None:
        """Pass the version on; what the page then reads is checked again by the server."""
        concerned = message["people"]
        if not concerned or not self.is_participant or self.scope["user"].pk in concerned:
            await self.send_json({"version": message["version"]})
        elif self.scope["query_string"] == b"lists":
            await self.send_json({"version": message["version"], "within": self.within})

    async def exchange_access(self, message: dict[str, Any]) -> None:
        """Close when this is the person's page and she may not see the exchange any more."""
        if message["person"] == self.scope["user"].pk:
            await self.leave_if_unknown()
