"""Front pages that exist already are opened to the organisers of their events, when the page types are complete."""

from typing import Any

from django.db import migrations


def open_pages(apps: Any, schema_editor: Any) -> None:
    """Give each event with a front page its group."""
    event = apps.get_model("events", "Event")
    wanted = event.objects.filter(front_pages__isnull=False).distinct()
    for pk in wanted.values_list("pk", flat=True):
        _open(apps, pk)


def _open(apps: Any, event_id: int) -> None:
    name = f"Organisers of event {event_id}"
    group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=name)
    team = apps.get_model("events", "TeamRole").objects.filter(event_id=event_id, role="organiser")
    for role in team.select_related("person"):
        role.person.groups.add(group)
    rights = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="wagtailcore", codename__in=("change_page", "publish_page")
    )
    permitted = apps.get_model("wagtailcore", "GroupPagePermission").objects
    for page in apps.get_model("cms", "EventFrontPage").objects.filter(event_id=event_id):
        for right in rights:
            permitted.get_or_create(group=group, page_id=page.pk, permission=right)


class Migration(migrations.Migration):
    """Fills in what signals keep from now on."""

    dependencies = [("cms", "0002_first_pages"), ("events", "0002_initial")]

    operations = [migrations.RunPython(open_pages, migrations.RunPython.noop)]
