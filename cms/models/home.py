"""The first page of the site in one language."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import models
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtail.url_routing import RouteResult

from cms.blocks import HOME_BLOCKS
from cms.models.base import SitePage


class HomePage(SitePage):
    """What the site is, the current event, the others, news; empty parts write themselves."""

    heading = models.CharField(
        _("heading"), max_length=160, blank=True, help_text=_("Empty: what Plenum says of itself.")
    )
    lead = models.TextField(_("lead"), blank=True, max_length=400, help_text=_("One or two sentences."))
    body = StreamField(
        HOME_BLOCKS, verbose_name=_("content"), blank=True, help_text=_("Empty: events, then news.")
    )

    content_panels = [*Page.content_panels, FieldPanel("heading"), FieldPanel("lead"), FieldPanel("body")]
    search_fields = [
        *SitePage.search_fields,
        index.SearchField("heading"),
        index.SearchField("lead"),
        index.SearchField("body"),
    ]
    parent_page_types = ["wagtailcore.Page"]
    template = "cms/home.html"

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the events and news of the page."""
        from cms.compositions import home_context

        context = super().get_context(request, *args, **kwargs)
        return context | home_context() | {"page_title": self.seo_title}

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find the page; one that this language lacks is looked for under the same address in the others."""
        try:
            return super().route(request, path_components)
        except Http404:
            if not path_components:
                raise
        for home in HomePage.objects.filter(translation_key=self.translation_key).exclude(pk=self.pk):
            with suppress(Http404):
                return super(HomePage, home).route(request, path_components)
        raise Http404
