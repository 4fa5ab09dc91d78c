"""Builds published pages."""

from __future__ import annotations

from typing import Any

from wagtail.models import Locale, Page


def add_page(parent: Page, kind: type, *, live: bool = True, **fields: Any) -> Any:
    """Return a new page below ``parent``, published unless ``live`` is false."""
    page = type(parent).objects.get(pk=parent.pk).add_child(instance=kind(live=live, **fields))
    revision = page.save_revision()
    if live:
        revision.publish()
    return kind.objects.get(pk=page.pk)


def translate(page: Page, locale: Locale, **fields: Any) -> Any:
    """Return a published translation of the page."""
    copy = page.copy_for_translation(locale, copy_parents=True)
    for name, value in fields.items():
        setattr(copy, name, value)
    copy.save_revision().publish()
    return type(page).objects.get(pk=copy.pk)
