"""Team roles as Wagtail asks for them: which instances a person may list, add and change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q, QuerySet
from wagtail.permission_policies.base import BasePermissionPolicy

from network.backoffice.policies import is_operator
from network.models import Person
from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability, has_anywhere, may, roles_with
from sessions_app.events.queries import with_capability

ACTIONS = frozenset({"add", "change", "view"})


class EventScopedPolicy(BasePermissionPolicy):
    """Opens what belongs to an event to people with a capability there.

    ``path`` leads from the model to its event; empty where the model is the event itself.
    """

    def __init__(self, model: type[Model], capability: Capability, path: str) -> None:
        super().__init__(model)
        self.capability = capability
        self.path = path

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Tell whether the action is possible for some instance; nothing is deleted here."""
        return action in ACTIONS and has_anywhere(user, self.capability)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        """Tell whether one of the actions is possible for some instance."""
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Model) -> bool:
        """Tell whether the action is possible for this instance."""
        return action in ACTIONS and may(user, self.capability, self.event_of(instance))

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Any]:
        """Return the instances of the person's own events."""
        if not ACTIONS.intersection(actions):
            return self.model._default_manager.none()
        events = with_capability(user, self.capability)
        if not self.path:
            return events
        return self.model._default_manager.filter(**{f"{self.path}__in": events})

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Person]:
        """Return the people who have the capability for some event."""
        on_team = (
            Q(team_roles__role__in=roles_with(self.capability)) if ACTIONS.intersection(actions) else Q()
        )
        return Person.objects.filter(Q(is_superuser=True) | on_team, is_active=True).distinct()

    def event_of(self, instance: Model) -> Event:
        """Return the event that the instance belongs to."""
        found: Any = instance
        for part in filter(None, self.path.split("__")):
            found = getattr(found, part)
        return found


class EventPolicy(EventScopedPolicy):
    """Events are created by operators and edited by their organisers."""

    def __init__(self) -> None:
        super().__init__(Event, Capability.EDIT_EVENT, "")

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Tell whether the action is possible for some event."""
        if action == "add":
            return is_operator(user)
        return super().user_has_permission(user, action) or (action == "view" and is_operator(user))


class VenuePolicy(BasePermissionPolicy):
    """A venue is edited by those who organise every event that is held there."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Tell whether the action is possible for some venue."""
        return action in ACTIONS and (is_operator(user) or has_anywhere(user, Capability.EDIT_EVENT))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        """Tell whether one of the actions is possible for some venue."""
        return any(self.user_has_permission(user, action) for action in actions)

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Any]:
        """Return the venues that stand in no other people's events."""
        if is_operator(user):
            return self.model._default_manager.all()
        events = with_capability(user, Capability.EDIT_EVENT)
        others = Event.objects.exclude(pk__in=events.values("pk"))
        used = self.model._default_manager.filter(event__in=events)
        return used.exclude(event__in=others).distinct()

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Person]:
        """Return operators and organisers."""
        wanted = Q(is_superuser=True) | Q(is_staff=True)
        wanted |= Q(team_roles__role__in=roles_with(Capability.EDIT_EVENT))
        return Person.objects.filter(wanted, is_active=True).distinct()
