"""Writes the exchanges of the demo's events: profiles, offers and needs, requests in all states, meetings.

Written in bulk, as people and the plan would have left them: nobody in two places, one meeting a table.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cms.demo.content import code_of, read, texts
from matchmaking.models import (
    Asking,
    DeclineReason,
    Exchange,
    ExchangeHours,
    ExchangeProfile,
    Feedback,
    Meeting,
    MeetingRequest,
    Occupation,
    OccupationKind,
    Offer,
    OfferKind,
    Origin,
    Outcome,
    ProfileState,
    Slot,
    Table,
)
from matchmaking.services.setting_up import add_tables, save_exchange
from matchmaking.states import MeetingState, RequestState
from network.localised import set_localised
from network.models import Organisation, Topic
from sessions_app.events.models import Event
from sessions_app.registration.models import Registration
from sessions_app.registration.states import State

LOGIN = "attendee@plenum.example"
HELD = 0.78  # of the meetings of a past slot
MANY = 6  # meetings that the log-in has at most
UNANSWERED, DECLINED = 0.35, 0.2  # requests beside the agreed ones


@dataclass(slots=True)
class Guest:
    """A participant, what she cares about, and where she is when."""

    profile: ExchangeProfile
    offers: str
    needs: str
    busy: set[int]


def load_exchange(event: Event, organisations: Mapping[str, Organisation], *, now: dt.datetime) -> None:
    """Write the exchange of an event whose registration is there; a second time all of it anew."""
    Exchange.objects.filter(event=event).delete()
    Offer.objects.filter(event=event).delete()
    _Loader(event, organisations, now).load()


class _Loader:
    def __init__(self, event: Event, organisations: Mapping[str, Organisation], now: dt.datetime) -> None:
        self.event, self.now = event, now
        self.content = read("exchange.toml")
        self.plan = self.content["event"][event.slug]
        keys = read("organisations.toml")
        self.clusters = [organisations[key] for key in sorted(keys["clusters"])]
        self.rolls = random.Random(f"{event.slug}/exchange")  # noqa: S311 - invents, hides nothing

    def load(self) -> None:
        """Write the frame, who takes part, and what the two of each pair agreed."""
        self.exchange = self._frame()
        self.topics = self._topics()
        self.guests = self._guests()
        self._write_offers()
        pairs = self._pairs()
        self._write_meetings(pairs[: self.plan["meetings"]])
        self._write_open_requests(pairs[self.plan["meetings"] :])

    def _frame(self) -> Exchange:
        exchange = Exchange(
            event=self.event, phase=self.plan["phase"], asking=Asking.OTHER_CLUSTER,
            slot_minutes=self.plan["slot"], pause_minutes=self.plan["pause"], meetings_a_day=6,
        )  # fmt: skip
        set_localised(exchange, "introduction", texts(self.plan["words"]))
        dates = [day.date for day in self.event.days.order_by("date")]
        hours = [
            ExchangeHours(date=dates[day - 1], opens=_clock(opens), closes=_clock(closes))
            for day, opens, closes in self.plan["hours"]
        ]
        save_exchange(exchange=exchange, hours=hours, actor=None)
        zone = {"en": "Lounge", "ru": "Лаундж"}
        add_tables(exchange=exchange, count=self.plan["tables"], actor=None, zone=zone)
        Table.objects.filter(exchange=exchange, number__gt=self.plan["tables"] - 6).update(is_quiet=True)
        return exchange

    def _topics(self) -> dict[str, Topic]:
        found = {}
        for slug, names in self.content["topics"].items():
            topic = Topic.objects.filter(slug=slug).first() or Topic(slug=slug)
            set_localised(topic, "name", texts(names))
            topic.save()
            found[slug] = topic
        return found

    def _guests(self) -> list[Guest]:
        coming = list(
            Registration.objects.filter(event=self.event, state=State.CONFIRMED, person__isnull=False)
            .select_related("person", "organisation")
            .order_by("pk")
        )
        self.rolls.shuffle(coming)
        coming.sort(key=lambda one: one.email != LOGIN)  # the log-in takes part
        rows = [self._profile(one) for one in coming[: self.plan["people"]]]
        ExchangeProfile.objects.bulk_create(rows)
        slugs = sorted(self.topics)
        return [
            Guest(row, *self.rolls.sample(slugs, 2), busy=set())
            if row.person.email != LOGIN
            else Guest(row, "additive", "data", busy=set())
            for row in rows
        ]

    def _profile(self, one: Registration) -> ExchangeProfile:
        if one.person is None:
            raise ValueError("who comes is a person")
        organisation = one.organisation
        number = sum(one.organisation_name.encode()) % len(self.clusters)
        return ExchangeProfile(
            exchange=self.exchange,
            person=one.person,
            code=code_of(f"exchange/{self.event.slug}", one.email),
            state=ProfileState.SHOWN,
            name=one.name,
            post=one.post,
            organisation=organisation,
            organisation_name=one.organisation_name,
            cluster=self.clusters[number],
            region=one.region,
            languages=["ru", "en"] if self.rolls.random() < 0.4 or one.locale == "en" else ["ru"],
            shares_contact=self.rolls.random() < 0.7,
            joined_at=self.now - dt.timedelta(days=self.rolls.randrange(2, 20)),
        )

    def _write_offers(self) -> None:
        rows, topics = [], []
        for guest in self.guests:
            for kind, topic in ((OfferKind.OFFER, guest.offers), (OfferKind.NEED, guest.needs)):
                rows.append(self._offer(guest, kind, topic))
                topics.append(self.topics[topic])
        Offer.objects.bulk_create(rows)
        link = Offer.topics.through
        link.objects.bulk_create(
            link(offer_id=offer.pk, topic_id=topic.pk) for offer, topic in zip(rows, topics, strict=True)
        )

    def _offer(self, guest: Guest, kind: OfferKind, topic: str) -> Offer:
        items = [item for item in self.content[kind.value] if item["topic"] == topic]
        item: dict[str, Any] = self.rolls.choice(items)
        profile = guest.profile
        language = "en" if profile.person.locale == "en" else "ru"
        return Offer(
            person=profile.person,
            organisation=profile.organisation,
            event=self.event,
            kind=kind,
            text=texts(item["text"])[language],
            regions=[profile.region] if profile.region and self.rolls.random() < 0.3 else [],
            cooperation=item["cooperation"],
            readiness=item.get("readiness", ""),
            stays_listed=self.rolls.random() < 0.3,
            created_at=profile.joined_at,
        )

    def _pairs(self) -> list[tuple[Guest, Guest]]:
        """Return pairs of different clusters, those whose offers and needs meet first, the log-in's among them."""
        found = [
            (one, other)
            for number, one in enumerate(self.guests)
            for other in self.guests[number + 1 :]
            if one.profile.cluster_id != other.profile.cluster_id
        ]

        def rank(pair: tuple[Guest, Guest]) -> float:
            one, other = pair
            fits = (one.offers == other.needs) + (other.offers == one.needs)
            return self.rolls.random() - fits

        found.sort(key=rank)
        chosen = [pair for pair in found if _is_mine(pair)][: MANY + 6]
        return [*chosen[:MANY], *(pair for pair in found if not _is_mine(pair)), *chosen[MANY:]]

    def _write_meetings(self, pairs: list[tuple[Guest, Guest]]) -> None:
        slots = list(Slot.objects.filter(exchange=self.exchange))
        tables = list(Table.objects.filter(exchange=self.exchange))
        spoken = Occupation.objects.filter(profile__exchange=self.exchange)
        by_profile = {guest.profile.pk: guest for guest in self.guests}
        for profile_id, slot_id in spoken.values_list("profile_id", "slot_id"):
            by_profile[profile_id].busy.add(slot_id)
        free = {slot.pk: list(tables) for slot in slots}
        requests, meetings = [], []
        for one, other in pairs:
            place = self._place(one, other, slots, free)
            if place is None:
                continue
            request = self._request(one, other, RequestState.ACCEPTED)
            requests.append(request)
            meetings.append(self._meeting(request, *place))
        MeetingRequest.objects.bulk_create(requests)
        Meeting.objects.bulk_create(meetings)
        Occupation.objects.bulk_create(
            Occupation(profile_id=pk, slot=meeting.slot, kind=OccupationKind.MEETING, meeting=meeting)
            for meeting in meetings
            if meeting.state != MeetingState.CANCELLED
            for pk in (meeting.low_id, meeting.high_id)
        )
        Feedback.objects.bulk_create(self._feedback(meetings))

    def _place(
        self, one: Guest, other: Guest, slots: list[Slot], free: dict[int, list[Table]]
    ) -> tuple[Slot, Table] | None:
        for slot in self.rolls.sample(slots, len(slots)):
            if slot.pk not in one.busy and slot.pk not in other.busy and free[slot.pk]:
                one.busy.add(slot.pk)
                other.busy.add(slot.pk)
                return slot, free[slot.pk].pop(self.rolls.randrange(len(free[slot.pk])))
        return None

    def _request(self, one: Guest, other: Guest, state: RequestState) -> MeetingRequest:
        sender, recipient = (one, other) if self.rolls.random() < 0.5 else (other, one)
        low, high = sorted((one.profile, other.profile), key=lambda profile: profile.pk)
        language = "en" if sender.profile.person.locale == "en" else "ru"
        words = texts(self.rolls.choice(self.content["words"]["messages"]))
        first = self.event.days.order_by("date").values_list("date", flat=True).first() or self.now.date()
        latest = min(self.now, dt.datetime.combine(first, dt.time(9), self.event.zone))
        asked = latest - dt.timedelta(hours=self.rolls.randrange(3, 200), minutes=self.rolls.randrange(60))
        pending = state is RequestState.PENDING
        if pending:
            asked = self.now - dt.timedelta(
                hours=self.rolls.randrange(1, 30), minutes=self.rolls.randrange(60)
            )
        request = MeetingRequest(
            exchange=self.exchange, sender=sender.profile, recipient=recipient.profile, low=low, high=high,
            turn=recipient.profile, message=words.get(language, ""), priority=self.rolls.choice((1, 2, 2, 3)),
            state=state.value, asked_at=asked, expires_at=asked + dt.timedelta(hours=48),
            answered_at=None if pending else asked + dt.timedelta(hours=self.rolls.randrange(1, 40)),
        )  # fmt: skip
        if state is RequestState.DECLINED:
            request.reason = self.rolls.choice(DeclineReason.values)
        return request

    def _meeting(self, request: MeetingRequest, slot: Slot, table: Table) -> Meeting:
        past = slot.end < self.now
        state = MeetingState.BOOKED
        if past:
            state = MeetingState.HELD if self.rolls.random() < HELD else MeetingState.NO_SHOW
        return Meeting(
            exchange=self.exchange, request=request, low=request.low, high=request.high, slot=slot, table=table,
            state=state.value, origin=Origin.PLAN if self.rolls.random() < 0.6 else Origin.PEOPLE,
            is_pinned=self.rolls.random() < 0.1, created_at=request.answered_at or request.asked_at,
        )  # fmt: skip

    def _feedback(self, meetings: list[Meeting]) -> Iterator[Feedback]:
        for meeting in meetings:
            if meeting.state != MeetingState.HELD:
                continue
            for profile in (meeting.low, meeting.high):
                if self.rolls.random() < 0.5:
                    note = texts(self.rolls.choice(self.content["words"]["notes"]))["ru"]
                    yield Feedback(
                        meeting=meeting, profile=profile, rating=self.rolls.choice((2, 3, 3, 4, 4, 4)),
                        outcome=self.rolls.choice(Outcome.values),
                        note=note if self.rolls.random() < 0.4 else "",
                    )  # fmt: skip

    def _write_open_requests(self, pairs: list[tuple[Guest, Guest]]) -> None:
        mine = [pair for pair in pairs if _is_mine(pair)]
        others = [pair for pair in pairs if not _is_mine(pair)]
        wanted = self.plan["meetings"]
        ended = RequestState.EXPIRED if self.plan["phase"] == "over" else RequestState.PENDING
        states = [ended] * int(wanted * UNANSWERED) + [RequestState.DECLINED] * int(wanted * DECLINED)
        rows = [self._request(*pair, state) for pair, state in zip(others, states, strict=False)]
        for number, (me, other) in enumerate(mine):
            state = (ended, ended, ended, ended, ended, RequestState.DECLINED)[number % 6]
            request = self._request(me, other, state)
            asks = other if number < 3 else me  # three wait for her answer
            request.sender, request.recipient = (
                (asks.profile, me.profile) if asks is other else (me.profile, other.profile)
            )
            request.turn = request.recipient
            rows.append(request)
        MeetingRequest.objects.bulk_create(rows)


def _is_mine(pair: tuple[Guest, Guest]) -> bool:
    return pair[0].profile.person.email == LOGIN


def _clock(text: str) -> dt.time:
    return dt.time.fromisoformat(text)
