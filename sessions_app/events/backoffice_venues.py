"""Venues in the back office, and the dialog in which one is chosen or added."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.permissions import policy_registry

from network.backoffice.choosers import ForChoosers
from network.backoffice.controls import PlainChooser
from network.backoffice.forms import BackofficeForm
from network.backoffice.name_lists import NameFilterForm
from network.backoffice.viewsets import PlainIndexView, PlainViewSet, SavingMixin
from sessions_app.events.forms import one_name
from sessions_app.events.models import Venue
from sessions_app.events.services import save_venue


class VenueForm(BackofficeForm):
    """A venue, with a name in at least one language."""

    def clean(self) -> dict[str, Any]:
        """Ask for a name."""
        return one_name(self, super().clean())


class VenueSaving(SavingMixin):
    """Saves through the service."""

    request: HttpRequest

    def save(self, form: VenueForm) -> Venue:
        """Save the venue."""
        return save_venue(venue=form.instance, actor=self.request.user)


class VenueScope:
    """Only venues that stand in nobody else's events."""

    request: HttpRequest

    def scoped(self) -> QuerySet[Venue]:
        """Return the venues the viewer may edit."""
        policy = policy_registry.get_by_type(Venue)
        return policy.instances_user_has_any_permission_for(self.request.user, ["change"])


class VenueIndexView(VenueScope, PlainIndexView):
    """List of venues."""

    def get_base_queryset(self) -> QuerySet[Venue]:
        """Return the venues the viewer may edit."""
        return self.scoped()

    @cached_property
    def columns(self) -> list[Column]:
        """Name and city."""
        return [self._get_title_column("__str__"), Column("city", label=_("City"))]


class VenueCreateView(VenueSaving, generic.CreateView):
    """New venue."""

    page_title = _("New venue")


class VenueEditView(VenueScope, VenueSaving, generic.EditView):
    """Edit a venue."""

    def get_queryset(self) -> QuerySet[Venue]:
        """Return the venues the viewer may edit; others are not found."""
        return self.scoped()


class VenueViewSet(PlainViewSet):
    """Venues."""

    model = Venue
    name = "venues"
    icon = "home"
    menu_label = _("Venues")
    menu_name = "venues"
    menu_order = 310
    add_to_admin_menu = True
    search_fields = ["name_en", "name_ru", "city_en", "city_ru"]
    search_backend_name = None
    index_view_class = VenueIndexView
    add_view_class = VenueCreateView
    edit_view_class = VenueEditView
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name_en"), FieldPanel("name_ru")]),
            FieldRowPanel([FieldPanel("city_en"), FieldPanel("city_ru")]),
            FieldRowPanel([FieldPanel("address_en"), FieldPanel("address_ru")]),
            FieldPanel("map_url"),
            FieldRowPanel([FieldPanel("access_notes_en"), FieldPanel("access_notes_ru")]),
        ],
        base_form_class=VenueForm,
    )


class NewVenueForm(forms.ModelForm):
    """The least that is needed to name a venue."""

    class Meta:
        model = Venue
        fields = ["name_en", "name_ru", "city_en", "city_ru", "address_en", "address_ru"]

    def clean(self) -> dict[str, Any]:
        """Ask for a name."""
        return one_name(self, super().clean())


class VenueFilterForm(NameFilterForm):
    """By name or city."""

    fields_searched = ("name_en", "name_ru", "city_en", "city_ru")


class VenueResults(ForChoosers):
    """The list in the dialog."""

    filter_form_class = VenueFilterForm

    @property
    def columns(self) -> list[Column]:
        """Name and city."""
        return [*super().columns, Column("city", label=_("City"))]  # type: ignore[misc]


class VenueChooseView(VenueResults, chooser.ChooseView):
    """The dialog."""


class VenueChooseResultsView(VenueResults, chooser.ChooseResultsView):
    """Its list alone."""


class VenueChosenView(ForChoosers, chooser.ChosenView):
    """Answers which one was chosen."""


class VenueChosenMultipleView(ForChoosers, chooser.ChosenMultipleView):
    """Answers which ones were chosen."""


class VenueChooserCreateView(ForChoosers, chooser.CreateView):
    """Its second tab."""

    def save_form(self, form: NewVenueForm) -> Venue:
        """Create the venue through the service."""
        return save_venue(venue=form.save(commit=False), actor=self.request.user)


class VenueChooserViewSet(ChooserViewSet):
    """Choose or add a venue."""

    model = Venue
    icon = "home"
    choose_one_text = _("Choose a venue")
    choose_another_text = _("Choose another venue")
    creation_form_class = NewVenueForm
    create_action_label = _("Add a new venue")
    choose_view_class = VenueChooseView
    choose_results_view_class = VenueChooseResultsView
    chosen_view_class = VenueChosenView
    chosen_multiple_view_class = VenueChosenMultipleView
    create_view_class = VenueChooserCreateView
    base_widget_class = PlainChooser
