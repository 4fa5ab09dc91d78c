"""The main and the footer menu, one of each per language."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, PageChooserPanel
from wagtail.models import Locale, Orderable, Page

from cms.links import validate_address


class MenuPlace(models.TextChoices):
    """Where a menu stands."""

    MAIN = "main", _("main menu")
    FOOTER = "footer", _("footer")


class Menu(ClusterableModel):
    """The links of one place in one language; without a menu the site's own parts are listed."""

    place = models.CharField(_("place"), max_length=10, choices=MenuPlace)
    locale = models.ForeignKey(Locale, models.CASCADE, related_name="+", verbose_name=_("language"))

    panels = [FieldPanel("place"), FieldPanel("locale"), InlinePanel("items", label=_("links"), min_num=1)]

    class Meta:
        verbose_name = _("menu")
        verbose_name_plural = _("menus")
        constraints = [
            models.UniqueConstraint(
                fields=("place", "locale"),
                name="menu_once_per_place_and_language",
                violation_error_message=_("This menu exists already in this language."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_place_display()}, {self.locale}"


class MenuItem(Orderable):
    """A link to a page or to an address."""

    menu = ParentalKey(Menu, on_delete=models.CASCADE, related_name="items")
    title = models.CharField(_("title"), max_length=60, blank=True, help_text=_("Empty: the page's title."))
    page = models.ForeignKey(
        Page, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("page")
    )
    link = models.CharField(
        _("address"),
        max_length=300,
        blank=True,
        validators=[validate_address],
        help_text=_("For example /events/ or https://example.org/."),
    )

    panels = [FieldPanel("title"), PageChooserPanel("page"), FieldPanel("link")]

    class Meta(Orderable.Meta):
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(page__isnull=False, link="")
                | (models.Q(page__isnull=True) & ~models.Q(link="")),
                name="menu_item_page_or_address",
                violation_error_message=_("Choose a page or write an address, one of the two."),
            )
        ]

    def __str__(self) -> str:
        return self.title or self.link or str(self.page)

    def clean(self) -> None:
        """Ask for a title where there is no page to take it from."""
        super().clean()
        if self.link and not self.title.strip():
            raise ValidationError({"title": _("Write the title of the link.")})
