"""The front page of an event, composed by an editor out of live parts."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.blocks import EVENT_BLOCKS
from cms.forms import EventFrontForm
from cms.models.base import SitePage
from sessions_app.events.models import Event


class EventFrontPage(SitePage):
    """What stands below an event's header at ``/events/{slug}/``; its place in the tree leads there."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="front_pages", verbose_name=_("event"))
    body = StreamField(
        EVENT_BLOCKS, verbose_name=_("content"), blank=True, help_text=_("Empty: all parts in their order.")
    )

    base_form_class = EventFrontForm
    content_panels = [*Page.content_panels, FieldPanel("event"), FieldPanel("body")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    template = "cms/event_front.html"

    class Meta:
        verbose_name = _("event front page")
        verbose_name_plural = _("event front pages")

    def clean(self) -> None:
        """Let an event have one front page per language."""
        super().clean()
        if self.event_id and self.locale_id:
            same = EventFrontPage.objects.filter(event_id=self.event_id, locale_id=self.locale_id)
            if same.exclude(pk=self.pk).exists():
                raise ValidationError({"event": _("This event has a front page in this language already.")})

    def address(self, language: str) -> str:
        """Return the event's address under a language's prefix."""
        with translation.override(language):
            return reverse("event_front", args=[self.event.slug])

    def live_translations(self) -> dict[str, SitePage]:
        """Return language code to the published page, each knowing the event already."""
        found = super().live_translations()
        for page in found.values():
            if isinstance(page, EventFrontPage) and page.event_id == self.event_id:
                page.event = self.event
        return found

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[Any, ...] | None:
        """Give the event's address wherever the page is linked."""
        parts: tuple[Any, ...] | None = super().get_url_parts(request)
        return parts if parts is None else (parts[0], parts[1], self.own_address())

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        """Leave the sitemap to the event, which has its address also without a page."""
        return []

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the live parts that the blocks show."""
        from cms.compositions import event_context

        context = super().get_context(request, *args, **kwargs)
        return context | event_context(self.event, request.user, page=self)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead from the place in the tree to the event's address; show previews in place."""
        if getattr(request, "is_preview", False):
            return super().serve(request, *args, **kwargs)
        return HttpResponseRedirect(self.address(translation.get_language() or self.language))
