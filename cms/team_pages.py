"""Organisers edit the front page of their own event: Wagtail's page permissions follow the team.

Each event whose front page exists has a group with the right to change and publish that page in all
its languages; the group's members are the event's organisers. Nobody edits these groups by hand.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from cms.models import EventFrontPage
from network.models import Person
from sessions_app.events.models import Event, TeamRole
from sessions_app.events.permissions import Capability, roles_with

PAGE_RIGHTS = ("change_page", "publish_page")
PICTURE_RIGHTS = ("add_image", "choose_image")


def group_name(event_id: int) -> str:
    """Return the name of the group; it holds the id, for addresses and names change."""
    return f"Organisers of event {event_id}"


@transaction.atomic
def follow_team(event_id: int) -> None:
    """Make the group of the event's front page what team and pages say; can be run at any time."""
    pages = EventFrontPage.objects.filter(event_id=event_id)
    if not pages.exists():
        Group.objects.filter(name=group_name(event_id)).delete()
        return
    group, created = Group.objects.get_or_create(name=group_name(event_id))
    if created:
        _permit_pictures(group)
    organisers = Person.objects.filter(
        team_roles__event_id=event_id, team_roles__role__in=roles_with(Capability.EDIT_EVENT)
    )
    group.user_set.set(organisers.distinct())
    rights = Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_RIGHTS)
    GroupPagePermission.objects.filter(group=group).exclude(page__in=pages).delete()
    for page in pages:
        for right in rights:
            GroupPagePermission.objects.get_or_create(group=group, page=page.page_ptr, permission=right)


def _permit_pictures(group: Group) -> None:
    files = Collection.get_first_root_node()
    rights = Permission.objects.filter(content_type__app_label="wagtailimages", codename__in=PICTURE_RIGHTS)
    for right in rights if files else ():
        GroupCollectionPermission.objects.create(group=group, collection=files, permission=right)


@receiver((post_save, post_delete), sender=TeamRole)
def team_changed(instance: TeamRole, raw: bool = False, **_more: Any) -> None:
    """Follow who joins and leaves."""
    if not raw:
        follow_team(instance.event_id)


@receiver((post_save, post_delete), sender=EventFrontPage)
def page_changed(instance: EventFrontPage, raw: bool = False, **_more: Any) -> None:
    """Follow a page that is new, translated, given to another event or deleted."""
    if raw:
        return
    others = Group.objects.filter(page_permissions__page=instance.pk).values_list("name", flat=True)
    before = {int(name.rpartition(" ")[2]) for name in others if name.startswith(group_name(0)[:-1])}
    for event_id in {instance.event_id, *before}:
        follow_team(event_id)


@receiver(post_delete, sender=Event)
def event_deleted(instance: Event, **_more: Any) -> None:
    """Leave no group behind."""
    Group.objects.filter(name=group_name(instance.pk)).delete()
