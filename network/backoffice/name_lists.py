"""Lists of people and organisations by name, as dialogs show them; knows no fields of models when it is imported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column

from network.search import name_contains


class NameFilterForm(BaseFilterForm):
    """Search by name."""

    fields_searched: tuple[str, ...] = ()
    q = forms.CharField(
        label=_("Search term"), required=False, widget=forms.TextInput(attrs={"placeholder": _("Name")})
    )

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what contains the searched words."""
        words = self.cleaned_data.get("q")
        if words:
            self.is_searching, self.search_query = True, words
            objects = objects.filter(self.matching(words))
        return objects

    def matching(self, words: str) -> Q:
        """Return the condition."""
        return name_contains(self.fields_searched, words)


class PersonFilterForm(NameFilterForm):
    """By name, or by the whole e-mail; parts of an e-mail find nobody, so that none can be guessed."""

    fields_searched = ("name", "name_latin")

    def matching(self, words: str) -> Q:
        """Return the condition."""
        return super().matching(words) | Q(email__iexact=words.strip())


class OrganisationFilterForm(NameFilterForm):
    """By full or short name in either language."""

    fields_searched = ("name_en", "name_ru", "short_name_en", "short_name_ru")


class OrganisationList:
    """Organisations by name, with what tells namesakes apart."""

    filter_form_class = OrganisationFilterForm

    @property
    def columns(self) -> list[Column]:
        """Name, kind and city."""
        return [
            *super().columns,  # type: ignore[misc]
            Column("kind", label=_("Kind"), accessor="get_kind_display"),
            Column("city", label=_("City")),
        ]
