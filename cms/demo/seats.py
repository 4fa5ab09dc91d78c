"""Lets people of the demo sign up for sessions with limited seats, nobody for two at the same time."""

from __future__ import annotations

import datetime as dt
import random

from network.localised import localised, set_localised
from sessions_app.events.models import Event
from sessions_app.programme.models import Session
from sessions_app.registration.models import Place, Quota, Registration
from sessions_app.registration.states import State

PARTS = (1.0, 0.9, 0.75, 0.6, 0.5, 0.35)  # of the seats, one session after the other


def load_seats(event: Event, *, now: dt.datetime) -> None:
    """Write sign-ups for each session with limited seats; those who lead delegations or log in make their own."""
    rolls = random.Random(f"{event.slug}/seats")  # noqa: S311 - invents, hides nothing
    confirmed = Registration.objects.filter(event=event, state=State.CONFIRMED, delegation=None)
    ready = list(confirmed.exclude(person__email__endswith="@plenum.example").order_by("pk"))
    busy: dict[int, list[Session]] = {}
    places: list[Place] = []
    sessions = Session.objects.filter(event=event, seats__isnull=False, start__isnull=False).order_by(
        "start", "pk"
    )
    for number, session in enumerate(sessions):
        rolls.shuffle(ready)
        free = [one for one in ready if not any(_clash(session, other) for other in busy.get(one.pk, ()))]
        chosen = free[: int((session.seats or 0) * PARTS[number % len(PARTS)])]
        quota = Quota(event=event, session=session, size=session.seats or 0, taken=len(chosen))
        set_localised(quota, "name", localised(session, "title"))
        quota.save()
        for one in chosen:
            busy.setdefault(one.pk, []).append(session)
            places.append(Place(quota=quota, registration=one, taken_at=min(one.confirmed_at or now, now)))
    Place.objects.bulk_create(places)


def forget_seats(event: Event) -> None:
    """Take the sign-ups back, before the sessions themselves are written afresh."""
    Place.objects.filter(quota__event=event, quota__session__isnull=False).delete()


def _clash(one: Session, other: Session) -> bool:
    return bool(one.start and one.end and other.start and other.end) and (
        one.start < other.end and other.start < one.end  # type: ignore[operator]
    )
