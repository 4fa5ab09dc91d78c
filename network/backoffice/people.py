"""People in the back office; takes the place of Wagtail's user administration."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.widgets import BooleanRadioSelect

from network.backoffice.forms import BackofficeForm
from network.backoffice.viewsets import PlainIndexView, PlainViewSet, SavingMixin
from network.editing import save_person
from network.models import Person

ADMINISTER = "network.administer"  # nobody but superusers has it


class PersonForm(BackofficeForm):
    """A person with or without a log-in."""

    locale = forms.ChoiceField(
        label=_("language"), required=False, choices=[("", _("not known")), *settings.LANGUAGES]
    )

    def clean_email(self) -> str | None:
        """Keep an empty e-mail as none, for two people without one are not the same."""
        return self.cleaned_data["email"] or None


class PeopleFilter(WagtailFilterSet):
    """Who may log in, who runs the platform."""

    is_active = django_filters.BooleanFilter(label=_("may log in"), widget=BooleanRadioSelect)
    is_staff = django_filters.BooleanFilter(label=_("operator"), widget=BooleanRadioSelect)

    class Meta:
        model = Person
        fields = ["is_active", "is_staff"]


class PeopleScope:
    """Operators see everybody but superusers; superusers see everybody."""

    request: Any

    def scoped(self) -> QuerySet[Person]:
        """Return the people whom the viewer may edit."""
        people = Person.objects.all()
        return people if self.request.user.is_superuser else people.filter(is_superuser=False)


class PeopleIndexView(PeopleScope, PlainIndexView):
    """List of people."""

    any_permission_required = ["list"]

    def get_base_queryset(self) -> QuerySet[Person]:
        """Return the people the viewer may edit."""
        return self.scoped()

    def get_edit_url(self, instance: Person) -> str:
        """Return the address of the person's form."""
        return reverse(self.edit_url_name, args=(instance.pk,))

    def get_add_url(self) -> str:
        """Return the address of the empty form."""
        return reverse(self.add_url_name)

    @cached_property
    def columns(self) -> list[Column]:
        """Name, e-mail, and what the person may do."""
        return [
            self._get_title_column("name"),
            Column("email", label=_("E-mail"), sort_key="email"),
            BooleanColumn("is_active", label=_("May log in")),
            BooleanColumn("is_staff", label=_("Operator")),
        ]


class PersonSaving(SavingMixin):
    """Saves a person through the service; groups only where the form has them."""

    request: Any

    def save(self, form: PersonForm) -> Person:
        """Save the person and, for superusers, her groups."""
        person = save_person(person=form.instance, actor=self.request.user)
        if "groups" in form.fields:
            form.save_m2m()
        return person


class PersonCreateView(PersonSaving, generic.CreateView):
    """New person."""

    permission_required = "record"
    page_title = _("New person")


class PersonEditView(PeopleScope, PersonSaving, generic.EditView):
    """Edit a person."""

    permission_required = "record"

    def get_queryset(self) -> QuerySet[Person]:
        """Return the people the viewer may edit; others are not found."""
        return self.scoped()


class PeopleViewSet(PlainViewSet):
    """People: one whole name, a Latin form for badges, log-in by e-mail."""

    model = Person
    icon = "user"
    menu_label = _("People")
    menu_name = "people"
    menu_order = 320
    add_to_admin_menu = True
    ordering = "name"
    search_fields = ["name", "name_latin", "email"]
    search_backend_name = None
    filterset_class = PeopleFilter
    index_view_class = PeopleIndexView
    add_view_class = PersonCreateView
    edit_view_class = PersonEditView
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("name_latin")]),
            FieldRowPanel([FieldPanel("email"), FieldPanel("locale")]),
            FieldPanel("is_active"),
            MultiFieldPanel([FieldPanel("biography_en"), FieldPanel("biography_ru")], _("Biography")),
            MultiFieldPanel(
                [
                    FieldPanel("is_staff", permission=ADMINISTER),
                    FieldPanel("is_superuser", permission=ADMINISTER),
                    FieldPanel("groups", permission=ADMINISTER, widget=forms.CheckboxSelectMultiple),
                ],
                _("Rights on the platform"),
                permission=ADMINISTER,
            ),
        ],
        base_form_class=PersonForm,
    )
