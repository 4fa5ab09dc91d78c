"""A home page in each language instead of Wagtail's welcome, and what editors may do."""

import uuid

from django.conf import settings
from django.db import migrations
from django.utils import timezone

HOME_TITLES = {"en": "Home", "ru": "Главная"}
WELCOME = "Welcome to your new Wagtail site!"
EDITORS_MAY = [
    ("cms", "menu", ("add", "change", "view")),
    ("wagtailredirects", "redirect", ("add", "change", "view", "delete")),
    ("simple_translation", "simpletranslation", ("submit_translation",)),
]


def create_homes(apps, schema_editor):
    """Give each language its tree; a database in which somebody made other pages keeps them."""
    Page = apps.get_model("wagtailcore", "Page")
    Locale = apps.get_model("wagtailcore", "Locale")
    Site = apps.get_model("wagtailcore", "Site")
    HomePage = apps.get_model("cms", "HomePage")
    ContentType = apps.get_model("contenttypes", "ContentType")
    root = Page.objects.filter(depth=1).first()
    pages = Page.objects.filter(depth=2)
    if root is None or pages.exclude(title=WELCOME).exists():
        return
    pages.delete()  # takes the default site along, which points at it
    kind, _created = ContentType.objects.get_or_create(app_label="cms", model="homepage")
    key, now, first = uuid.uuid4(), timezone.now(), None
    for number, (code, _name) in enumerate(settings.LANGUAGES, start=1):
        locale, _created = Locale.objects.get_or_create(language_code=code)
        slug = "home" if number == 1 else f"home-{code}"
        title = HOME_TITLES.get(code, code)
        home = HomePage.objects.create(
            title=title,
            draft_title=title,
            slug=slug,
            url_path=f"/{slug}/",
            path=f"{root.path}{number:04}",
            depth=2,
            numchild=0,
            content_type=kind,
            locale=locale,
            translation_key=key,
            live=True,
            first_published_at=now,
            last_published_at=now,
        )
        first = first or home
    root.numchild = len(settings.LANGUAGES)
    root.save(update_fields=["numchild"])
    Site.objects.create(
        hostname="localhost",
        port=80,
        site_name=settings.WAGTAIL_SITE_NAME,
        root_page_id=first.pk,
        is_default_site=True,
    )


def permit_editors(apps, schema_editor):
    """Let the group Editors publish pages, keep pictures and documents, menus, redirects and translations."""
    Page = apps.get_model("wagtailcore", "Page")
    Collection = apps.get_model("wagtailcore", "Collection")
    Group = apps.get_model("auth", "Group")
    GroupPagePermission = apps.get_model("wagtailcore", "GroupPagePermission")
    GroupCollectionPermission = apps.get_model("wagtailcore", "GroupCollectionPermission")
    editors, _created = Group.objects.get_or_create(name="Editors")
    root = Page.objects.filter(depth=1).first()
    for action in ("add", "change", "publish"):
        permission = find_permission(apps, "wagtailcore", "page", action)
        if root is not None:
            GroupPagePermission.objects.get_or_create(group=editors, page=root, permission=permission)
    files = Collection.objects.filter(depth=1).first()
    for app, model in (("wagtailimages", "image"), ("wagtaildocs", "document")):
        for action in ("add", "change", "choose"):
            permission = find_permission(apps, app, model, action)
            if files is not None:
                GroupCollectionPermission.objects.get_or_create(
                    group=editors, collection=files, permission=permission
                )
    editors.permissions.add(find_permission(apps, "wagtailadmin", "admin", "access_admin"))
    for app, model, actions in EDITORS_MAY:
        editors.permissions.add(*(find_permission(apps, app, model, action) for action in actions))


def find_permission(apps, app, model, action):
    """Return the permission, made now where a later step of migrating would make it."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    kind, _created = ContentType.objects.get_or_create(app_label=app, model=model)
    codename = action if "_" in action else f"{action}_{model}"
    found, _created = Permission.objects.get_or_create(
        content_type=kind, codename=codename, defaults={"name": f"Can {action.replace('_', ' ')} {model}"}
    )
    return found


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailredirects", "0008_add_verbose_name_plural"),
        ("simple_translation", "0001_initial"),
    ]
    operations = [
        migrations.RunPython(create_homes, migrations.RunPython.noop),
        migrations.RunPython(permit_editors, migrations.RunPython.noop),
    ]
