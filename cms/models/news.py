"""News: an index, and articles below it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.blocks import STANDARD_BLOCKS
from cms.models.base import SitePage
from sessions_app.events.models import Event

ARTICLES_A_PAGE = 12


def today() -> dt.date:
    """Return the current date, in UTC."""
    return timezone.now().date()


class NewsIndexPage(SitePage):
    """All articles, newest first; those that wait for a translation stand in their own language."""

    lead = models.TextField(_("lead"), blank=True, max_length=400)

    content_panels = [*Page.content_panels, FieldPanel("lead")]
    search_fields = [*SitePage.search_fields, index.SearchField("lead")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.NewsPage"]
    template = "cms/news_index.html"

    class Meta:
        verbose_name = _("news index")
        verbose_name_plural = _("news indexes")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add one page of articles; a page number that makes no sense shows the nearest one."""
        from cms.queries import news

        context = super().get_context(request, *args, **kwargs)
        pages = Paginator(news(), ARTICLES_A_PAGE)
        return context | {"articles": pages.get_page(request.GET.get("page"))}


class NewsPage(SitePage):
    """An article, about an event where one is named."""

    date = models.DateField(_("date"), default=today)
    lead = models.TextField(_("lead"), max_length=400, help_text=_("One or two sentences."))
    event = models.ForeignKey(
        Event, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("event")
    )
    image = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    image_alt = models.CharField(
        _("what the picture shows"), max_length=250, blank=True, help_text=_("Needed with a picture.")
    )
    body = StreamField(STANDARD_BLOCKS, verbose_name=_("content"), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("date"),
        FieldPanel("lead"),
        FieldPanel("event"),
        FieldPanel("image"),
        FieldPanel("image_alt"),
        FieldPanel("body"),
    ]
    search_fields = [
        *SitePage.search_fields,
        index.SearchField("lead"),
        index.SearchField("body"),
        index.FilterField("date"),
    ]
    parent_page_types = ["cms.NewsIndexPage"]
    subpage_types: list[str] = []
    template = "cms/news.html"

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def clean(self) -> None:
        """Ask for a description of the picture."""
        super().clean()
        if self.image_id and not self.image_alt.strip():
            from django.core.exceptions import ValidationError

            raise ValidationError({"image_alt": _("Say in words what the picture shows.")})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add other articles, and the event where it is public."""
        from cms.queries import news

        context = super().get_context(request, *args, **kwargs)
        others = news().exclude(translation_key=self.translation_key)[:3]
        about = self.event if self.event and self.event.is_public else None
        return context | {"others": list(others), "about_event": about, "index": self.get_parent()}
