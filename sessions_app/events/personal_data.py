"""What events keep about a person, for her own copy and for erasing it."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from network.models import Person
from network.signals import person_erased, personal_data_asked
from sessions_app.events.models import TeamRole


@receiver(personal_data_asked)
def team_roles_of(person: Person, **_more: Any) -> dict[str, Any]:
    """Return the person's team roles."""
    roles = TeamRole.objects.filter(person=person).values_list("event__slug", "role").order_by("event__slug")
    return {"team_roles": [{"event": slug, "role": role} for slug, role in roles]}


@receiver(person_erased)
def leave_teams(person: Person, **_more: Any) -> None:
    """Take the person off all teams."""
    TeamRole.objects.filter(person=person).delete()
