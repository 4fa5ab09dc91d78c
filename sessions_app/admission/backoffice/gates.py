"""Gates and rules of an event in the back office."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from network.backoffice.forms import BackofficeForm
from sessions_app.admission.backoffice.scope import AdmissionPageMixin
from sessions_app.admission.backoffice.words import rule_in_words
from sessions_app.admission.models import Gate, Rule
from sessions_app.admission.services import gates as services
from sessions_app.events.forms import one_name
from sessions_app.registration.backoffice.pages import ActPage, FormPage, nothing_moved, step_of
from sessions_app.registration.backoffice.setup_forms import SetupForm
from sessions_app.registration.models import Category

LANGUAGES = [code for code, _name in settings.LANGUAGES]
# The seats of a session become a quota with the first sign-up; the rule may be made before.
HAS_SEATS = Q(seats__isnull=False) | Q(seat_quota__isnull=False)


class GateForm(SetupForm):
    """A gate's name and room, and whether badges are printed there."""

    groups = (
        (gettext_lazy("Gate"), (("name_en", "name_ru"), ("room",))),
        (gettext_lazy("Badges"), (("badge_size",),)),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = self.event.rooms.all()
        self.fields["room"].empty_label = _("the building")

    def clean(self) -> dict[str, Any]:
        """Ask for a name in one language."""
        return one_name(self, super().clean())

    class Meta(BackofficeForm.Meta):
        model = Gate
        fields: ClassVar[list[str]] = [*(f"name_{code}" for code in LANGUAGES), "room", "badge_size"]


class RuleForm(SetupForm):
    """Who comes in where, when and how often; what is left empty means any."""

    categories = forms.ModelMultipleChoiceField(
        label=gettext_lazy("categories"),
        queryset=Category.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None marked: everybody."),
    )
    groups = (
        (gettext_lazy("Who"), (("categories",), ("session",))),
        (gettext_lazy("Where and when"), (("gate", "day"), ("opens", "closes"))),
        (gettext_lazy("How"), (("mode",), ("checks_document",))),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = self.event
        self.fields["categories"].queryset = Category.objects.filter(event=event)
        if self.instance.pk:
            self.initial["categories"] = [category.pk for category in self.instance.categories.all()]
        choices = {
            "gate": (Gate.objects.filter(event=event), _("any gate")),
            "day": (event.days.all(), _("any day")),
            "session": (event.sessions.filter(HAS_SEATS), _("no seat needed")),
        }
        for name, (rows, empty) in choices.items():
            self.fields[name].queryset, self.fields[name].empty_label = rows, empty
        for name in ("opens", "closes"):
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            self.fields[name].help_text = _("Clock of %(zone)s.") % {"zone": event.timezone}

    class Meta(BackofficeForm.Meta):
        model = Rule
        fields: ClassVar[list[str]] = ["session", "gate", "day", "opens", "closes", "mode", "checks_document"]


class GatesView(AdmissionPageMixin, TemplateView):
    """The gates in order."""

    template_name = "backoffice/admission/gates.html"
    page_title = gettext_lazy("Gates")
    section = "backoffice_gates"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List them."""
        gates = Gate.objects.filter(event=self.event).select_related("room")
        return {**super().get_context_data(**kwargs), "gates": list(gates)}


class RulesView(AdmissionPageMixin, TemplateView):
    """The rules in order, each as a sentence."""

    template_name = "backoffice/admission/rules.html"
    page_title = gettext_lazy("Rules")
    section = "backoffice_rules"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List them."""
        rules = Rule.objects.filter(event=self.event).select_related("gate", "day", "session")
        rows = [(rule, rule_in_words(rule)) for rule in rules.prefetch_related("categories")]
        return {**super().get_context_data(**kwargs), "rules": rows}


class _RowPage(AdmissionPageMixin, FormPage):
    """The form of a gate or a rule."""

    template_name = "backoffice/admission/form.html"
    model: type[Gate] | type[Rule]
    form: type[SetupForm]

    def build(self, data: Any = None) -> SetupForm:
        """Return the form of the row, or of a new one."""
        pk = self.kwargs.get("pk")
        found = get_object_or_404(self.model, event=self.event, pk=pk) if pk else self.model(event=self.event)
        return self.form(data, instance=found)

    def after(self) -> str:
        """Return to the list."""
        return reverse(self.section, args=(self.event.slug,))


class GatePage(_RowPage):
    """The form of a gate."""

    model, form = Gate, GateForm
    section = "backoffice_gates"
    page_title = gettext_lazy("Gate")

    def save(self, form: SetupForm) -> str:
        """Save the gate."""
        gate = services.save_gate(
            gate=form.save(commit=False), actor=self.request.user, seen=form.cleaned_data.get("seen")
        )
        return _("“%(name)s” is saved.") % {"name": gate}


class RulePage(_RowPage):
    """The form of a rule."""

    model, form = Rule, RuleForm
    section = "backoffice_rules"
    page_title = gettext_lazy("Rule of admission")

    def save(self, form: SetupForm) -> str:
        """Save the rule and say what it means now."""
        rule = services.save_rule(
            rule=form.save(commit=False),
            categories=form.cleaned_data["categories"],
            actor=self.request.user,
            seen=form.cleaned_data.get("seen"),
        )
        return rule_in_words(rule)


class ActOnRow(AdmissionPageMixin, ActPage):
    """Moves or deletes a gate or a rule; ``model`` and ``verb`` come from the address's own settings."""

    model: type[Gate] | type[Rule] = Gate
    verb = "move"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Do it."""
        row: Any = get_object_or_404(self.model, event=self.event, pk=kwargs["pk"])
        if self.verb == "move":
            return (
                "" if services.move(row=row, step=step_of(request), actor=request.user) else nothing_moved()
            )
        if isinstance(row, Gate):
            services.delete_gate(gate=row, actor=request.user)
            return _("“%(name)s” is deleted.") % {"name": row}
        services.delete_rule(rule=row, actor=request.user)
        return _("The rule is deleted.")
