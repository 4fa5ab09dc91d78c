"""Writes how the demo's events take registrations, and who has registered, in all states.

People are written in bulk, in the order in which they came: every confirmed or offered one holds her
place, a quota's ``taken`` counts them, and the waiting list is numbered in that order.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import F

from cms.demo.attendees import Attendee, attendees, login_as_attendee
from cms.demo.content import code_of, read, texts
from cms.demo.registration_form import Form, load_form, moment_of
from network.localised import set_localised
from network.models import AuditEntry, Consent, Organisation, OutboxMessage, OutboxState, Person
from sessions_app.events.models import Event
from sessions_app.registration.models import (
    Answer,
    Category,
    Delegation,
    Invitation,
    Message,
    MessageTemplate,
    Place,
    Quota,
    Registration,
    RegistrationSettings,
    WaitingEntry,
)
from sessions_app.registration.states import HOLDING, LIVE, EntryState, State

OFFER = dt.timedelta(days=10)  # longer than the forum lasts, so that nothing runs out while one looks
HOURS = (8, 9, 9, 10, 10, 10, 11, 11, 12, 13, 14, 14, 15, 15, 16, 16, 17, 18, 19, 20, 21, 22)
REASONS = (
    "Программа по этой теме уже заполнена (пример).",
    "Просим зарегистрироваться участником: темы для выступления нет (пример).",
)
CODE_LENGTH = 8


@dataclass(slots=True)
class Coming:
    """One who comes or wanted to: her category and state, and when she sent the form."""

    who: Attendee
    category: Category
    state: State
    at: dt.datetime
    row: Registration | None = None


class RegistrationLoader:
    """Writes the registration of one event around ``now``."""

    def __init__(self, event: Event, organisations: Mapping[str, Organisation], now: dt.datetime) -> None:
        self.event, self.organisations, self.now = event, organisations, now
        self.content = read(f"{event.slug}/registration.toml")
        self.rolls = random.Random(event.slug)  # noqa: S311 - invents, hides nothing

    def load(self) -> None:
        """Write settings, form and people."""
        self.form: Form = load_form(self.event, self.content, self.now)
        self.opens = moment_of(self.event, self.content["opens"], self.now)
        self.first_day = min(day.date for day in self.event.days.all())
        self.coming = sorted(self._people(), key=lambda one: one.at)
        self._write_registrations()
        self._write_answers()
        self._write_places()
        self._write_waiting()
        self._write_trails()
        if "message" in self.content:
            self._write_template(self.content["message"])
        if any(item.get("visibility") == "code" for item in self.content["category"]):
            self._write_invitations()

    def _people(self) -> Iterator[Coming]:
        wanted = [
            (self.form.categories[item["slug"]], State(state))
            for item in self.content["category"]
            for state, count in item["people"].items()
            for _ in range(count)
        ]
        self.rolls.shuffle(wanted)
        whos = list(attendees(len(wanted)))
        if "login" in self.content:
            first = next(iter(self.form.categories.values()))
            whos[wanted.index((first, State.CONFIRMED))] = login_as_attendee(self.content["login"])
        for who, (category, state) in zip(whos, wanted, strict=True):
            yield Coming(who, category, state, self._moment(state))

    def _moment(self, state: State) -> dt.datetime:
        """Return when somebody sent her form: more in the last days, by day, fewer at weekends."""
        days = self.content["days"]
        early = {State.WAITING: 0.45, State.OFFERED: 0.45, State.PENDING: 0.7}.get(state, 0.0)
        while True:
            part = early + (1 - early) * self.rolls.random() ** 0.75
            local = self.opens.astimezone(self.event.zone) + dt.timedelta(days=int(part * days))
            moment = local.replace(hour=self.rolls.choice(HOURS), minute=self.rolls.randrange(60))
            if local.weekday() >= 5 and self.rolls.random() < 0.6:
                continue
            if self.opens <= moment < self.now:
                return moment.astimezone(dt.UTC)

    def _write_registrations(self) -> None:
        people = self._write_people([one.who for one in self.coming])
        for number, one in enumerate(self.coming):
            one.row = self._registration(one, people[one.who.email], number)
        Registration.objects.bulk_create(one.row for one in self.coming if one.row is not None)
        sent = [one for one in self.coming if one.state is not State.DRAFT]
        Consent.objects.bulk_create(
            Consent(
                person=people[one.who.email],
                purpose=self.content["consent_purpose"],
                text_version=self.content["consent_version"],
                given_at=one.at,
            )
            for one in sent
        )

    def _write_people(self, whos: list[Attendee]) -> dict[str, Person]:
        known = {
            person.email or "": person for person in Person.objects.filter(email__in=[w.email for w in whos])
        }
        nobody = make_password(None)
        fresh = [
            Person(
                code=who.code, email=who.email, name=who.name, name_latin=who.name_latin, locale=who.locale,
                password=nobody,
            )
            for who in whos
            if who.email not in known
        ]  # fmt: skip
        Person.objects.bulk_create(fresh)
        return known | {person.email or "": person for person in fresh}

    def _registration(self, one: Coming, person: Person, number: int) -> Registration:
        is_approved = one.category.entry == "approval" and one.state in (State.CONFIRMED, State.DECLINED)
        decided = min(one.at + dt.timedelta(hours=self.rolls.randrange(3, 70)), self.now)
        came = decided if is_approved else one.at
        who = one.who
        key = f"{self.event.slug}/{number}"
        return Registration(
            event=self.event,
            code=(code_of("registration", key) + code_of("again", key))[:10],
            state=one.state.value,
            category=one.category,
            person=person,
            name=who.name,
            name_latin=who.name_latin,
            email=who.email,
            phone=who.phone,
            organisation=self.organisations[who.organisation],
            organisation_name=who.organisation_name,
            post=who.post,
            region=who.region,
            locale=who.locale,
            created_at=one.at - dt.timedelta(minutes=self.rolls.randrange(3, 25)),
            submitted_at=None if one.state is State.DRAFT else one.at,
            confirmed_at=came if one.state is State.CONFIRMED else None,
            ended_at=decided if one.state in (State.DECLINED, State.CANCELLED) else None,
            reason=self.rolls.choice(REASONS) if one.state is State.DECLINED else "",
        )

    def _write_answers(self) -> None:
        self.chosen: list[tuple[Quota, Registration]] = []
        rows = []
        left = {key: taken for key, (_quota, taken) in self.form.places.items()}
        for one in self.coming:
            given: dict[str, Any] = {}
            for item in self.content.get("question", ()):
                value = self._answer(item, one, given, left)
                if value is None or one.row is None:
                    continue
                given[item["key"]] = value
                rows.append(
                    Answer(registration=one.row, question=self.form.questions[item["key"]], value=value)
                )
                place = (item["key"], str(value))
                if place in self.form.places and one.state in LIVE:
                    self.chosen.append((self.form.places[place][0], one.row))
        Answer.objects.bulk_create(rows)

    def _answer(
        self, item: Mapping[str, Any], one: Coming, given: Mapping[str, Any], left: dict[tuple[str, str], int]
    ) -> Any:
        if one.category.slug not in item.get("categories", [one.category.slug]):
            return None
        key, wanted = item.get("after", ("", None))
        if key and given.get(key) != (True if wanted == "yes" else wanted):
            return None
        if self.rolls.random() >= item["share"]:
            return None
        if item["kind"] == "choice":
            return self._choice(item, one, left)
        return self._invented(item, one.who)

    def _invented(self, item: Mapping[str, Any], who: Attendee) -> Any:
        match item["kind"]:
            case "region":
                return who.region
            case "date":
                return (self.first_day - dt.timedelta(days=self.rolls.choice((0, 0, 1, 1, 1, 2)))).isoformat()
            case "choices":
                keys = [choice["key"] for choice in item["choices"]]
                chosen = self.rolls.sample(keys, self.rolls.randint(1, item["maximum"]))
                return sorted(chosen, key=keys.index)
            case "number":
                return self.rolls.randint(item["minimum"] + 2, item["maximum"] - 4)
            case "yes_no":
                return self.rolls.random() < item["yes"]
            case "consent":
                return True
            case "phone":
                return who.phone
            case "email":
                return f"office.{who.organisation}@attendees.example"
            case _:
                return self.rolls.choice(item["sample"])

    def _choice(self, item: Mapping[str, Any], one: Coming, left: dict[tuple[str, str], int]) -> str:
        """Choose by weight; an answer with places only while some are to be taken, and by live people."""
        for choice in item["choices"]:
            place = (item["key"], choice["key"])
            if place in left and left[place] and one.state in LIVE and self.rolls.random() < 0.25:
                left[place] -= 1
                return str(choice["key"])
        free = [choice for choice in item["choices"] if "places" not in choice]
        return str(self.rolls.choices(free, [choice["weight"] for choice in free])[0]["key"])

    def _write_places(self) -> None:
        held = [
            (one.category.quota, one.row)
            for one in self.coming
            if one.state in HOLDING and one.category.quota is not None and one.row is not None
        ]
        everything = [*held, *self.chosen]
        Place.objects.bulk_create(
            Place(quota=quota, registration=row, taken_at=row.confirmed_at or row.submitted_at)
            for quota, row in everything
        )
        for quota_id, count in Counter(quota.pk for quota, _row in everything).items():
            Quota.objects.filter(pk=quota_id).update(taken=count)

    def _write_waiting(self) -> None:
        numbers: Counter[int] = Counter()
        rows = []
        for one in sorted(self.coming, key=lambda one: (one.state is not State.OFFERED, one.at)):
            quota = one.category.quota
            if one.state not in (State.WAITING, State.OFFERED) or quota is None:
                continue
            numbers[quota.pk] += 1
            entry = WaitingEntry(
                quota=quota, registration=one.row, number=numbers[quota.pk], entered_at=one.at
            )
            if one.state is State.OFFERED:
                entry.state = EntryState.OFFERED.value
                entry.offered_at, entry.offer_until = self.now, self.now + OFFER
            rows.append(entry)
        WaitingEntry.objects.bulk_create(rows)
        for quota_id, count in numbers.items():
            Quota.objects.filter(pk=quota_id).update(last_number=count)

    def _write_trails(self) -> None:
        """Write what the log says: a delivered message each, and who decided on approvals."""
        kinds = {state: state.value for state in State if state not in (State.DRAFT, State.INVITED)}
        log, trail = [], []
        organiser = Person.objects.filter(code=code_of("login", "registrar@plenum.example")).first()
        for one in self.coming:
            row = one.row
            if row is None or one.state not in kinds:
                continue
            at = row.confirmed_at or row.ended_at or one.at
            log.append((row, kinds[one.state], at))
            if one.category.entry == "approval" and one.state in (State.CONFIRMED, State.DECLINED):
                trail.append(self._decided(row, organiser, at))
        AuditEntry.objects.bulk_create(trail)
        sent = [
            OutboxMessage(
                kind="mail", key=f"registration:{row.pk}:{kind}:demo", payload={}, created_at=at, due_at=at,
                state=OutboxState.DELIVERED, attempts=1, delivered_at=at + dt.timedelta(seconds=20),
            )
            for row, kind, at in log
        ]  # fmt: skip
        OutboxMessage.objects.bulk_create(sent)
        Message.objects.bulk_create(
            Message(registration=row, kind=kind, subject=str(self.event)[:300], created_at=at, outbox=outbox)
            for (row, kind, at), outbox in zip(log, sent, strict=True)
        )

    def _decided(self, row: Registration, actor: Person | None, at: dt.datetime) -> AuditEntry:
        return AuditEntry(
            at=at,
            actor=actor,
            action=f"registration.{row.state}",
            event_id_ref=self.event.pk,
            object_type=row._meta.label_lower,
            object_id=str(row.pk),
            object_name=str(row),
            reason=row.reason,
            changes={"state": [State.PENDING.value, row.state]},
        )

    def _write_template(self, item: Mapping[str, Any]) -> None:
        template = MessageTemplate(event=self.event, kind=item["kind"])
        set_localised(template, "subject", texts(item["subject"]))
        set_localised(template, "body", texts(item["body"]))
        template.save()

    def _write_invitations(self) -> None:
        """Write those by which the guests came, and some that wait, are over or revoked."""
        guests = [one for one in self.coming if one.category.visibility == "code"]
        category = guests[0].category
        sent_at = self.opens + dt.timedelta(days=1)
        spare = [
            who for who in attendees(len(self.coming) + 9) if who not in {one.who for one in self.coming}
        ]
        end = RegistrationSettings.objects.get(event=self.event).closes_at
        common = {"event": self.event, "category": category, "created_at": sent_at}
        rows = []
        for number, who in enumerate([one.who for one in guests] + spare):
            rows.append(
                Invitation(
                    **common, code=self._code(number), name=who.name, email=who.email, sent_at=sent_at,
                    used=1 if number < len(guests) else 0, expires_at=end,
                )
            )  # fmt: skip
        rows[-1].revoked_at = sent_at + dt.timedelta(days=3)
        rows[-2].expires_at = self.now - dt.timedelta(days=1)
        rows[-3].reminded_at = self.now - dt.timedelta(days=4)
        rows.append(
            Invitation(
                **common,
                code=self._code(len(rows)),
                name="Партнёры форума (пример)",
                max_uses=10,
                expires_at=end,
            )
        )
        Invitation.objects.bulk_create(rows)
        for one, invitation in zip(guests, rows, strict=False):
            if one.row is not None:
                one.row.invitation = invitation
        Registration.objects.bulk_update((one.row for one in guests if one.row is not None), ["invitation"])

    def _code(self, number: int) -> str:
        key = f"{self.event.slug}/invitation/{number}"
        return (code_of("invitation", key) + code_of("more", key))[:CODE_LENGTH]


def load_registration(event: Event, organisations: Mapping[str, Organisation], *, now: dt.datetime) -> None:
    """Write the event's registration with its people."""
    RegistrationLoader(event, organisations, now).load()


def move_registration(event: Event, organisations: Mapping[str, Organisation], *, now: dt.datetime) -> None:
    """Shift every moment of the event's registration so that it lies around ``now``; write one that is missing."""
    settings = RegistrationSettings.objects.filter(event=event).first()
    if settings is None or settings.closes_at is None:
        load_registration(event, organisations, now=now)
        return
    by = moment_of(event, read(f"{event.slug}/registration.toml")["closes"], now) - settings.closes_at
    _shift(event, by)
    arrivals = list(Answer.objects.filter(registration__event=event, question__kind="date"))
    for answer in arrivals:
        answer.value = (dt.date.fromisoformat(answer.value) + by).isoformat()
    Answer.objects.bulk_update(arrivals, ["value"])


def _shift(event: Event, by: dt.timedelta) -> None:
    own = {"registration__event": event}
    for rows, names in (
        (RegistrationSettings.objects.filter(event=event), ("opens_at", "closes_at", "change_until")),
        (Category.objects.filter(event=event), ("opens_at", "closes_at")),
        (Invitation.objects.filter(event=event), ("created_at", "sent_at", "reminded_at", "revoked_at", "expires_at")),
        (Registration.objects.filter(event=event), ("created_at", "submitted_at", "confirmed_at", "ended_at")),
        (Place.objects.filter(**own), ("taken_at",)),
        (Delegation.objects.filter(event=event), ("created_at", "sent_at", "reminded_at", "withdrawn_at")),
        (WaitingEntry.objects.filter(delegation__event=event), ("entered_at",)),
        (WaitingEntry.objects.filter(**own), ("entered_at", "offered_at", "offer_until")),
        (Message.objects.filter(**own), ("created_at",)),
    ):  # fmt: skip
        rows.order_by().update(**{name: F(name) + by for name in names})
