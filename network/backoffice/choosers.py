"""Dialogs in which people and organisations are looked up, or added on the spot."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet

from network.backoffice.controls import PlainChooser
from network.backoffice.name_lists import OrganisationList, PersonFilterForm
from network.backoffice.policies import MAY_CHOOSE, MAY_CHOOSE_PEOPLE, may_choose
from network.editing import save_organisation, save_person
from network.models import Organisation, Person


class ForChoosers:
    """Opens the dialog only to those who name people and organisations in an event."""

    request: HttpRequest
    permission = MAY_CHOOSE

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse everybody else, though she may enter the back office."""
        if not may_choose(request.user, self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def can_create(self) -> bool:
        """Whoever may choose may also add."""
        return may_choose(self.request.user, self.permission)

    def get_edit_item_url(self, instance: Any) -> str | None:
        """Lead nowhere: forms of people and organisations are for operators."""
        return None


class ForPeopleChoosers(ForChoosers):
    """Opens the dialog also to those who only appoint people."""

    permission = MAY_CHOOSE_PEOPLE


class NewPersonForm(forms.ModelForm):
    """The least that is needed to name a person; an e-mail lets her log in."""

    class Meta:
        model = Person
        fields = ["name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("With an e-mail she can log in; without one she is only named.")

    def clean_email(self) -> str | None:
        """Say where to find a person who is already here."""
        email = self.cleaned_data["email"] or None
        if email and Person.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(
                _("A person with this e-mail is here already: search for the e-mail.")
            )
        return email


class NewOrganisationForm(forms.ModelForm):
    """The least that is needed to name an organisation."""

    class Meta:
        model = Organisation
        fields = ["name_en", "name_ru", "kind"]

    def clean(self) -> dict[str, Any]:
        """Ask for a name in one language."""
        data = super().clean() or {}
        if not (data.get("name_en") or data.get("name_ru")):
            raise forms.ValidationError(_("Give the name in at least one language."))
        return data


class PersonResults(ForPeopleChoosers):
    """The list in the dialog: names with the organisations that tell namesakes apart."""

    filter_form_class = PersonFilterForm
    ordering = "name"

    def get_object_list(self) -> QuerySet[Person]:
        """Return active people."""
        return Person.objects.filter(is_active=True).prefetch_related("affiliations__organisation")

    @property
    def columns(self) -> list[Column]:
        """Name and organisations."""
        return [
            *super().columns,  # type: ignore[misc]
            Column(
                "organisations",
                label=_("Organisation"),
                accessor=lambda person: ", ".join(str(tie.organisation) for tie in person.affiliations.all()),
            ),
        ]


class OrganisationResults(ForChoosers, OrganisationList):
    """The list in the dialog."""


class PersonChooseView(PersonResults, chooser.ChooseView):
    """The dialog."""


class PersonChooseResultsView(PersonResults, chooser.ChooseResultsView):
    """Its list alone."""


class PersonCreateView(ForPeopleChoosers, chooser.CreateView):
    """Its second tab."""

    def save_form(self, form: NewPersonForm) -> Person:
        """Create the person through the service."""
        return save_person(person=form.save(commit=False), actor=self.request.user)


class OrganisationChooseView(OrganisationResults, chooser.ChooseView):
    """The dialog."""


class OrganisationChooseResultsView(OrganisationResults, chooser.ChooseResultsView):
    """Its list alone."""


class OrganisationCreateView(ForChoosers, chooser.CreateView):
    """Its second tab."""

    def save_form(self, form: NewOrganisationForm) -> Organisation:
        """Create the organisation through the service."""
        return save_organisation(organisation=form.save(commit=False), actor=self.request.user)


class ChosenView(ForChoosers, chooser.ChosenView):
    """Answers which one was chosen."""


class ChosenMultipleView(ForChoosers, chooser.ChosenMultipleView):
    """Answers which ones were chosen."""


class PersonChosenView(ForPeopleChoosers, chooser.ChosenView):
    """Answers which person was chosen."""


class PersonChosenMultipleView(ForPeopleChoosers, chooser.ChosenMultipleView):
    """Answers which people were chosen."""


class PersonChooserViewSet(ChooserViewSet):
    """Choose or add a person."""

    model = Person
    icon = "user"
    choose_one_text = _("Choose a person")
    choose_another_text = _("Choose another person")
    creation_form_class = NewPersonForm
    create_action_label = _("Add a new person")
    choose_view_class = PersonChooseView
    choose_results_view_class = PersonChooseResultsView
    chosen_view_class = PersonChosenView
    chosen_multiple_view_class = PersonChosenMultipleView
    create_view_class = PersonCreateView
    base_widget_class = PlainChooser


class OrganisationChooserViewSet(ChooserViewSet):
    """Choose or add an organisation."""

    model = Organisation
    icon = "group"
    choose_one_text = _("Choose an organisation")
    choose_another_text = _("Choose another organisation")
    creation_form_class = NewOrganisationForm
    create_action_label = _("Add a new organisation")
    choose_view_class = OrganisationChooseView
    choose_results_view_class = OrganisationChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView
    create_view_class = OrganisationCreateView
    base_widget_class = PlainChooser


person_chooser = PersonChooserViewSet("person_chooser", url_prefix="choose-person")
organisation_chooser = OrganisationChooserViewSet("organisation_chooser", url_prefix="choose-organisation")
