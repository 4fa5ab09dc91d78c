"""Wagtail's user administration, told to be our list of people."""

from wagtail.users.apps import WagtailUsersAppConfig


class PeopleAdminConfig(WagtailUsersAppConfig):
    """Shows people as Plenum knows them: one whole name, log-in optional."""

    user_viewset = "network.backoffice.people.PeopleViewSet"

    def ready(self) -> None:
        """Let operators edit people; Wagtail's own actions on users stay with superusers."""
        from django.contrib.auth.models import Group
        from wagtail.permissions import register_permission_policy

        from network.backoffice.policies import OperatorPolicy
        from network.models import Organisation, Person

        # Wagtail's own actions on users (delete, groups, active) ask for add, change and delete.
        register_permission_policy(Person, OperatorPolicy(Person, frozenset({"list", "record"})))
        register_permission_policy(
            Organisation, OperatorPolicy(Organisation, frozenset({"view", "add", "change"}))
        )
        register_permission_policy(Group)
