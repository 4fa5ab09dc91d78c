"""The content's part of the back office: menus, the chooser of organisations."""

from __future__ import annotations

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet

from cms.choosers import organisations
from cms.models import Menu


class MenuViewSet(ModelViewSet):
    """Menus, one per place and language."""

    model = Menu
    icon = "bars"
    menu_label = _("Menus")
    menu_order = 450
    add_to_settings_menu = True
    exclude_form_fields: list[str] = []
    list_display = ["__str__"]
    copy_view_enabled = False


menus = MenuViewSet("menus")


@hooks.register("insert_global_admin_css")
def look() -> str:
    """Give the back office the colours and the type of the site; the type is preloaded, as it never comes late."""
    fonts = (f"vendor/fonts/golos-text-{script}-wght-normal.woff2" for script in ("latin", "cyrillic"))
    preloads = format_html_join(
        "",
        '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>',
        ((static(font),) for font in fonts),
    )
    return format_html('{}<link rel="stylesheet" href="{}">', preloads, static("cms/backoffice/theme.css"))


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[ViewSet]:
    """Register them."""
    return [menus, organisations]
