"""The living page of the design system: every component in every state."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cms.design_examples import ExampleForm, context


def design(request: HttpRequest) -> HttpResponse:
    """Show all components to developers, staff and visitors of the demo; 404 for others."""
    if not (settings.DEBUG or settings.DEMO or request.user.is_staff):
        raise Http404
    wrong = ExampleForm({"name": "", "kind": "panel", "email": "elena@"})
    return render(request, "design/index.html", {**context(), "form": ExampleForm(), "wrong_form": wrong})
