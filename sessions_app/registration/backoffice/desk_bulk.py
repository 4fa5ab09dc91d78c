"""A step on many registrations: look once more, then do it; the result names who was refused and why."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages

from sessions_app.events.models import Event
from sessions_app.registration import team_queries
from sessions_app.registration.backoffice.desk_list import wanted_in
from sessions_app.registration.backoffice.desk_words import refusal
from sessions_app.registration.backoffice.scope import RegistrationPageMixin
from sessions_app.registration.models import BulkAction, BulkJob, Category, Registration
from sessions_app.registration.models.messages import MessageKind
from sessions_app.registration.queries import for_team
from sessions_app.registration.services.bulk import AT_ONCE, begin_bulk, free_template, run_bulk
from sessions_app.registration.services.messages import compose_message
from sessions_app.registration.wording import PLACEHOLDERS

MOST = 100_000
SHOWN_REFUSALS = 1_000


class PlainForm(forms.Form):
    """Asks nothing."""

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event

    def options(self) -> dict[str, Any]:
        """Return what the job needs to know."""
        return {}


class DeclineForm(PlainForm):
    """Asks for the reason, which is told."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The person reads it."),
    )

    def options(self) -> dict[str, Any]:
        """Return the reason."""
        return {"reason": self.cleaned_data["reason"]}


class CancelForm(DeclineForm):
    """The reason may stay empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False


class MoveForm(PlainForm):
    """Asks for the category."""

    category = forms.ModelChoiceField(
        label=gettext_lazy("New category"),
        queryset=Category.objects.none(),
        empty_label=gettext_lazy("Choose…"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(event=self.event)  # type: ignore[attr-defined]

    def options(self) -> dict[str, Any]:
        """Return the category's key."""
        return {"category": self.cleaned_data["category"].pk}


class MessageForm(PlainForm):
    """Asks for subject and text in each of the event's languages; one of them is enough."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(settings.LANGUAGES)
        self.languages = [code for code in self.event.languages if code in names] or [settings.LANGUAGE_CODE]
        for code in self.languages:
            self.fields[f"subject_{code}"] = forms.CharField(
                label=_("Subject (%(language)s)") % {"language": _(names[code])},
                max_length=200,
                required=False,
                widget=forms.TextInput(attrs={"lang": code}),
            )
            self.fields[f"body_{code}"] = forms.CharField(
                label=_("Text (%(language)s)") % {"language": _(names[code])},
                max_length=10_000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 8, "lang": code}),
            )

    def clean(self) -> dict[str, Any]:
        """Want subject and text together, in one language at least."""
        data = super().clean() or {}
        whole = 0
        for code in self.languages:
            subject, body = data.get(f"subject_{code}"), data.get(f"body_{code}")
            if bool(subject) != bool(body):
                missing = f"subject_{code}" if body else f"body_{code}"
                self.add_error(missing, _("A message has both a subject and a text."))
            whole += bool(subject and body)
        if not whole and not self.errors:
            raise forms.ValidationError(_("Write the message in one language at least."))
        return data

    def options(self) -> dict[str, Any]:
        """Return the texts by language."""
        found: dict[str, Any] = {}
        for name in ("subject", "body"):
            found[name] = {
                code: self.cleaned_data[f"{name}_{code}"]
                for code in self.languages
                if self.cleaned_data[f"{name}_{code}"]
            }
        return found


FORMS: dict[str, type[PlainForm]] = {
    BulkAction.APPROVE: PlainForm,
    BulkAction.DECLINE: DeclineForm,
    BulkAction.CANCEL: CancelForm,
    BulkAction.MOVE: MoveForm,
    BulkAction.MESSAGE: MessageForm,
}


class BulkView(RegistrationPageMixin, TemplateView):
    """Shows what will be done to how many, asks what it needs, and does it at the second press."""

    template_name = "backoffice/registration/desk_bulk.html"
    page_title = gettext_lazy("Many at once")
    section = "backoffice_registration_list"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer to forms only."""
        return HttpResponseNotAllowed(["POST"])

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the list."""
        return [{"url": self.list_url(), "label": _("Registrations")}]

    def list_url(self, query: str = "") -> str:
        """Return the list's address."""
        address = reverse("backoffice_registration_list", args=(self.event.slug,))
        return f"{address}?{query}" if query else address

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask, preview, or do."""
        data = request.POST
        self.wanted = wanted_in(data.get("query", ""))
        action, step = data.get("action", ""), data.get("step", "")
        rows = self._chosen()
        ids = list(rows.values_list("pk", flat=True)[:MOST])
        if action not in FORMS or not ids:
            text = _("Mark at least one registration.") if action in FORMS else _("Choose what to do.")
            messages.error(request, text)
            return redirect(self.list_url(self.wanted.query()))
        form = FORMS[action](data if step else None, event=self.event)
        if not step or not form.is_valid():
            return self._ask(action, form, len(ids), status=422 if step else 200)
        if data.get("count") != str(len(ids)):
            form.add_error(None, _("The number of registrations has changed meanwhile. Look once more."))
            return self._ask(action, form, len(ids), status=409)
        if step == "preview":
            return self._ask(action, form, len(ids), letters=self._letters(rows, form))
        job, created = begin_bulk(
            event=self.event,
            actor=request.user,  # type: ignore[arg-type]
            action=BulkAction(action),
            ids=ids,
            key=data.get("key", "")[:64] or uuid.uuid4().hex,
            options=form.options(),
        )
        if created and job.total <= AT_ONCE:
            run_bulk(job.pk)
        return redirect("backoffice_registration_job", self.event.slug, job.pk)

    def _chosen(self) -> QuerySet[Registration]:
        viewer: Any = self.request.user
        if self.request.POST.get("all"):
            return team_queries.listing(self.event, viewer, self.wanted)
        codes = [code for code in self.request.POST.getlist("code") if code.isalnum()][:500]
        return for_team(self.event, viewer).filter(code__in=codes).order_by("name", "id")

    def _letters(self, rows: QuerySet[Registration], form: PlainForm) -> list[tuple[str, Any]]:
        """Return language and letter, as the first of those chosen would get it."""
        options = form.options()
        first = rows.select_related("event", "category", "delegation").first()
        if first is None or "body" not in options:
            return []
        template = free_template(self.event, options["subject"], options["body"])
        return [
            (code, compose_message(first, MessageKind.FREE, template=template, language=code))
            for code in options["body"]
        ]

    def _ask(
        self, action: str, form: PlainForm, count: int, *, letters: Any = (), status: int = 200
    ) -> HttpResponse:
        context = self.get_context_data(
            action=action,
            action_label=BulkAction(action).label,
            form=form,
            count=count,
            codes=[] if self.request.POST.get("all") else self.request.POST.getlist("code")[:500],
            takes_all=bool(self.request.POST.get("all")),
            query=self.wanted.query(),
            letters=letters,
            has_preview=action == BulkAction.MESSAGE,
            placeholders=[
                f"{{{name}}}" for name in PLACEHOLDERS if name in ("name", "event", "category", "link")
            ],
            key=self.request.POST.get("key", "")[:64] or uuid.uuid4().hex,
            back_url=self.list_url(self.wanted.query()),
            in_background=count > AT_ONCE,
        )
        return self.render_to_response(context, status=status)


class JobView(RegistrationPageMixin, TemplateView):
    """How far a step has come, and who was refused."""

    template_name = "backoffice/registration/desk_job.html"
    page_title = gettext_lazy("Many at once")
    section = "backoffice_registration_list"

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the list."""
        address = reverse("backoffice_registration_list", args=(self.event.slug,))
        return [{"url": address, "label": _("Registrations")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Read the job of this event."""
        job = get_object_or_404(BulkJob, event=self.event, pk=self.kwargs["job"])
        shown = job.refused[:SHOWN_REFUSALS]
        viewer: Any = self.request.user
        found = for_team(self.event, viewer).filter(code__in=[code for code, _why, _detail in shown])
        names = {registration.code: str(registration) for registration in found}
        refused = [
            {"code": code, "name": names.get(code, code), "why": refusal(why, detail)}
            for code, why, detail in shown
        ]
        more = len(job.refused) - len(refused)
        return {
            **super().get_context_data(**kwargs),
            "job": job,
            "refused": refused,
            "refused_count": len(job.refused),
            "more": ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more}
            if more
            else "",
        }
