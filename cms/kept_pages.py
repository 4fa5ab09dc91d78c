"""Pages of programmes are kept, with the footer's menu in them; a change of the menu makes them anew."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished, post_page_move

from cms.models import Menu, MenuItem
from network.web.pages import forget_pages


@receiver([post_save, post_delete], sender=Menu, dispatch_uid="menu")
@receiver([post_save, post_delete], sender=MenuItem, dispatch_uid="menu-item")
@receiver([page_published, page_unpublished, post_page_move], dispatch_uid="page-in-menu")
def menus_changed(sender: type, **details: Any) -> None:
    """Forget the kept pages: a menu has another link, or a page of it another title or address."""
    transaction.on_commit(forget_pages)


@receiver(post_delete, dispatch_uid="page-deleted")
def page_deleted(sender: type, **details: Any) -> None:
    """Forget the kept pages, too, when a page goes, whatever its type."""
    if issubclass(sender, Page):
        transaction.on_commit(forget_pages)
