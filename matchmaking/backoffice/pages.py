"""What the exchange's pages have in common: a form that keeps its input, a button that acts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.admin import messages

from matchmaking.backoffice.scope import ExchangePageMixin
from matchmaking.errors import ExchangeError
from matchmaking.wording import refusal_in_words
from sessions_app.registration.backoffice import pages


class FormPage(ExchangePageMixin, pages.FormPage):
    """A form whose service may refuse: it says why and keeps what was typed."""

    template_name = "backoffice/exchange/form.html"
    form: Any

    def is_right(self, form: Any) -> bool:
        """Tell whether what was sent can be saved; keep it for a refusal."""
        self.form = form
        return super().is_right(form)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save, or say what stands in the way."""
        try:
            return super().post(request, *args, **kwargs)
        except ExchangeError as error:
            self.form.add_error(None, refusal_in_words(error))
            return self.show_again(self.form, status=409)


class ActPage(ExchangePageMixin, pages.ActPage):
    """A button that changes one thing and leads back to its list."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do it, or say why not."""
        try:
            return super().post(request, *args, **kwargs)
        except ExchangeError as error:
            messages.error(request, refusal_in_words(error))
            return redirect(self.back, self.event.slug)
