"""What the pages that set registration up have in common: a form that keeps its input, a button that acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages

from network.conflicts import EditConflictError
from sessions_app.registration.backoffice.refusals import in_words
from sessions_app.registration.backoffice.scope import RegistrationPageMixin
from sessions_app.registration.errors import Busy, RegistrationError

BIGGEST_KEY = 2**63 - 1


class FormPage(RegistrationPageMixin, TemplateView):
    """A form whose service may refuse: it says why and keeps what was typed."""

    template_name = "backoffice/registration/form.html"
    button = gettext_lazy("Save")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 404 to numbers that no key can have."""
        if kwargs.get("pk", 0) > BIGGEST_KEY:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def build(self, data: Any = None) -> forms.BaseForm:
        """Return the form, filled with what was sent."""
        raise NotImplementedError

    def save(self, form: Any) -> str:
        """Call the service; return what to say then."""
        raise NotImplementedError

    def after(self) -> str:
        """Return the address that follows."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form."""
        form = kwargs.pop("form", None) or self.build()
        return {
            **super().get_context_data(**kwargs),
            "form": form,
            "button": self.button,
            "back_url": self.after(),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save, or say what stands in the way."""
        form = self.build(request.POST)
        if not self.is_right(form):
            return self.show_again(form)
        try:
            said = self.save(form)
        except EditConflictError as conflict:
            form.tell_conflict(conflict)
            return self.show_again(form, status=409)
        except Busy as error:
            form.add_error(None, in_words(error))
            response = self.show_again(form, status=503)
            response["Retry-After"] = "5"
            return response
        except RegistrationError as error:
            self.refuse(form, error)
            return self.show_again(form)
        if said:
            messages.success(request, said)
        return redirect(self.after())

    def is_right(self, form: Any) -> bool:
        """Tell whether what was sent can be saved."""
        return bool(form.is_valid())

    def refuse(self, form: Any, error: RegistrationError) -> None:
        """Say at the form why the service refused."""
        form.add_error(None, in_words(error))

    def show_again(self, form: Any, *, status: int = 422) -> HttpResponse:
        """Show the form with its errors."""
        return self.render_to_response(self.get_context_data(form=form), status=status)


class ActPage(RegistrationPageMixin, View):
    """A button that changes one thing and leads back to its list."""

    http_method_names = ["post"]
    back = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do it, or say why not."""
        if kwargs.get("pk", 0) > BIGGEST_KEY:
            raise Http404
        try:
            said = self.act(request, kwargs)
        except RegistrationError as error:
            messages.error(request, in_words(error))
        else:
            if said:
                messages.success(request, said)
        return redirect(self.back, self.event.slug)

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Call the service; return what to say then."""
        raise NotImplementedError


def step_of(request: HttpRequest) -> int:
    """Return where the pressed button moves a row: 1 is down, -1 up."""
    return -1 if request.POST.get("step") == "up" else 1


def nothing_moved() -> str:
    """Say that the row stands at the end already."""
    return _("It stands at the end of the list already.")
