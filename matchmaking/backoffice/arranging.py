"""Meetings from a spreadsheet: a look beforehand, then all of them or none."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages

from matchmaking.backoffice.scope import ExchangePageMixin
from matchmaking.services.arranging import MOST_ROWS, Arranged, RowProblem, arrange_many
from network.web.uploads import cleaned_name
from sessions_app.programme.services.uploading import find_upload, forget_upload, keep_upload
from sessions_app.registration.errors import Busy

LARGEST = 2 * 1024 * 1024  # bytes
SHOWN = 200
UPLOAD_KIND = "meetings"

SENTENCES: dict[str, Promise] = {
    "unreadable": gettext_lazy("The file cannot be read: it is no table of CSV or XLSX."),
    "empty": gettext_lazy("The file is empty."),
    "no_columns": gettext_lazy("The first row must name the columns “participant” and “partner”."),
    "too_many": gettext_lazy("At most %(value)s rows are read. Divide the file."),
    "nobody_named": gettext_lazy("A participant is missing in this row."),
    "unknown": gettext_lazy("Nobody in the exchange is “%(value)s”. Write code, e-mail or the whole name."),
    "several": gettext_lazy("Several are called “%(value)s”: write the code or the e-mail."),
    "no_slot": gettext_lazy(
        "No slot begins at “%(value)s”. Write it as 2026-09-14 10:00, on the event's clocks."
    ),
    "no_table": gettext_lazy("There is no table “%(value)s” in use."),
    "met_already": gettext_lazy("These two have a meeting already: %(value)s."),
    "apart": gettext_lazy("These two are kept apart: %(value)s."),
    "no_common_time": gettext_lazy("No free time in common at which a table is left: %(value)s."),
    "taken": gettext_lazy("Not free at that time, or no such table is: %(value)s."),
    "refused": gettext_lazy("This meeting cannot be arranged: %(value)s."),
}


def sentence(problem: RowProblem) -> str:
    """Return the problem in words."""
    return str(SENTENCES[problem.code]) % {"value": problem.value}


class FileForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("File"), widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"})
    )

    def clean_file(self) -> Any:
        """Take no more than the limit."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(
                _("The file has more than %(limit)d MB.") % {"limit": LARGEST // 1024**2}, code="too_large"
            )
        return file


class ImportView(ExchangePageMixin, TemplateView):
    """Choose a file, see what it would do, then do it."""

    template_name = "backoffice/exchange/import.html"
    page_title = gettext_lazy("Meetings from a spreadsheet")
    section = "backoffice_exchange_board"

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the board."""
        return [{"url": self.url("backoffice_exchange_board"), "label": _("Board")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the empty form unless one is given."""
        form = kwargs.pop("form", None) or FileForm()
        return {**super().get_context_data(**kwargs), "form": form, "most": MOST_ROWS}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Preview a file, or arrange what was previewed."""
        try:
            return self._apply(request.POST["token"]) if "token" in request.POST else self._preview(request)
        except Busy:
            messages.error(request, _("Many are booking at this moment, so nothing was arranged. Try again."))
            return self.render_to_response(self.get_context_data(), status=503)

    def _preview(self, request: HttpRequest) -> HttpResponse:
        form = FileForm(request.POST, request.FILES)
        if not form.is_valid():
            status = 413 if form.has_error("file", code="too_large") else 422
            return self.render_to_response(self.get_context_data(form=form), status=status)
        file = form.cleaned_data["file"]
        content, name = file.read(), cleaned_name(file.name, "csv")
        actor: Any = request.user
        found = arrange_many(exchange=self.exchange, data=content, actor=actor, is_trial=True)
        upload = None
        if found.wishes and not found.problems:
            upload = keep_upload(
                event=self.event, person=actor, name=name, format=UPLOAD_KIND, content=content
            )
        return self._show(found, name=name, upload=upload)

    def _show(self, found: Arranged, *, name: str, upload: Any = None) -> HttpResponse:
        context = self.get_context_data(
            found=found,
            problems=[(problem.line, sentence(problem)) for problem in found.problems[:SHOWN]],
            hidden=max(0, len(found.problems) - SHOWN),
            file_name=name,
            upload=upload,
        )
        return self.render_to_response(context, status=422 if found.problems else 200)

    def _apply(self, token: str) -> HttpResponse:
        actor: Any = self.request.user
        upload = find_upload(event=self.event, person=actor, token=token)
        if upload is None or upload.format != UPLOAD_KIND:
            messages.error(
                self.request, _("The preview has expired, nothing was arranged. Choose the file once more.")
            )
            return redirect("backoffice_exchange_import", self.event.slug)
        content = bytes(upload.content)
        found = arrange_many(exchange=self.exchange, data=content, actor=actor, is_trial=False)
        if found.problems:
            return self._show(found, name=upload.name)
        forget_upload(upload=upload)
        count = len(found.wishes)
        said = ngettext(
            "%(count)d meeting is arranged. Both are told by mail.",
            "%(count)d meetings are arranged. Everybody concerned is told by mail.",
            count,
        )
        messages.success(self.request, said % {"count": count})
        return redirect("backoffice_exchange_board", self.event.slug)
