"""Who may do what with people and organisations in the back office."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q, QuerySet
from wagtail.permission_policies.base import BasePermissionPolicy

from network.models import Person

# Answered by the floor above, which knows teams.
MAY_CHOOSE = "network.choose"
MAY_CHOOSE_PEOPLE = "network.choose_people"


def is_operator(user: Any) -> bool:
    """Tell whether the person runs the platform."""
    return bool(user.is_active and (user.is_superuser or getattr(user, "is_staff", False)))


def may_choose(user: Any, permission: str = MAY_CHOOSE) -> bool:
    """Tell whether the person may look people and organisations up, to name them in an event."""
    return is_operator(user) or bool(user.has_perm(permission))


class OperatorPolicy(BasePermissionPolicy):
    """Opens the named actions to operators and every action to superusers."""

    def __init__(self, model: type[Model], actions: frozenset[str]) -> None:
        super().__init__(model)
        self.actions = actions

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Tell whether the action is open to the user."""
        return bool(user.is_active and user.is_superuser) or (action in self.actions and is_operator(user))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        """Tell whether one of the actions is open to the user."""
        return any(self.user_has_permission(user, action) for action in actions)

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Person]:
        """Return the people who may do one of the actions."""
        wanted = Q(is_superuser=True)
        if self.actions.intersection(actions):
            wanted |= Q(is_staff=True)
        return Person.objects.filter(wanted, is_active=True)
