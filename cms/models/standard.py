"""A page of text: about, how to get there, rules."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.blocks import STANDARD_BLOCKS, headings_of
from cms.models.base import SitePage


class StandardPage(SitePage):
    """Text in blocks, with a list of its own headings beside it when there are several."""

    lead = models.TextField(_("lead"), blank=True, max_length=400, help_text=_("One or two sentences."))
    body = StreamField(STANDARD_BLOCKS, verbose_name=_("content"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    search_fields = [*SitePage.search_fields, index.SearchField("lead"), index.SearchField("body")]
    parent_page_types = ["cms.HomePage", "cms.StandardPage"]
    template = "cms/standard.html"

    class Meta:
        verbose_name = _("text page")
        verbose_name_plural = _("text pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the page's headings and the pages below it."""
        context = super().get_context(request, *args, **kwargs)
        headings = headings_of(self.body)
        children = self.get_children().live().public().in_menu().specific()
        return context | {"headings": headings if len(headings) > 2 else [], "children": list(children)}
