"""Reads of the exchange, scoped by event and viewer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from matchmaking.free_time import FreeTime, free_time
from matchmaking.models import (
    Asking,
    Block,
    Dismissal,
    Exchange,
    ExchangeHours,
    ExchangeProfile,
    Feedback,
    Meeting,
    MeetingRequest,
    Occupation,
    OccupationKind,
    Offer,
    ProfileState,
    Slot,
)
from matchmaking.permissions import may_run
from matchmaking.states import MEETING_LIVE, REQUEST_LIVE, RequestState, shows_people
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


def profile_of(exchange: Exchange, person: Person | AnonymousUser) -> ExchangeProfile | None:
    """Return the person's profile in the exchange, in whatever state; None when she has none."""
    if not isinstance(person, Person):
        return None
    profile = (
        ExchangeProfile.objects.select_related("organisation", "cluster", "person")
        .filter(exchange=exchange, person=person)
        .first()
    )
    if profile is not None:
        profile.exchange = exchange
    return profile


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


def offers_of(profile: ExchangeProfile) -> list[Offer]:
    """Return what the participant offers and seeks at the event, with topics; two queries."""
    rows = Offer.objects.filter(person=profile.person_id, event=profile.exchange.event_id)
    return list(rows.order_by("-kind", "pk").prefetch_related("topics"))


def all_topics() -> list[Topic]:
    """Return every topic, a wider one before its narrower ones; one query."""
    topics = list(Topic.objects.all())
    names = {topic.pk: str(topic) for topic in topics}
    return sorted(
        topics, key=lambda one: (names.get(one.parent_id or one.pk, ""), one.parent_id or 0, str(one))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a participant looks for; empty fields ask for nothing."""

    text: str = ""
    topic: int | None = None
    region: str = ""
    kind: str = ""  # of what they put on the market: offer or need
    cooperation: str = ""
    other_cluster: bool = False


def participants(
    exchange: Exchange, viewer: ExchangeProfile | None, filters: Filters = Filters()
) -> QuerySet[ExchangeProfile]:
    """Return whom the viewer may ask (None: everybody shown), with their offers; two queries to read.

    Left out are herself, those whom the exchange's rule keeps apart from her, and who of the two blocked.
    """
    rows = ExchangeProfile.objects.filter(exchange=exchange, state=ProfileState.SHOWN)
    if viewer is not None:
        rows = rows.exclude(pk=viewer.pk).exclude(_apart(exchange, viewer))
        pair = Block.objects.filter(
            Q(profile=viewer, other=OuterRef("pk")) | Q(profile=OuterRef("pk"), other=viewer)
        )
        rows = rows.filter(~Exists(pair))
        if filters.other_cluster and viewer.cluster_id is not None:
            rows = rows.exclude(cluster=viewer.cluster_id)
    rows = _filtered(rows, exchange, filters)
    offers = Offer.objects.filter(event=exchange.event_id).prefetch_related("topics")
    return rows.select_related("organisation", "cluster", "person").prefetch_related(
        Prefetch("person__offers", offers, to_attr="shown_offers")
    )


def _apart(exchange: Exchange, viewer: ExchangeProfile) -> Q:
    """Return the condition for people whom ``pair_allowed`` keeps apart from the viewer."""
    if exchange.asking == Asking.ANYBODY:
        return Q(pk__in=[])
    if exchange.asking == Asking.OTHER_CLUSTER and viewer.cluster_id is not None:
        return Q(cluster=viewer.cluster_id)
    if viewer.organisation_id is not None:
        same = Q(organisation=viewer.organisation_id)
        if viewer.organisation_name:
            same |= Q(organisation__isnull=True, organisation_name__iexact=viewer.organisation_name)
        return same
    if viewer.organisation_name:
        return Q(organisation_name__iexact=viewer.organisation_name)
    return Q(pk__in=[])


def _filtered(
    rows: QuerySet[ExchangeProfile], exchange: Exchange, filters: Filters
) -> QuerySet[ExchangeProfile]:
    offers = Offer.objects.filter(person=OuterRef("person"), event=exchange.event_id)
    wanted = offers
    if filters.kind:
        wanted = wanted.filter(kind=filters.kind)
    if filters.topic is not None:
        wanted = wanted.filter(topics=filters.topic)
    if filters.cooperation:
        wanted = wanted.filter(cooperation=filters.cooperation)
    if wanted is not offers:
        rows = rows.filter(Exists(wanted))
    if filters.region:
        rows = rows.filter(region=filters.region)
    for word in filters.text.split()[:8]:
        named = Q(name__icontains=word) | Q(organisation_name__icontains=word) | Q(about__icontains=word)
        rows = rows.filter(named | Exists(offers.filter(text__icontains=word)))
    return rows


def participant(exchange: Exchange, code: str, viewer: ExchangeProfile | None) -> ExchangeProfile:
    """Return the participant with this code as the viewer may see her; raise Http404 otherwise."""
    found = participants(exchange, viewer).filter(code=code.upper()).first()
    if found is None:
        raise Http404
    found.exchange = exchange
    return found


def find_participant(exchange: Exchange, code: str) -> ExchangeProfile:
    """Return whoever has this code in the exchange, also when she is blocked; raise Http404 otherwise."""
    found = ExchangeProfile.objects.filter(exchange=exchange, code=code.upper()).first()
    if found is None:
        raise Http404
    found.exchange = exchange
    return found


def standing_between(one: ExchangeProfile, other: ExchangeProfile) -> MeetingRequest | None:
    """Return the pending or agreed request of the two, or None."""
    low, high = sorted((one.pk, other.pk))
    rows = MeetingRequest.objects.filter(low=low, high=high, state__in=sorted(REQUEST_LIVE))
    return rows.select_related("slot", "meeting").first()


def regions_in(exchange: Exchange) -> list[str]:
    """Return the regions from which somebody takes part."""
    shown = ExchangeProfile.objects.filter(exchange=exchange, state=ProfileState.SHOWN).exclude(region="")
    return list(shown.order_by("region").values_list("region", flat=True).distinct())


def topics_in(exchange: Exchange) -> list[Topic]:
    """Return the topics that somebody of the exchange offers or seeks, by name."""
    used = Offer.topics.through.objects.filter(offer__event=exchange.event_id).values("topic")
    return sorted(Topic.objects.filter(pk__in=used), key=str)


def requests_of(profile: ExchangeProfile) -> QuerySet[MeetingRequest]:
    """Return all that the participant asked and was asked, the newest first, with both people and the meeting."""
    return (
        MeetingRequest.objects.filter(Q(sender=profile) | Q(recipient=profile))
        .select_related("sender", "recipient", "slot", "exchange__event", "meeting__slot", "meeting__table")
        .order_by("-asked_at", "-id")
    )


def request_of(profile: ExchangeProfile, code: str) -> MeetingRequest:
    """Return the participant's request with this code; raise Http404 for anybody else's."""
    found = requests_of(profile).filter(code=code.upper()).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True, slots=True)
class Inbox:
    """A participant's requests by what they ask of her."""

    to_answer: list[MeetingRequest]
    waiting: list[MeetingRequest]
    agreed: list[MeetingRequest]
    ended: list[MeetingRequest]

    @property
    def live(self) -> list[MeetingRequest]:
        """Those that are pending or agreed: with these people there is nothing more to ask."""
        return [*self.to_answer, *self.waiting, *self.agreed]


def inbox_of(profile: ExchangeProfile, *, now: dt.datetime | None = None) -> Inbox:
    """Return the participant's requests: to answer (those that run out first, first), waiting, agreed, ended.

    One that has run out counts as ended, whether or not it was booked so already. One query.
    """
    moment = now or timezone.now()
    boxes = Inbox([], [], [], [])
    for request in requests_of(profile):
        if request.state == RequestState.PENDING and request.expires_at > moment:
            (boxes.to_answer if request.turn_id == profile.pk else boxes.waiting).append(request)
        elif request.state == RequestState.ACCEPTED:
            boxes.agreed.append(request)
        else:
            boxes.ended.append(request)
    boxes.to_answer.sort(key=lambda request: request.expires_at)
    return boxes


def waiting_for(profile: ExchangeProfile, *, now: dt.datetime | None = None) -> int:
    """Return how many requests wait for the participant's answer."""
    moment = now or timezone.now()
    return MeetingRequest.objects.filter(
        turn=profile, state=RequestState.PENDING, expires_at__gt=moment
    ).count()


def meetings_for(profile: ExchangeProfile) -> QuerySet[Meeting]:
    """Return the participant's meetings in every state, by time, with the other side, slot and table."""
    return (
        Meeting.objects.filter(Q(low=profile) | Q(high=profile))
        .select_related("slot", "table", "low__person", "high__person", "request", "exchange__event")
        .order_by("slot__start", "id")
    )


def meeting_of(profile: ExchangeProfile, code: str) -> Meeting:
    """Return the participant's meeting with this code; raise Http404 for anybody else's."""
    found = meetings_for(profile).filter(code=code.upper()).first()
    if found is None:
        raise Http404
    return found


def meeting_of_request(request: MeetingRequest) -> Meeting | None:
    """Return the meeting to which the request led, or None while it has none."""
    return Meeting.objects.filter(request=request).select_related("slot", "table").first()


def request_with_people(slug: str, key: int) -> MeetingRequest | None:
    """Return the request with this key of the event's exchange, with all that answering it needs."""
    rows = MeetingRequest.objects.filter(pk=key, exchange__event__slug=slug)
    return rows.select_related(
        "exchange__event", "sender__person", "recipient__person", "low", "high", "slot"
    ).first()


def feedback_of(profile: ExchangeProfile, meeting: Meeting) -> Feedback | None:
    """Return what the participant said of the meeting, or None."""
    return Feedback.objects.filter(meeting=meeting, profile=profile).first()


def busy_in(slot: Slot) -> list[int]:
    """Return the keys of those who are not free in the slot for whatever reason but a starred session."""
    return list(Occupation.objects.filter(slot=slot).values_list("profile_id", flat=True))


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A slot on a participant's day: what she has then, and whether it is free."""

    slot: Slot
    meeting: Meeting | None
    kind: str  # of what occupies it: meeting, programme, own, starred; empty when it is free
    is_past: bool


@dataclass(frozen=True, slots=True)
class DayOfSlots:
    """One day of a participant's timeline."""

    date: dt.date
    rows: list[SlotRow] = field(default_factory=list)


def timeline_of(profile: ExchangeProfile, *, now: dt.datetime | None = None) -> list[DayOfSlots]:
    """Return every slot of the exchange with what the participant has then, day by day."""
    moment = now or timezone.now()
    free = free_time(profile.exchange, [profile], now=moment)
    kinds, starred = free.taken[profile.pk], free.starred.get(profile.pk, set())
    meetings = {
        meeting.slot_id: meeting for meeting in meetings_for(profile).filter(state__in=sorted(MEETING_LIVE))
    }
    days: dict[dt.date, DayOfSlots] = {}
    for slot in free.all_slots:
        is_past = slot.start <= moment
        kind = kinds.get(slot.pk, "starred" if slot.pk in starred else "")
        row = SlotRow(slot, meetings.get(slot.pk), kind, is_past)
        days.setdefault(slot.date, DayOfSlots(slot.date)).rows.append(row)
    return list(days.values())


def free_now(
    profile: ExchangeProfile, slot: Slot, *, now: dt.datetime | None = None
) -> tuple[FreeTime, list[ExchangeProfile]]:
    """Return those whom the participant may ask and who are free in the slot ("fill this")."""
    people = list(participants(profile.exchange, profile))
    free = free_time(profile.exchange, [profile, *people], now=now)
    return free, [person for person in people if slot.pk in free.by_profile[person.pk]]


def clashes_with_programme(exchange: Exchange) -> list[tuple[ExchangeProfile, Slot]]:
    """Return the participants who have a meeting while they speak in the released programme."""
    from matchmaking.free_time import slots_while_speaking
    from sessions_app.programme.queries import released_schedule

    rows = Occupation.objects.filter(profile__exchange=exchange, kind=OccupationKind.MEETING).select_related(
        "profile__person", "slot"
    )
    held = {(row.profile.person_id, row.slot_id): row for row in rows}
    people = {row.profile.person_id: row.profile.person for row in rows}
    slots = {row.slot_id: row.slot for row in rows}
    speaking = slots_while_speaking(released_schedule(exchange.event), slots.values(), people.values())
    return [
        (row.profile, row.slot) for (person, slot), row in held.items() if slot in speaking.get(person, set())
    ]


def dismissed(profile: ExchangeProfile) -> QuerySet[Dismissal]:
    """Return whom the participant said "not for me" to, the newest first."""
    return Dismissal.objects.filter(profile=profile).select_related("partner").order_by("-at")


def blocked_by(profile: ExchangeProfile) -> QuerySet[Block]:
    """Return whom the participant blocked, the newest first."""
    return Block.objects.filter(profile=profile).select_related("other").order_by("-at")


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


def shown_contacts(profile: ExchangeProfile, others: Iterable[ExchangeProfile]) -> dict[int, str]:
    """Return participant key to e-mail of those with whom a meeting is agreed and who consented to show it."""
    ids = [other.pk for other in others]
    met = Meeting.objects.filter(Q(low=profile, high__in=ids) | Q(high=profile, low__in=ids))
    pairs = met.filter(state__in=sorted(MEETING_LIVE)).values_list("low_id", "high_id")
    agreed = {one if one != profile.pk else two for one, two in pairs}
    rows = ExchangeProfile.objects.filter(
        pk__in=agreed, shares_contact=True, person__email__isnull=False
    ).values_list("pk", "person__email")
    return {pk: email for pk, email in rows if email}
