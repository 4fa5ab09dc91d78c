"""Who stands behind an event or the site."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.blocks import PARTNER_BLOCKS
from cms.models.base import SitePage


class PartnersPage(SitePage):
    """Groups of organisations, each with its name, place and address."""

    lead = models.TextField(_("lead"), blank=True, max_length=400)
    body = StreamField(PARTNER_BLOCKS, verbose_name=_("content"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    search_fields = [*SitePage.search_fields, index.SearchField("lead"), index.SearchField("body")]
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    template = "cms/partners.html"

    class Meta:
        verbose_name = _("partners page")
        verbose_name_plural = _("partners pages")
