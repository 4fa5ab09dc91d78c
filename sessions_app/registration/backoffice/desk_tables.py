"""Registrations as files: export of the list's filter, import with a look beforehand."""

from __future__ import annotations

import tempfile
from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages

from network.web.uploads import cleaned_name
from sessions_app.events.permissions import Capability, may
from sessions_app.programme.backoffice.scope import EventPageMixin, own_events
from sessions_app.programme.services.uploading import find_upload, forget_upload, keep_upload
from sessions_app.registration import team_queries
from sessions_app.registration.backoffice.desk_words import FIELDS
from sessions_app.registration.backoffice.scope import RegistrationPageMixin
from sessions_app.registration.errors import Busy, RegistrationError
from sessions_app.registration.exports import export_rows, file_name
from sessions_app.registration.import_words import sentence
from sessions_app.registration.models import Category, Registration
from sessions_app.registration.services.importing import ImportPlan, ImportRefused, apply_import, plan_import
from sessions_app.registration.states import State
from sessions_app.registration.tables.reading import LARGEST_FILE, Table, read_table
from sessions_app.registration.tables.writing import write_csv, write_xlsx
from sessions_app.registration.team_queries import Wanted

SHOWN_PROBLEMS = 500
SHOWN_EXAMPLES = 20
MEGABYTE = 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRITERS: dict[str, tuple[Any, str]] = {
    "csv": (write_csv, "text/csv; charset=utf-8"),
    "xlsx": (write_xlsx, XLSX),
}
UPLOAD_KIND = "people"


class ExportView(EventPageMixin, View):
    """The list as a file; those who only work at the door get it without contacts and answers."""

    page_title = gettext_lazy("Export")
    capability = Capability.ADMISSION

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the event of those who manage registration or stand at the door."""
        self.capability = Capability.ADMISSION
        if own_events(request, Capability.REGISTRATION).filter(slug=kwargs["slug"]).exists():
            self.capability = Capability.REGISTRATION
        super().setup(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write the file to the disk and answer with it."""
        if kwargs["format"] not in WRITERS:
            raise Http404
        write, media_type = WRITERS[kwargs["format"]]
        viewer: Any = request.user
        sees_contacts = may(viewer, Capability.REGISTRATION, self.event)
        if sees_contacts:
            rows = team_queries.listing(self.event, viewer, Wanted.of(request.GET))
        else:
            rows = Registration.objects.filter(event=self.event, state=State.CONFIRMED).order_by("name", "id")
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        write(export_rows(self.event, rows, with_contacts=sees_contacts), file)
        file.seek(0)
        name = file_name(self.event, kwargs["format"], now=timezone.now())
        response = FileResponse(file, as_attachment=True, filename=name, content_type=media_type)
        response["Cache-Control"] = "private, no-store"
        return response


class ImportForm(forms.Form):
    """The file, and the category of rows that name none."""

    file = forms.FileField(
        label=gettext_lazy("File"), widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"})
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category of rows that name none"),
        queryset=Category.objects.none(),
        required=False,
        empty_label="—",
    )

    def __init__(self, *args: Any, event: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(event=event)  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Take no more than the limit."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(
                _("The file has %(size)d MB; at most %(limit)d MB are taken.")
                % {"size": -(-file.size // MEGABYTE), "limit": LARGEST_FILE // MEGABYTE},
                code="too_large",
            )
        return file


class ImportView(RegistrationPageMixin, TemplateView):
    """Choose a file, see what it would do, then do it."""

    template_name = "backoffice/registration/desk_import.html"
    page_title = gettext_lazy("Import registrations")
    section = "backoffice_registration_list"

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the list."""
        address = reverse("backoffice_registration_list", args=(self.event.slug,))
        return [{"url": address, "label": _("Registrations")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the empty form unless one is given."""
        form = kwargs.pop("form", None) or ImportForm(event=self.event)
        return {**super().get_context_data(**kwargs), "form": form, "limit": LARGEST_FILE // MEGABYTE}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Preview a file, or import the one that was previewed."""
        if "token" in request.POST:
            return self._apply(request.POST["token"])
        form = ImportForm(request.POST, request.FILES, event=self.event)
        if not form.is_valid():
            status = 413 if form.has_error("file", code="too_large") else 422
            return self.render_to_response(self.get_context_data(form=form), status=status)
        file = form.cleaned_data["file"]
        content = file.read()
        table = read_table(content)
        category = form.cleaned_data["category"]
        plan = plan_import(event=self.event, table=table, category=category)
        upload = None
        if not plan.problems and not plan.is_empty:
            upload = keep_upload(
                event=self.event,
                person=request.user,  # type: ignore[arg-type]
                name=f"{category.pk if category else 0}/{cleaned_name(file.name, 'csv')}",
                format=UPLOAD_KIND,
                content=content,
            )
        return self._show(table, plan, upload=upload, name=cleaned_name(file.name, "csv"))

    def _show(
        self, table: Table, plan: ImportPlan, *, upload: Any = None, name: str = "", status: int = 200
    ) -> HttpResponse:
        problems = [(problem.line, sentence(problem)) for problem in plan.problems[:SHOWN_PROBLEMS]]
        context = self.get_context_data(
            plan=plan,
            rows=len(table.lines),
            created=len(plan.created),
            updated=len(plan.updated),
            examples=[
                (registration, [(FIELDS.get(name, name), *pair) for name, pair in changes.items()])
                for registration, changes in plan.updated[:SHOWN_EXAMPLES]
            ],
            newcomers=plan.created[:SHOWN_EXAMPLES],
            problems=problems,
            problem_count=len(plan.problems),
            hidden=max(0, len(plan.problems) - SHOWN_PROBLEMS),
            passed_over=table.passed_over,
            upload=upload,
            file_name=name,
        )
        return self.render_to_response(context, status=422 if plan.problems else status)

    def _apply(self, token: str) -> HttpResponse:
        own_url = redirect("backoffice_registration_import", self.event.slug)
        upload = find_upload(event=self.event, person=self.request.user, token=token)  # type: ignore[arg-type]
        if upload is None or upload.format != UPLOAD_KIND:
            messages.error(
                self.request, _("The preview has expired, nothing was imported. Choose the file once more.")
            )
            return own_url
        key = upload.name.partition("/")[0]
        category = Category.objects.filter(event=self.event, pk=int(key)).first() if key != "0" else None
        table = read_table(bytes(upload.content))
        try:
            plan = apply_import(
                event=self.event,
                table=table,
                actor=self.request.user,  # type: ignore[arg-type]
                category=category,
            )
        except ImportRefused as refused:
            return self._show(table, ImportPlan(problems=list(refused.problems)))
        except Busy:
            return self._busy()
        except RegistrationError:
            messages.error(
                self.request, _("Somebody registered at the same moment. Choose the file once more.")
            )
            return own_url
        forget_upload(upload=upload)
        messages.success(
            self.request,
            _("Imported: %(created)d new, %(updated)d changed. Nobody was written to.")
            % {"created": len(plan.created), "updated": len(plan.updated)},
        )
        return redirect("backoffice_registration_list", self.event.slug)

    def _busy(self) -> HttpResponse:
        messages.error(
            self.request, _("Many are registering at this moment, so nothing was imported. Try again.")
        )
        response = self.render_to_response(self.get_context_data(), status=503)
        response["Retry-After"] = "5"
        return response
