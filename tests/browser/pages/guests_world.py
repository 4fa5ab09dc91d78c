"""What the pages of registration, tickets and calls tell of: a form of every shape, a guest in every state."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from calls.models import Seat
from network.models import Person
from network.services import confirm_email
from sessions_app.events.models import Event
from sessions_app.programme.services.releasing import release_programme
from sessions_app.registration.links import go_on_path, status_path
from sessions_app.registration.models import (
    Category,
    Entry,
    Question,
    QuestionKind,
    Registration,
    RegistrationSettings,
    Visibility,
)
from sessions_app.registration.services.deciding import decline
from sessions_app.registration.services.inviting import Terms, invite, revoke_invitation
from sessions_app.registration.services.registering import cancel
from sessions_app.registration.services.seats import sign_up
from tests.factories import (
    MOSCOW,
    CallFactory,
    PanelMemberFactory,
    PersonFactory,
    SessionFactory,
    make_category,
    make_draft,
    make_excursion,
    make_open_event,
    make_registration,
    make_team_member,
)
from tests.registration.forms import ask

UNBROKEN = "Сельскохозяйственнаявысокотехнологичнаякооперация" * 2
LONG = "Energy efficiency and cooperation between the industrial clusters of many regions, in detail " * 2


def add_guests(places: dict[str, Any]) -> None:
    """Add calls, open events, and the registrations of one of them."""
    _add_calls(places)
    _add_events(places)
    event = Event.objects.get(slug="open")
    _add_questions(event)
    _add_sessions(event)
    _add_registrations(event, places)
    _add_invitations(event, places)


def _add_calls(places: dict[str, Any]) -> None:
    event = Event.objects.get(slug="rough")
    secretary = make_team_member(
        event, "commission_secretary", name="Sofia Secretary", email="calls@plenum.example"
    )
    call = CallFactory(event=event, slug="rough-call", title_en=f"{LONG}{UNBROKEN}", title_ru=LONG)
    for seat in Seat:
        PanelMemberFactory(call=call, seat=seat, organisation_en=LONG, organisation_ru=UNBROKEN)
    PanelMemberFactory(call=call, person__name=UNBROKEN, person__email="", until=call.opens)
    now = timezone.now()
    hidden = CallFactory(
        event=event,
        slug="hidden-call",
        is_published=False,
        opens=now - dt.timedelta(days=1),
        closes=now + dt.timedelta(days=9),
    )
    PanelMemberFactory(call=hidden, person=secretary, seat=Seat.CHAIR)
    CallFactory(event=None, slug="empty-call", opens=now + dt.timedelta(days=1), closes=now + dt.timedelta(2))
    member = call.panel.filter(until__isnull=True).first()
    ended = call.panel.filter(until__isnull=False).first()
    places |= {"call_pk": call.pk, "seat_pk": member.pk, "ended_pk": ended.pk}


def _add_events(places: dict[str, Any]) -> None:
    """Add an event with every kind of category, one that nobody chose anything for, and two that are closed."""
    event, _category = make_open_event(places=12, slug="open", name_en=f"Open {UNBROKEN}", name_ru=LONG)
    make_category(event, places=2, slug="press", name_en="Press", description_en=LONG, description_ru=LONG)
    make_category(event, places=1, slug="full", has_waiting_list=False, name_en=f"Full {UNBROKEN}")
    make_category(event, slug="guests", name_en="Guests", visibility=Visibility.CODE)
    make_category(event, slug="soon", name_en="Soon", opens_at=timezone.now() + dt.timedelta(days=3))
    RegistrationSettings.objects.filter(event=event).update(
        introduction_en=LONG,
        introduction_ru=LONG,
        consent_text_en=LONG,
        consent_text_ru=LONG,
    )
    steps, category = make_open_event(slug="steps", name_en="By approval", name_ru="По решению")
    Category.objects.filter(pk=category.pk).update(entry=Entry.APPROVAL)
    _add_questions(steps)
    make_open_event(slug="over", closes_at=timezone.now() - dt.timedelta(hours=1))
    soon, _none = make_open_event(slug="soon")
    RegistrationSettings.objects.filter(event=soon).update(opens_at=timezone.now() + dt.timedelta(days=5))
    bare, _none = make_open_event(slug="bare")
    Category.objects.filter(event=bare).delete()
    for each in (event, steps, bare):
        make_team_member(each, "registrar", name="Rita Registrar", email=f"{each.slug}@plenum.example")
    make_team_member(event, "door_steward", name="Dora Door", email="dora@plenum.example")


def _add_questions(event: Event) -> None:
    car = ask(event, "car", QuestionKind.YES_NO)
    ask(event, "plate", shown_if=car, shown_if_values=["yes"], help_en=LONG, help_ru=LONG)
    for kind in QuestionKind:
        choices = ("fish", "meat") if kind in (QuestionKind.CHOICE, QuestionKind.CHOICES) else ()
        ask(event, f"every-{kind}", kind, choices=choices, text_en=LONG, text_ru=LONG)
    make_excursion(event, places=3)
    Question.objects.filter(event=event, key="excursion").update(sort_order=90, label_ru="Экскурсия")
    Question.objects.filter(pk=ask(event, "removed").pk).update(is_removed=True)


def _add_sessions(event: Event) -> None:
    start = dt.datetime.combine(event.days.first().date, dt.time(10), MOSCOW)
    for number, seats in enumerate((1, 5, None), 1):
        SessionFactory(
            event=event, number=number, seats=seats, start=start, end=start + dt.timedelta(hours=number)
        )
    release_programme(event=event, actor=None, note="First")


def _add_registrations(event: Event, places: dict[str, Any]) -> None:
    first, press, full = (event.categories.get(slug=slug) for slug in ("category-1", "press", "full"))
    holders = [make_registration(event, category) for category in (full, press, press)]
    confirmed = make_registration(
        event, first, name=f"Anna {UNBROKEN}", post=LONG, organisation_name=LONG, person=_person("guest")
    )
    rows = {name: make_registration(event, first) for name in ("declined", "cancelled")}
    rows |= {name: make_registration(event, press) for name in ("offered", "late", "waiting")}
    decline(registration=rows["declined"], actor=None, reason=LONG)
    cancel(registration=rows["cancelled"], actor=None)
    for holder in holders[1:]:  # two places become free and are offered to the two who wait first
        cancel(registration=holder, actor=None)
    rows["late"].entries.update(offer_until=timezone.now() - dt.timedelta(minutes=1))
    steps = Event.objects.get(slug="steps")
    rows |= {"confirmed": confirmed, "pending": make_registration(steps, steps.categories.get())}
    one, _five, _free = event.sessions.order_by("number")
    _sign_up(event, holders[0], confirmed)
    draft = make_draft(event, first, person=_person("drafting"))
    rows["given_up"] = rows.pop("cancelled")  # the programme has a session of that name
    for name, row in rows.items():
        row.refresh_from_db()
        places |= {name: status_path(row).removeprefix("/en/"), f"{name}_code": row.code}
    places |= {"draft": go_on_path(draft).removeprefix("/en/"), "seat_session": one.code}


def _person(name: str) -> Person:
    person = PersonFactory(name=name.title(), email=f"{name}@plenum.example")
    confirm_email(person=person)
    return person


def _sign_up(event: Event, holder: Registration, confirmed: Registration) -> None:
    """Let one wait for the only seat of a session and have a seat in the next."""
    one_seat, five_seats, _free = event.sessions.order_by("number")
    sign_up(registration=holder, code=one_seat.code, actor=holder.person)
    for session in (one_seat, five_seats):
        sign_up(registration=confirmed, code=session.code, actor=confirmed.person)


def _add_invitations(event: Event, places: dict[str, Any]) -> None:
    terms = Terms(category=event.categories.get(slug="guests"), name=LONG[:200], max_uses=3)
    made = invite(event=event, terms=terms, actor=None, count=2, emails=["a@guests.example"]).made
    revoke_invitation(invitation=made[0], actor=None)
    places |= {
        "invitation_code": made[1].code,
        "invitation_pk": made[1].pk,
        "category_pk": event.categories.get(slug="press").pk,
        "quota_pk": event.categories.get(slug="press").quota_id,
        "question_pk": event.questions.get(key="plate").pk,
        "excursion_pk": event.questions.get(key="excursion").pk,
    }
