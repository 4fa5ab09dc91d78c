"""Menus for every template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import is_valid_path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.links import safe_address
from cms.models import MenuItem, MenuPlace, NewsIndexPage
from cms.models.base import address_in_tree
from media_archive.queries.archive import site_menu_names_recordings


@dataclass(frozen=True, slots=True)
class MenuLink:
    """A link of a menu; ``current`` on the page it leads to and on those below."""

    title: str
    url: str
    current: bool


def menus(request: HttpRequest) -> dict[str, Any]:
    """Return both menus; nothing is read before a template shows one."""
    return {
        "main_menu": SimpleLazyObject(lambda: _links_or_none(MenuPlace.MAIN, request.path)),
        "footer_menu": SimpleLazyObject(lambda: _links_or_none(MenuPlace.FOOTER, request.path)),
    }


def _links_or_none(place: str, here: str) -> list[MenuLink]:
    """Return the links; error pages do without them when the database is away."""
    try:
        return menu_links(place, here)
    except DatabaseError:
        return []


def menu_links(place: str, here: str) -> list[MenuLink]:
    """Return the links of a place in the reader's language; without a menu, the site's own parts."""
    language = get_language() or settings.LANGUAGE_CODE
    items = MenuItem.objects.filter(menu__place=place, menu__locale__language_code=language)
    found = list(items.select_related("page").order_by("sort_order", "pk"))
    links = [link for link in (_link(item, language, here) for item in found) if link]
    if not found:
        links = _own_parts(language, here) if place == MenuPlace.MAIN else _own_footer(here)
    return links


def _link(item: MenuItem, language: str, here: str) -> MenuLink | None:
    if item.page is None:
        return _menu_link(item.title, _in_language(safe_address(item.link), language), here)
    if not item.page.live or item.page.depth < 2:
        return None
    return _menu_link(item.title or item.page.title, address_in_tree(item.page, language), here)


def _in_language(address: str, language: str) -> str:
    """Return a path of the site under the language's prefix, where only such an address leads to a page."""
    path = address.partition("?")[0].partition("#")[0]
    if not path.startswith("/") or is_valid_path(path):
        return address
    return f"/{language}{address}" if is_valid_path(f"/{language}{path}") else address


def _own_parts(language: str, here: str) -> list[MenuLink]:
    links = [_menu_link(_("Events"), reverse("events"), here)]
    if site_menu_names_recordings():
        links.append(_menu_link(_("Recordings"), reverse("media_archive:everything"), here))
    index = NewsIndexPage.objects.live().select_related("locale").order_by("path")
    pages = {page.language: page for page in index}
    page = pages.get(language) or next(iter(pages.values()), None)
    if page is not None:
        links.append(_menu_link(_("News"), page.address(language), here))
    return links


def _own_footer(here: str) -> list[MenuLink]:
    return [_menu_link(_("Offers and needs"), reverse("matchmaking:offers"), here)]


def _menu_link(title: str, url: str, here: str) -> MenuLink:
    inside = url.count("/") > 2 and here.startswith(url)
    return MenuLink(title, url, here == url or inside)
