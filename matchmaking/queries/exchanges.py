"""The exchange itself: who may know of it, its frame, and its numbers."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q

from matchmaking.models import (
    Exchange,
    ExchangeHours,
    ExchangeProfile,
    Meeting,
    MeetingRequest,
    Occupation,
    OccupationKind,
    Offer,
    ProfileState,
)
from matchmaking.permissions import may_run
from matchmaking.states import MEETING_LIVE, RequestState, shows_people
from network.models import Person, Topic
from sessions_app.events import queries as events
from sessions_app.events.models import Event
from sessions_app.registration.models import Registration
from sessions_app.registration.states import State


def exchange_of(event: Event) -> Exchange | None:
    """Return the event's exchange, read once per event object; None when it has none."""
    try:
        exchange: Exchange = event.exchange
    except Exchange.DoesNotExist:
        return None
    return exchange


def exchange_at(slug: str, viewer: Person | AnonymousUser) -> Exchange | None:
    """Return the exchange of the event with this address when the viewer may know of the event, in any phase."""
    found = Exchange.objects.select_related("event__venue").filter(event__slug=slug).first()
    if found is None or found.event.is_public:
        return found
    return found if events.for_viewer(viewer).filter(pk=found.event_id).exists() else None


def exchange_for(slug: str, viewer: Person | AnonymousUser) -> Exchange | None:
    """Return the exchange of the event with this address when the viewer takes part in it or runs it."""
    if not isinstance(viewer, Person) or not viewer.is_active:
        return None
    found = Exchange.objects.select_related("event").filter(
        event__slug=slug, event__in=events.for_viewer(viewer)
    )
    exchange = found.first()
    if exchange is None or may_run(viewer, exchange.event):
        return exchange
    if not shows_people(exchange.phase):
        return None
    mine = ExchangeProfile.objects.filter(exchange=exchange, person=viewer).exclude(state=ProfileState.LEFT)
    return exchange if mine.exists() else None


def may_join(exchange: Exchange, person: Person | AnonymousUser) -> bool:
    """Tell whether the person has a confirmed registration, and so may take part."""
    return (
        isinstance(person, Person)
        and Registration.objects.filter(
            event=exchange.event_id, person=person, state=State.CONFIRMED
        ).exists()
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """When and how large an exchange is: its hours by day, and how many take part."""

    hours: list[ExchangeHours]
    participants: int


def frame_of(exchange: Exchange) -> Frame:
    """Return what the entrance tells of the exchange; two queries."""
    hours = list(ExchangeHours.objects.filter(exchange=exchange))
    return Frame(hours, ExchangeProfile.objects.filter(exchange=exchange, state=ProfileState.SHOWN).count())


@dataclass(frozen=True, slots=True)
class Yield:
    """What an exchange has brought: counts by state, and the people without a meeting."""

    requested: int
    accepted: int
    planned: int
    held: int
    missed: int
    participants: int
    without_meeting: int


def yield_of(exchange: Exchange) -> Yield:
    """Return the exchange's numbers; three queries."""
    requests = MeetingRequest.objects.filter(exchange=exchange).aggregate(
        asked=Count("pk"), agreed=Count("pk", filter=Q(state=RequestState.ACCEPTED))
    )
    meetings = Meeting.objects.filter(exchange=exchange).aggregate(
        planned=Count("pk", filter=Q(state__in=sorted(MEETING_LIVE))),
        held=Count("pk", filter=Q(state="held")),
        missed=Count("pk", filter=Q(state="no_show")),
    )
    met = Occupation.objects.filter(profile=OuterRef("pk"), kind=OccupationKind.MEETING)
    people = ExchangeProfile.objects.filter(exchange=exchange, state=ProfileState.SHOWN).aggregate(
        all=Count("pk"), alone=Count("pk", filter=~Exists(met))
    )
    return Yield(
        requests["asked"], requests["agreed"], meetings["planned"], meetings["held"], meetings["missed"],
        people["all"], people["alone"],
    )  # fmt: skip


def regions_in(exchange: Exchange) -> list[str]:
    """Return the regions from which somebody takes part."""
    shown = ExchangeProfile.objects.filter(exchange=exchange, state=ProfileState.SHOWN).exclude(region="")
    return list(shown.order_by("region").values_list("region", flat=True).distinct())


def topics_in(exchange: Exchange) -> list[Topic]:
    """Return the topics that somebody of the exchange offers or seeks, by name."""
    used = Offer.topics.through.objects.filter(offer__event=exchange.event_id).values("topic")
    return sorted(Topic.objects.filter(pk__in=used), key=str)


def all_topics() -> list[Topic]:
    """Return every topic, a wider one before its narrower ones; one query."""
    topics = list(Topic.objects.all())
    names = {topic.pk: str(topic) for topic in topics}
    return sorted(
        topics, key=lambda one: (names.get(one.parent_id or one.pk, ""), one.parent_id or 0, str(one))
    )
