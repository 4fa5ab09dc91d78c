"""Badges, name tents and lists of an event: what is printed, how far it is, the files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from network.paper.printing import CannotPrint
from network.paper.texts import file_name
from network.web.pages import pdf_response
from sessions_app.admission.backoffice.scope import AdmissionPageMixin
from sessions_app.admission.models import BadgeSize, PaperFile, PaperJob, PaperKind
from sessions_app.admission.services.papers import AT_ONCE, begin_paper, run_paper
from sessions_app.events.permissions import Capability
from sessions_app.registration import team_queries
from sessions_app.registration.states import State
from sessions_app.registration.team_queries import Wanted

MOST = 50_000


class PaperForm(forms.Form):
    """What is printed, for whom, and on which paper."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=PaperKind.choices)
    size = forms.ChoiceField(
        label=gettext_lazy("Size of a badge"),
        choices=BadgeSize.choices,
        required=False,
    )
    sheet = forms.ChoiceField(
        label=gettext_lazy("Sheets"),
        choices=[("single", gettext_lazy("one badge a page")), ("a4", gettext_lazy("A4 to cut, both sides"))],
        required=False,
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[
            (State.CONFIRMED.value, gettext_lazy("confirmed")),
            (State.PENDING.value, gettext_lazy("waiting for approval")),
            (State.OFFERED.value, gettext_lazy("offered a place")),
        ],
        required=False,
    )
    q = forms.CharField(
        label=gettext_lazy("Name, organisation or code"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Empty: all of them."),
    )

    def __init__(self, *args: Any, categories: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.slug, str(one)) for one in categories]
        self.fields["category"].choices = [
            (
                "",
                _("all"),
            ),
            *choices,
        ]  # type: ignore[attr-defined]


class PapersView(AdmissionPageMixin, TemplateView):
    """The form, and what was printed in the last day."""

    template_name = "backoffice/admission/papers.html"
    page_title = gettext_lazy("Badges and lists")
    section = "backoffice_papers"
    capabilities = (Capability.REGISTRATION,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add form and jobs."""
        jobs = PaperJob.objects.filter(event=self.event).select_related("actor")[:20]
        form = kwargs.pop("form", None) or self._form()
        return {**super().get_context_data(**kwargs), "form": form, "jobs": list(jobs)}

    def _form(self, data: Any = None) -> PaperForm:
        wanted = self.request.GET
        initial = {name: wanted[name] for name in ("category", "q", "kind") if name in wanted}
        return PaperForm(data, initial=initial, categories=team_queries.categories_of(self.event))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Begin to print."""
        form = self._form(request.POST)
        ids: list[int] = []
        if form.is_valid():
            ids = self._chosen(form.cleaned_data)
            if not ids:
                form.add_error(
                    None, _("Nobody fits: nothing to print. Choose another category, state or name.")
                )
        if not ids:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        data = form.cleaned_data
        job = begin_paper(
            event=self.event,
            actor=request.user,  # type: ignore[arg-type]
            kind=PaperKind(data["kind"]),
            ids=ids,
            size=data["size"] or "105x148",
            sheet=data["sheet"] or "single",
        )
        if job.total <= AT_ONCE:
            try:
                run_paper(job.pk)
            except CannotPrint:
                PaperJob.objects.filter(pk=job.pk).update(has_failed=True)
        return redirect("backoffice_paper", self.event.slug, job.pk)

    def _chosen(self, data: dict[str, Any]) -> list[int]:
        viewer: Any = self.request.user
        code = self.request.POST.get("code", "")
        wanted = Wanted.of(
            {
                "q": data["q"],
                "state": data["state"] or State.CONFIRMED,
                "category": data["category"],
                "sort": "name",
            }
        )
        rows = team_queries.listing(self.event, viewer, wanted)
        if code:
            rows = rows.filter(Q(code=code))
        return list(rows.values_list("pk", flat=True)[:MOST])


class PaperView(AdmissionPageMixin, TemplateView):
    """How far a print job has come, and its files."""

    template_name = "backoffice/admission/paper.html"
    page_title = gettext_lazy("Badges and lists")
    section = "backoffice_papers"
    capabilities = (Capability.REGISTRATION,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Read the job of this event."""
        job = get_object_or_404(PaperJob, event=self.event, pk=self.kwargs["job"])
        return {**super().get_context_data(**kwargs), "job": job, "files": list(job.files.all())}


class PaperFileView(AdmissionPageMixin, View):
    """A printed file, for the team alone."""

    page_title = gettext_lazy("File")
    capabilities = (Capability.REGISTRATION,)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the file as a download."""
        if kwargs["number"] > 2**31 - 1:
            raise Http404
        files = PaperFile.objects.filter(job__event=self.event).select_related("job")
        file = get_object_or_404(files, job=kwargs["job"], number=kwargs["number"])
        try:
            with file.content.open("rb") as opened:
                content = opened.read()
        except FileNotFoundError as error:
            raise Http404 from error
        part = str(file.number) if file.job.total > file.people else ""
        name = file_name(str(self.event), file.job.get_kind_display(), part, ending="pdf")
        return pdf_response(content, name)
