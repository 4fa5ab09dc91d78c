"""Organisations in the back office."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic

from network.backoffice.forms import BackofficeForm
from network.backoffice.viewsets import PlainIndexView, PlainViewSet, SavingMixin
from network.editing import save_organisation
from network.models import Organisation, OrganisationKind, OrganisationStatus


class OrganisationForm(BackofficeForm):
    """An organisation, with a name in at least one language."""

    def clean(self) -> dict[str, Any]:
        """Ask for a name, and for both coordinates or none."""
        data = super().clean()
        if not (data.get("name_en") or data.get("name_ru")):
            self.add_error("name_en", _("Give the name in at least one language."))
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            self.add_error("longitude", _("Give both latitude and longitude, or neither."))
        return data


class OrganisationFilter(WagtailFilterSet):
    """By kind and by status."""

    kind = django_filters.ChoiceFilter(label=_("kind"), choices=OrganisationKind)
    status = django_filters.ChoiceFilter(
        label=_("status"), choices=OrganisationStatus, widget=forms.RadioSelect, empty_label=_("All")
    )

    class Meta:
        model = Organisation
        fields = ["kind", "status"]


class OrganisationIndexView(PlainIndexView):
    """List of organisations."""

    @cached_property
    def columns(self) -> list[Column]:
        """Name, kind, place, status."""
        return [
            self._get_title_column("__str__"),
            Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
            Column("city", label=_("City")),
            Column("status", label=_("Status"), accessor="get_status_display", sort_key="status"),
        ]


class OrganisationSaving(SavingMixin):
    """Saves through the service."""

    request: Any

    def save(self, form: OrganisationForm) -> Organisation:
        """Save the organisation and its topics."""
        topics = form.cleaned_data["topics"]
        return save_organisation(organisation=form.instance, actor=self.request.user, topics=topics)


class OrganisationCreateView(OrganisationSaving, generic.CreateView):
    """New organisation."""

    page_title = _("New organisation")


class OrganisationEditView(OrganisationSaving, generic.EditView):
    """Edit an organisation."""


class OrganisationViewSet(PlainViewSet):
    """Clusters, companies, universities, authorities."""

    model = Organisation
    name = "organisations"
    icon = "group"
    menu_label = _("Organisations")
    menu_name = "organisations"
    menu_order = 330
    add_to_admin_menu = True
    ordering = "name"
    search_fields = ["name_en", "name_ru", "short_name_en", "short_name_ru"]
    search_backend_name = None
    filterset_class = OrganisationFilter
    index_view_class = OrganisationIndexView
    add_view_class = OrganisationCreateView
    edit_view_class = OrganisationEditView
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name_en"), FieldPanel("name_ru")]),
            FieldRowPanel([FieldPanel("short_name_en"), FieldPanel("short_name_ru")]),
            FieldRowPanel([FieldPanel("kind"), FieldPanel("status"), FieldPanel("checked_on")]),
            FieldRowPanel([FieldPanel("city_en"), FieldPanel("city_ru"), FieldPanel("region")]),
            FieldPanel("website"),
            FieldRowPanel([FieldPanel("about_en"), FieldPanel("about_ru")]),
            FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")])], _("On the map")
            ),
        ],
        base_form_class=OrganisationForm,
    )
