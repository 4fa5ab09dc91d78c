"""Who may do what for an event: a table from team role to capability, and the rules built on it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import AnonymousUser
from rules.permissions import add_perm, has_perm, perm_exists
from rules.predicates import Predicate

from network.models import Person
from sessions_app.events.models import Event, TeamRole, TeamRoleName


class Capability(StrEnum):
    """Something a team member may do for one event; also the name of its rule."""

    VIEW_DRAFT = "events.view_draft"
    EDIT_EVENT = "events.edit_event"
    EDIT_PROGRAMME = "programme.edit_programme"
    RELEASE = "programme.release"
    REGISTRATION = "registration.manage"
    ADMISSION = "admission.manage"
    EXCHANGE = "matchmaking.manage"
    MEDIA = "media_archive.manage"
    COMMISSION = "calls.manage"


CAPABILITIES: dict[str, frozenset[Capability]] = {
    TeamRoleName.ORGANISER: frozenset(Capability),
    TeamRoleName.PROGRAMME_EDITOR: frozenset(
        {Capability.VIEW_DRAFT, Capability.EDIT_PROGRAMME, Capability.RELEASE}
    ),
    TeamRoleName.REGISTRAR: frozenset({Capability.REGISTRATION}),
    TeamRoleName.DOOR_STEWARD: frozenset({Capability.ADMISSION}),
    TeamRoleName.MATCHMAKER: frozenset({Capability.EXCHANGE}),
    TeamRoleName.MEDIA_EDITOR: frozenset({Capability.MEDIA}),
    TeamRoleName.COMMISSION_SECRETARY: frozenset({Capability.COMMISSION}),
}


def roles_with(capability: Capability) -> list[str]:
    """Return the team roles that carry the capability."""
    return [role for role, granted in CAPABILITIES.items() if capability in granted]


def team_roles(person: Person) -> dict[int, frozenset[str]]:
    """Return event id to the person's roles there; read once per person object."""
    cached: dict[int, frozenset[str]] | None = getattr(person, "_team_roles", None)
    if cached is None:
        found: dict[int, set[str]] = {}
        for event_id, role in TeamRole.objects.filter(person=person).values_list("event_id", "role"):
            found.setdefault(event_id, set()).add(role)
        cached = {event_id: frozenset(names) for event_id, names in found.items()}
        person._team_roles = cached  # type: ignore[attr-defined]
    return cached


def may(person: Person | AnonymousUser, capability: Capability, event: Event) -> bool:
    """Tell whether the person may do this for the event; operators may do everything."""
    if not isinstance(person, Person) or not person.is_active:
        return False
    if person.is_superuser:
        return True
    return any(capability in CAPABILITIES[role] for role in team_roles(person).get(event.pk, ()))


def has_anywhere(person: Person | AnonymousUser, capability: Capability) -> bool:
    """Tell whether the person has the capability for at least one event; costs no query when asked again."""
    if not isinstance(person, Person) or not person.is_active:
        return False
    if person.is_superuser:
        return True
    return any(capability in CAPABILITIES[role] for roles in team_roles(person).values() for role in roles)


def is_on_a_team(person: Person | AnonymousUser) -> bool:
    """Tell whether the person works for any event, or runs the platform."""
    return (
        isinstance(person, Person)
        and person.is_active
        and (person.is_staff or person.is_superuser or bool(team_roles(person)))
    )


def _rule_of(capability: Capability) -> Predicate:
    def allowed(person: Person | AnonymousUser, event: Event | None) -> bool:
        return event is not None and may(person, capability, event)

    return Predicate(allowed, name=capability.value)


for _capability in Capability:
    add_perm(_capability.value, _rule_of(_capability))


# Which capabilities let somebody look up people and organisations; a commission is made of people alone,
# and a category of attendees may be one organisation's.
CHOOSING: dict[str, tuple[Capability, ...]] = {
    "network.choose": (Capability.EDIT_EVENT, Capability.EDIT_PROGRAMME, Capability.REGISTRATION),
    "network.choose_people": (Capability.EDIT_EVENT, Capability.EDIT_PROGRAMME, Capability.COMMISSION),
}


class TeamBackend(BaseBackend):
    """Answers Django's permission questions from team roles."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Open the back office to teams, and answer the rules above for an event."""
        if perm == "wagtailadmin.access_admin":
            return is_on_a_team(user_obj)
        if perm in CHOOSING:
            return any(has_anywhere(user_obj, capability) for capability in CHOOSING[perm])
        if isinstance(obj, Event) and perm_exists(perm):
            return bool(has_perm(perm, user_obj, obj))
        return False
