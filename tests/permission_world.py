"""The world of the permission matrix: who asks, for which event, under which address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from media_archive.models import Cut, CutState, Recording
from network.models import Person
from sessions_app.events.models import Event, TeamRoleName
from sessions_app.events.webhooks.services import send_test
from sessions_app.registration.models import RegistrationSettings
from tests.factories import (
    CallFactory,
    PanelMemberFactory,
    PersonFactory,
    make_exchange,
    make_released_event,
    make_team_member,
    make_webhook,
)

ROLES = (
    "anonymous", "attendee", "panellist", "editor", "registrar", "matchmaker", "media", "organiser", "secretary",
    "steward", "stranger", "operator",
)  # fmt: skip
# The roles of the events' team, as the tables call them.
ON_TEAM = {
    "editor": TeamRoleName.PROGRAMME_EDITOR,
    "registrar": TeamRoleName.REGISTRAR,
    "matchmaker": TeamRoleName.MATCHMAKER,
    "media": TeamRoleName.MEDIA_EDITOR,
    "organiser": TeamRoleName.ORGANISER,
    "secretary": TeamRoleName.COMMISSION_SECRETARY,
    "steward": TeamRoleName.DOOR_STEWARD,
}


@dataclass
class World:
    """Two events, and who asks for them; each keeps her browser."""

    people: dict[str, Person | None]
    public: Event
    hidden: Event
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """Return the browser of somebody in the role."""
        if role not in self.clients:
            client = self.clients[role] = Client()
            if person := self.people[role]:
                client.force_login(person)
        return self.clients[role]


def make_world() -> World:
    """Return a public and a hidden event with all that hangs on them, and somebody in each role of both."""
    public, _ = make_released_event(sessions=2)
    hidden, _ = make_released_event(sessions=2, is_public=False)
    people = {
        "anonymous": None,
        "attendee": PersonFactory(),
        "panellist": PersonFactory(),
        **{role: make_team_member(public, name) for role, name in ON_TEAM.items()},
        "stranger": make_team_member(make_released_event()[0], TeamRoleName.ORGANISER),
        "operator": PersonFactory(is_staff=True, is_superuser=True),
    }
    for role, name in ON_TEAM.items():
        hidden.team.model.objects.create(event=hidden, person=people[role], role=name)
    for event in (public, hidden):
        RegistrationSettings.objects.create(event=event, is_open=True)
        make_exchange(event, tables=1)
        PanelMemberFactory(call=CallFactory(event=event), person=people["panellist"])
        send_test(webhook=make_webhook(event)[0], actor=None)
        make_published_cut(event)
    return World(people, public, hidden)


def make_published_cut(event: Event) -> Cut:
    """Return a recording's cut of the event's first session, published for everybody; it has no film."""
    session = event.sessions.order_by("number").first()
    recording = Recording.objects.create(
        event=event, date=session.start.astimezone(event.zone).date(), room=session.room,
        room_name=str(session.room), starts_at=session.start,
    )  # fmt: skip
    return Cut.objects.create(
        recording=recording, event=event, session=session, code=session.code, title=str(session), start_ms=0,
        end_ms=60_000, state=CutState.PUBLISHED,
    )  # fmt: skip


def call_of(event: Event) -> dict[str, object]:
    call = event.calls.first()
    return {"call": call.pk, "call_slug": call.slug, "member": call.panel.get().pk} if call else {}


def webhook_of(event: Event) -> dict[str, object]:
    webhook = event.webhooks.first()
    return {"webhook": webhook.pk, "delivery": webhook.deliveries.get().pk} if webhook else {}


def address(pattern: str, event: Event) -> str:
    session = event.sessions.order_by("number").first()
    role = session.roles.first()
    path = pattern.format(
        slug=event.slug,
        event=event.pk,
        code=session.code,
        person=role.person.code,
        organisation=role.organisation.code,
        date=event.days.first().date,
        recording=recording.code if (recording := event.recordings.first()) else "",
        **call_of(event),
        **webhook_of(event),
    )
    translated = (
        pattern.endswith(("/", "pocket.pdf"))
        and not pattern.startswith(("api/", "admin/", "demo/"))
        and "qr.svg" not in pattern
    )
    return f"/en/{path}" if translated or pattern == "" else f"/{path}"


def answer(world: World, role: str, path: str) -> int:
    """Return the status with which the path answers somebody in the role."""
    response = world.client(role).get(path)
    if response.streaming:
        b"".join(response)  # reading it to its end closes the file
    return response.status_code


def wrong_answers(
    world: World, event: Event, expected: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, tuple[int, int]]]:
    """Return by address and role what was answered and what was expected, where the two differ."""
    wrong: dict[str, dict[str, tuple[int, int]]] = {}
    for pattern, statuses in expected.items():
        path = address(pattern, event)
        for role, status in statuses.items():
            if (found := answer(world, role, path)) != status:
                wrong.setdefault(pattern, {})[role] = (found, status)
    return wrong


def routes() -> Iterator[str]:
    def walk(resolver: URLResolver, before: str) -> Iterator[str]:
        for item in resolver.url_patterns:
            route = before + str(item.pattern)
            if isinstance(item, URLResolver):
                yield from walk(item, route)
            elif isinstance(item, URLPattern):
                yield route

    for route in walk(get_resolver(), ""):
        yield route.removeprefix("en/")


def normal(route: str) -> str:
    """Return a route with its places named as in the table."""
    names = {"event_slug": "slug", "pk": "event"}
    if route.startswith("calls/"):
        route = route.replace("<slug:slug>", "{call_slug}")
    named = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: f"{{{names.get(found[1], found[1])}}}", route)
    if "/people/{code}" in named:
        named = named.replace("/people/{code}", "/people/{person}")
    if "/organisations/{code}" in named:
        named = named.replace("/organisations/{code}", "/organisations/{organisation}")
    return named.replace("{number}", "1")
