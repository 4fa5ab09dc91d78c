"""Builds rows for tests; each factory gives the least that is valid."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import factory
from factory.django import DjangoModelFactory

from calls.models import Call, PanelMember
from network.models import Organisation, Person
from sessions_app.events.models import (
    Event,
    EventDay,
    Room,
    TeamRole,
    Track,
    Venue,
    Webhook,
    WebhookKind,
)
from sessions_app.programme.models import Release, Session, SessionRole
from sessions_app.registration.models import (
    Category,
    Choice,
    Question,
    QuestionKind,
    Quota,
    Registration,
    RegistrationSettings,
)

MOSCOW = ZoneInfo("Europe/Moscow")
FIRST_DAY = dt.date(2026, 9, 14)


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"Person {n} Example")
    email = factory.Sequence(lambda n: f"person{n}@plenum.example")
    is_active = True

    @classmethod
    def _create(cls, model_class, *args, password=None, **kwargs):
        return model_class.objects.create_user(kwargs.pop("email"), password, **kwargs)


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name_en = factory.Sequence(lambda n: f"Organisation {n}")
    name_ru = factory.Sequence(lambda n: f"Организация {n}")


class VenueFactory(DjangoModelFactory):
    class Meta:
        model = Venue

    name_en = "Congress Centre"
    name_ru = "Конгресс-центр"


class EventFactory(DjangoModelFactory):
    """A public event in Moscow on three days; pass ``dates`` for others."""

    class Meta:
        model = Event
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"forum-{n}")
    name_en = factory.Sequence(lambda n: f"Forum {n}")
    name_ru = factory.Sequence(lambda n: f"Форум {n}")
    timezone = "Europe/Moscow"
    languages = ["en", "ru"]
    is_public = True

    @factory.post_generation
    def dates(self, create, extracted, **kwargs):
        for date in extracted or [FIRST_DAY + dt.timedelta(days=n) for n in range(3)]:
            EventDay.objects.create(
                event=self, date=date, title_en=f"Theme of {date}", title_ru=f"Тема {date}"
            )


class RoomFactory(DjangoModelFactory):
    class Meta:
        model = Room

    event = factory.SubFactory(EventFactory)
    name_en = factory.Sequence(lambda n: f"Hall {n}")
    name_ru = factory.Sequence(lambda n: f"Зал {n}")
    capacity = 100


class TrackFactory(DjangoModelFactory):
    class Meta:
        model = Track

    event = factory.SubFactory(EventFactory)
    slug = factory.Sequence(lambda n: f"track-{n}")
    name_en = factory.Sequence(lambda n: f"Track {n}")
    name_ru = factory.Sequence(lambda n: f"Направление {n}")


class SessionFactory(DjangoModelFactory):
    """A ready session on the event's first day at 10:00 local time, one hour long."""

    class Meta:
        model = Session

    event = factory.SubFactory(EventFactory)
    number = factory.Sequence(lambda n: n + 1)
    title_en = factory.Sequence(lambda n: f"Session {n}")
    title_ru = factory.Sequence(lambda n: f"Сессия {n}")
    start = dt.datetime.combine(FIRST_DAY, dt.time(10), MOSCOW)
    end = factory.LazyAttribute(lambda session: session.start and session.start + dt.timedelta(hours=1))


class SessionRoleFactory(DjangoModelFactory):
    class Meta:
        model = SessionRole

    session = factory.SubFactory(SessionFactory)
    person = factory.SubFactory(PersonFactory)


class CallFactory(DjangoModelFactory):
    """A published call of a public event, open for the ten days before the event's first day; Moscow time."""

    class Meta:
        model = Call

    event = factory.SubFactory(EventFactory)
    slug = factory.Sequence(lambda n: f"call-{n}")
    title_en = factory.Sequence(lambda n: f"Call {n}")
    title_ru = factory.Sequence(lambda n: f"Конкурс {n}")
    opens = dt.datetime.combine(FIRST_DAY - dt.timedelta(days=10), dt.time(9), MOSCOW)
    closes = dt.datetime.combine(FIRST_DAY, dt.time(18), MOSCOW)
    is_published = True


class PanelMemberFactory(DjangoModelFactory):
    """A live seat as a member."""

    class Meta:
        model = PanelMember

    call = factory.SubFactory(CallFactory)
    person = factory.SubFactory(PersonFactory)
    since = dt.datetime.combine(FIRST_DAY - dt.timedelta(days=12), dt.time(9), MOSCOW)


def make_team_member(event: Event, role: str, **fields) -> Person:
    """Return a new person who works for the event in the role."""
    person = PersonFactory(**fields)
    TeamRole.objects.create(event=event, person=person, role=role)
    return person


def make_event(*, sessions: int = 1, **fields) -> Event:
    """Return a public event with two rooms, a track and sessions one after the other, each with a speaker."""
    event = EventFactory(**fields)
    rooms = [RoomFactory(event=event), RoomFactory(event=event)]
    track = TrackFactory(event=event)
    start = dt.datetime.combine(event.days.first().date, dt.time(9), MOSCOW)
    for index in range(sessions):
        begin = start + dt.timedelta(minutes=10 * (index // 2))
        session = SessionFactory(
            event=event,
            room=rooms[index % 2],
            track=track,
            start=begin,
            end=begin + dt.timedelta(minutes=10),
        )
        SessionRoleFactory(session=session, organisation=OrganisationFactory())
    return event


def make_released_event(*, sessions: int = 1, note: str = "First release", **fields) -> tuple[Event, Release]:
    """Return an event as ``make_event`` makes it, and its first release."""
    from sessions_app.programme.services.releasing import release_programme

    event = make_event(sessions=sessions, **fields)
    return event, release_programme(event=event, actor=None, note=note)


def make_open_event(*, places: int | None = None, **fields) -> tuple[Event, Category]:
    """Return an event that takes registrations, and its one category, with a quota when ``places`` is given.

    Its days lie ahead, so that people may still change and cancel.
    """
    settings = {
        name: fields.pop(name) for name in ("offer_hours", "closes_at", "change_until") if name in fields
    }
    today = dt.datetime.now(MOSCOW).date()
    event = EventFactory(dates=[today + dt.timedelta(days=n) for n in (30, 31)], **fields)
    RegistrationSettings.objects.create(event=event, is_open=True, **settings)
    return event, make_category(event, places=places)


def make_category(event: Event, *, places: int | None = None, **fields) -> Category:
    """Return a new public category of the event."""
    number = event.categories.count() + 1
    quota = None
    if places is not None:
        quota = Quota.objects.create(event=event, name_en=f"Quota {number}", size=places)
    names = {"slug": f"category-{number}", "name_en": f"Category {number}", "name_ru": f"Категория {number}"}
    return Category.objects.create(event=event, quota=quota, **{**names, **fields})


def make_excursion(event: Event, *, places: int, key: str = "excursion") -> Choice:
    """Return the one choice, with so many places, of a new question of the event."""
    question = Question.objects.create(event=event, key=key, kind=QuestionKind.CHOICE, label_en="Excursion")
    quota = Quota.objects.create(event=event, name_en=f"Places of {key}", size=places)
    return Choice.objects.create(question=question, key="yes", label_en="Yes, please", quota=quota)


def make_draft(event: Event, category: Category, *, person: Person | None = None, **fields) -> Registration:
    """Return a filled-in form that has not been sent."""
    person = person or PersonFactory()
    details = {"name": person.name, "email": person.email, **fields}
    return Registration.objects.create(event=event, category=category, person=person, **details)


def make_registration(
    event: Event, category: Category, *, person: Person | None = None, **fields
) -> Registration:
    """Return a registration that was sent, in whatever state that brought it to."""
    from sessions_app.registration.services.submitting import submit

    draft = make_draft(event, category, person=person, **fields)
    return submit(registration=draft, actor=draft.person, key=f"key-{draft.pk}", digest="digest")


def make_exchange(
    event: Event | None = None,
    *,
    tables: int = 3,
    phase: str = "live",
    preset: str = "self_service",
    **fields,
):
    """Return an exchange with six slots of 25 minutes on the first day of an event that lies ahead, and its tables."""
    from matchmaking.models import Exchange, ExchangeHours
    from matchmaking.services.setting_up import add_tables, save_exchange
    from matchmaking.states import Phase, Preset

    event = event or make_open_event()[0]
    fields = {"asking": "anybody", **fields}
    exchange = Exchange(event=event, phase=Phase(phase).value, preset=Preset(preset).value, **fields)
    hours = [ExchangeHours(date=event.days.first().date, opens=dt.time(10), closes=dt.time(13))]
    save_exchange(exchange=exchange, hours=hours, actor=None)
    if tables:
        add_tables(exchange=exchange, count=tables, actor=None)
    return exchange


def make_participant(exchange, *, offers: str = "", needs: str = "", **fields):
    """Return somebody shown in the exchange, with an offer and a need when they are given."""
    from matchmaking.models import ExchangeProfile, Offer, ProfileState

    person = fields.pop("person", None) or PersonFactory()
    known = {"name": person.name, "organisation_name": f"Organisation of {person.code}"}
    profile = ExchangeProfile.objects.create(
        exchange=exchange, person=person, state=ProfileState.SHOWN, **{**known, **fields}
    )
    for kind, text in (("offer", offers), ("need", needs)):
        if text:
            Offer.objects.create(person=person, event=exchange.event, kind=kind, text=text)
    return profile


def make_webhook(
    event: Event, address: str = "https://hooks.example/plenum", *, kinds: tuple[str, ...] = (), **fields
) -> tuple[Webhook, str]:
    """Return a webhook of the event that is told of everything, or of these kinds, and its secret."""
    from sessions_app.events.webhooks.services import create_webhook

    wanted = kinds or tuple(set(WebhookKind.values) - {WebhookKind.TEST.value})
    details = {"actor": None, "name": "Badge printer", **fields}
    return create_webhook(event=event, address=address, kinds=wanted, **details)
