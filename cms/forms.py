"""How pages are edited."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

from cms.links import slug_from


class SitePageForm(WagtailAdminPageForm):
    """Gives an address that was left empty, also where no script filled it in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean_slug(self) -> str:
        """Return the slug that was written, else one made from the title that no neighbour has."""
        written: str = self.cleaned_data.get("slug") or ""
        if written:
            return written
        base = slug_from(self.cleaned_data.get("title") or "")
        neighbours = self.parent_page.get_children().exclude(pk=self.instance.pk)
        taken = set(neighbours.filter(slug__startswith=base).values_list("slug", flat=True))
        slug, number = base, 2
        while slug in taken:
            slug, number = f"{base}-{number}", number + 1
        return slug


class EventFrontForm(SitePageForm):
    """An organiser edits the page of her own event; only who edits the pages around it gives it to another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.for_user
        if user is None or "event" not in self.fields or self.parent_page is None:
            return
        if not self.parent_page.permissions_for_user(user).can_edit():
            self.fields["event"].disabled = True
