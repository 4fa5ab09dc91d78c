"""What hangs and lies in the hall: the screen's address, cards for tables, sheets for participants."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages

from matchmaking.backoffice.scope import ExchangePageMixin
from matchmaking.documents import person_sheets, printable, table_cards
from matchmaking.links import screen_link
from matchmaking.models import Slot
from matchmaking.services.setting_up import renew_screen_address
from matchmaking.services.telling import moment_in_words
from network.paper.printing import CannotPrint, print_pdf
from network.paper.texts import file_name
from network.services import record_audit
from network.web.pages import pdf_response
from network.web.words import day_in_words

CARDS, SHEETS = "cards", "sheets"
SECONDS = 60.0  # a sheet each for some thousands of participants


class PrintForm(forms.Form):
    """What is printed, of which day, and whether names stand on the tables."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[
            (CARDS, gettext_lazy("cards for the tables, A4 to fold")),
            (SHEETS, gettext_lazy("a sheet for each participant with meetings, A5")),
        ],
        widget=forms.RadioSelect,
        initial=CARDS,
    )
    day = forms.ChoiceField(label=gettext_lazy("Day on the cards"), required=False)
    with_names = forms.BooleanField(
        label=gettext_lazy("Names on the cards"),
        required=False,
        help_text=gettext_lazy("Everybody who passes the table reads them."),
    )

    def __init__(self, *args: Any, dates: list[dt.date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].choices = [(date.isoformat(), day_in_words(date)) for date in dates]  # type: ignore[attr-defined]


class HallView(ExchangePageMixin, TemplateView):
    """The address of the hall screen, and a form that prints."""

    template_name = "backoffice/exchange/hall.html"
    page_title = gettext_lazy("Screen and paper")
    section = "backoffice_exchange_hall"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the screen's address and the form."""
        link = f"{settings.BASE_URL}{screen_link(self.exchange)}"
        return {
            **super().get_context_data(**kwargs),
            "screen": link,
            "form": kwargs.pop("form", None) or self._form(),
        }

    def _form(self, data: Any = None) -> PrintForm:
        dates = sorted(set(Slot.objects.filter(exchange=self.exchange).values_list("date", flat=True)))
        today = timezone.localdate(timezone=self.exchange.event.zone)
        ahead = next((date for date in dates if date >= today), dates[-1] if dates else None)
        initial = {"day": ahead.isoformat() if ahead else "", "with_names": self.exchange.screen_names}
        return PrintForm(data, dates=dates, initial=initial)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the PDF, or say why there is none."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        kind, day = form.cleaned_data["kind"], form.cleaned_data["day"]
        document = self._document(kind, day, with_names=form.cleaned_data["with_names"])
        if not document or not document.get("cards", document.get("sheets")):
            form.add_error(
                None, _("There is nothing to print yet: no tables in use, or nobody with a meeting.")
            )
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            content = print_pdf(document, seconds=SECONDS)
        except CannotPrint:
            form.add_error(None, _("The printer of the platform is busy. Press again in a moment."))
            return self.render_to_response(self.get_context_data(form=form), status=503)
        record_audit(
            actor=request.user, action=f"exchange.printed_{kind}", subject=self.exchange,  # type: ignore[arg-type]
            event_id=self.event.pk,
        )  # fmt: skip
        title = _("Tables") if kind == CARDS else _("Participants")
        return pdf_response(
            content, file_name(str(self.event), title, day if kind == CARDS else "", ending="pdf")
        )

    def _document(self, kind: str, day: str, *, with_names: bool) -> dict[str, Any]:
        if kind == CARDS:
            return (
                table_cards(self.exchange, dt.date.fromisoformat(day), with_names=with_names) if day else {}
            )
        now = moment_in_words(timezone.now(), self.event.zone)
        foot = _("As of %(time)s; what changed since stands on your page.") % {"time": now}
        return person_sheets(self.exchange, printable(self.exchange), foot=foot)


class ScreenAddressView(ExchangePageMixin, TemplateView):
    """Asks once, then gives the hall screen a new address."""

    template_name = "backoffice/exchange/screen_address.html"
    page_title = gettext_lazy("New screen address")
    section = "backoffice_exchange_hall"

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the screen."""
        return [{"url": self.url("backoffice_exchange_hall"), "label": _("Screen and paper")}]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Replace the address."""
        renew_screen_address(exchange=self.exchange, actor=request.user)  # type: ignore[arg-type]
        messages.success(request, _("The hall screen has a new address. Open it on each screen anew."))
        return redirect(self.url("backoffice_exchange_hall"))
