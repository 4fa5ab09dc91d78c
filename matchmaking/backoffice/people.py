"""Who takes part, as the matchmaker sees it: meetings a person, who is away, guests taken in at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages

from matchmaking.backoffice.board_forms import slot_label
from matchmaking.backoffice.pages import ActPage, FormPage
from matchmaking.backoffice.scope import ExchangePageMixin
from matchmaking.board import participant
from matchmaking.errors import ExchangeError
from matchmaking.models import Exchange, ExchangeProfile, RunKind, Slot
from matchmaking.queries import timeline_of
from matchmaking.queries_team import clusters, people_counted
from matchmaking.services.desk import take_in
from matchmaking.services.joining import leave_exchange
from matchmaking.services.running import queue_run
from matchmaking.wording import refusal_in_words

PAGE = 50
SECONDS = 60


class AwayForm(forms.Form):
    """From when to when people are not there; a plan without them is sought."""

    begin = forms.TypedChoiceField(label=gettext_lazy("From"), coerce=int)
    end = forms.TypedChoiceField(label=gettext_lazy("To, inclusive"), coerce=int)

    def __init__(self, *args: Any, exchange: Exchange, now: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slots = list(Slot.objects.filter(exchange=exchange, start__gt=now))
        choices = [(str(slot.pk), slot_label(slot, exchange)) for slot in self.slots]
        for name in ("begin", "end"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if choices:
            self.fields["end"].initial = choices[-1][0]

    def clean(self) -> dict[str, Any]:
        """Want the end after the beginning."""
        data = super().clean() or {}
        keys = [slot.pk for slot in self.slots]
        begin, end = data.get("begin"), data.get("end")
        if begin and end and keys.index(end) < keys.index(begin):
            self.add_error("end", _("The end must come after the beginning."))
        return data

    def chosen(self) -> list[int]:
        """Return the keys of the slots."""
        keys = [slot.pk for slot in self.slots]
        data = self.cleaned_data
        return keys[keys.index(data["begin"]) : keys.index(data["end"]) + 1]


class PeopleView(ExchangePageMixin, TemplateView):
    """The participants with their meetings; those marked can be said to be away."""

    template_name = "backoffice/exchange/people.html"
    page_title = gettext_lazy("Participants")
    section = "backoffice_exchange_people"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Read one page of them."""
        words = self.request.GET.get("q", "").strip()[:200]
        alone = bool(self.request.GET.get("alone"))
        rows = people_counted(self.exchange, words=words, alone=alone)
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("page"))
        return {
            **super().get_context_data(**kwargs),
            "page_obj": page,
            "words": words,
            "alone": alone,
            "form": kwargs.pop("form", None) or AwayForm(exchange=self.exchange, now=timezone.now()),
            "marked": self.request.POST.getlist("person"),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Seek a plan in which the marked people are away."""
        form = AwayForm(request.POST, exchange=self.exchange, now=timezone.now())
        codes = [code.upper() for code in request.POST.getlist("person")][:2000]
        people = list(
            ExchangeProfile.objects.filter(exchange=self.exchange, code__in=codes).values_list(
                "pk", flat=True
            )
        )
        if not people:
            form.add_error(None, _("Mark at least one participant."))
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        slots = form.chosen()
        try:
            run = queue_run(
                exchange=self.exchange, actor=request.user, kind=RunKind.REPAIR, seconds=SECONDS,  # type: ignore[arg-type]
                options={"away": {str(key): slots for key in people}},
            )  # fmt: skip
        except ExchangeError as error:
            messages.error(request, refusal_in_words(error))
            return self.render_to_response(self.get_context_data(form=form), status=409)
        said = ngettext(
            "A plan is sought in which %(count)d participant is away. Nobody is moved before you publish it.",
            "A plan is sought in which %(count)d participants are away. Nobody is moved before you publish it.",
            len(people),
        )
        messages.success(request, said % {"count": len(people)})
        return redirect("backoffice_exchange_run", self.event.slug, run.pk)


class PersonView(ExchangePageMixin, TemplateView):
    """A participant's day: meetings, sessions, time kept free."""

    template_name = "backoffice/exchange/person.html"
    section = "backoffice_exchange_people"
    page_title = gettext_lazy("Participant")

    def get_page_title(self) -> str:
        """Name the participant."""
        return self.profile.name

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the list."""
        return [{"url": self.url("backoffice_exchange_people"), "label": _("Participants")}]

    @property
    def profile(self) -> ExchangeProfile:
        """The participant, or 404; read once a page."""
        found: ExchangeProfile | None = self.__dict__.get("_profile")
        if found is None:
            found = participant(self.exchange, self.kwargs["code"])
            self.__dict__["_profile"] = found
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the days."""
        days = [
            (day.date, [(row, row.meeting.other(self.profile) if row.meeting else None) for row in day.rows])
            for day in timeline_of(self.profile)
        ]
        return {**super().get_context_data(**kwargs), "profile": self.profile, "days": days}


class LeaveView(ActPage):
    """Takes a participant out of the exchange."""

    back = "backoffice_exchange_people"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Cancel her meetings and take her out; the others are told."""
        profile = participant(self.exchange, kwargs["code"])
        leave_exchange(profile=profile, actor=request.user)  # type: ignore[arg-type]
        return _("%(name)s is out of the exchange; whom she was to meet is told by mail.") % {
            "name": profile.name
        }


class GuestForm(forms.Form):
    """Somebody who stands at the desk."""

    name = forms.CharField(label=gettext_lazy("Full name"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy(
            "With it she gets letters and can log in. Who is known by it is taken as she is."
        ),
    )
    organisation_name = forms.CharField(label=gettext_lazy("Organisation"), max_length=300, required=False)
    post = forms.CharField(label=gettext_lazy("Post"), max_length=300, required=False)
    cluster = forms.ModelChoiceField(label=gettext_lazy("Cluster"), queryset=None, required=False)
    needs_step_free = forms.BooleanField(label=gettext_lazy("needs step-free access"), required=False)
    is_remote = forms.BooleanField(label=gettext_lazy("takes part on line"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cluster"].queryset = clusters()  # type: ignore[attr-defined]

    def sections(self) -> list[tuple[str, list[list[Any]]]]:
        """Return the fields in rows."""
        rows = (
            ("name", "email"),
            ("organisation_name", "post"),
            ("cluster",),
            ("needs_step_free", "is_remote"),
        )
        return [(_("Somebody new"), [[self[name] for name in row] for row in rows])]


class GuestView(FormPage):
    """Takes a guest into the exchange."""

    page_title = gettext_lazy("Somebody new")
    section = "backoffice_exchange_people"
    button = gettext_lazy("Take in")

    def build(self, data: Any = None) -> GuestForm:
        """Return the form."""
        return GuestForm(data)

    def save(self, form: GuestForm) -> str:
        """Take her in."""
        data = dict(form.cleaned_data)
        self.made = take_in(
            exchange=self.exchange,
            name=data.pop("name"),
            email=data.pop("email"),
            facts=data,
            actor=self.request.user,  # type: ignore[arg-type]
        )
        return _("%(name)s takes part. Now find her a meeting.") % {"name": self.made.name}

    def after(self) -> str:
        """Lead on to a meeting for her, or back."""
        made = self.__dict__.get("made")
        arrange = self.url("backoffice_exchange_arrange")
        return f"{arrange}?one={made.code}" if made else self.url("backoffice_exchange_people")
