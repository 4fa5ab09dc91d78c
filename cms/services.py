"""Writes of the content: the tree that a site cannot do without, and its menus."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from cms.models import HomePage, Menu, MenuItem

HOME_TITLES = {"en": "Home", "ru": "Главная"}


@transaction.atomic
def ensure_site() -> dict[str, HomePage]:
    """Make sure that each language has its tree with a home page, and return them by language.

    Can be run again at any time; what exists is kept. The site's address follows ``BASE_URL``.
    """
    locales = [Locale.objects.get_or_create(language_code=code)[0] for code, _name in settings.LANGUAGES]
    root = Page.get_first_root_node()
    if root is None:
        root = Page.add_root(title="Root", slug="root", locale=locales[0])
    first = HomePage.objects.filter(locale=locales[0]).first() or _add_home(root, locales[0])
    homes = {locales[0].language_code: first}
    for locale in locales[1:]:
        same = HomePage.objects.filter(locale=locale, translation_key=first.translation_key)
        homes[locale.language_code] = same.first() or _add_home(root, locale, original=first)
    _point_site_at(first)
    return homes


def _add_home(root: Page, locale: Locale, original: HomePage | None = None) -> HomePage:
    code = locale.language_code
    home = HomePage(
        title=HOME_TITLES.get(code, code),
        slug="home" if original is None else f"home-{code}",
        locale=locale,
        **({"translation_key": original.translation_key} if original else {}),
    )
    taken = Page.objects.child_of(root).filter(slug=home.slug).first()
    if taken is not None:
        taken.delete()
        root.refresh_from_db()
    root.add_child(instance=home)
    home.save_revision().publish()
    return home


def _point_site_at(home: HomePage) -> None:
    address = urlsplit(settings.BASE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    values = {
        "hostname": address.hostname or "localhost",
        "port": port,
        "site_name": settings.WAGTAIL_SITE_NAME,
    }
    Site.objects.update_or_create(is_default_site=True, defaults={**values, "root_page": home.page_ptr})


@transaction.atomic
def set_menu(*, place: str, language: str, links: list[tuple[str, Page | str]]) -> Menu:
    """Replace the menu of one place and language by links of title and page or address."""
    locale = Locale.objects.get(language_code=language)
    menu: Menu = Menu.objects.get_or_create(place=place, locale=locale)[0]
    menu.items.all().delete()
    for order, (title, target) in enumerate(links):
        item = MenuItem(menu=menu, title=title, sort_order=order)
        if isinstance(target, str):
            item.link = target
        else:
            item.page = target
        item.full_clean(exclude=["menu"])
        item.save()
    return menu
