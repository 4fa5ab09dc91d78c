"""Keys for programs: the organiser makes them, reads their secret once, and revokes them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from sessions_app.events.models import ApiToken, Event, Scope
from sessions_app.events.permissions import Capability
from sessions_app.events.queries import with_capability
from sessions_app.events.tokens import create_token, revoke_token


class TokenForm(forms.Form):
    """What the key is for, what it opens and how long."""

    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=120,
        help_text=gettext_lazy("For example: scanners of the north gate."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    until = forms.DateField(
        label=gettext_lazy("Valid until the end of"),
        required=False,
        help_text=gettext_lazy("By the event's clocks. Empty: until it is revoked."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event

    def clean_until(self) -> dt.datetime | None:
        """Return the end of that day as a moment; it must lie ahead."""
        date: dt.date | None = self.cleaned_data["until"]
        if date is None:
            return None
        if date.year > 2200:
            raise forms.ValidationError(_("Choose an earlier date."))
        end = dt.datetime.combine(date + dt.timedelta(days=1), dt.time.min, self.event.zone)
        if end <= timezone.now():
            raise forms.ValidationError(_("Choose a date ahead."))
        return end


class TokensView(WagtailAdminTemplateMixin, TemplateView):
    """The event's keys, and the form for a new one."""

    template_name = "backoffice/tokens.html"
    page_title = gettext_lazy("Keys for programs")
    header_icon = "key"
    event: Event

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the event, or answer 404 to those who do not organise it."""
        super().setup(request, *args, **kwargs)
        events = with_capability(request.user, Capability.EDIT_EVENT)  # type: ignore[arg-type]
        self.event = get_object_or_404(events, slug=kwargs["slug"])

    def get_page_subtitle(self) -> str:
        """Name the event."""
        return str(self.event)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the event."""
        event = {"url": reverse("events:edit", args=(self.event.pk,)), "label": str(self.event)}
        return [*self.breadcrumbs_items, event, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List the keys, those in use first."""
        tokens = self.event.api_tokens.select_related("created_by").order_by("revoked_at", "-pk")
        labels = dict(Scope.choices)
        now = timezone.now()
        rows = [
            {
                "token": token,
                "scopes": [labels.get(scope, scope) for scope in token.scopes],
                "over": token.expires_at is not None and token.expires_at <= now,
            }
            for token in tokens
        ]
        rows.sort(key=lambda row: row["token"].revoked_at is not None)
        form = kwargs.pop("form", None) or TokenForm(event=self.event)
        return {**super().get_context_data(**kwargs), "event": self.event, "rows": rows, "form": form}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Revoke a key, or make one and show its secret this once."""
        if "revoke" in request.POST:
            return self._revoke(request.POST["revoke"])
        form = TokenForm(request.POST, event=self.event)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        token, secret = create_token(
            event=self.event,
            actor=request.user,  # type: ignore[arg-type]
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=form.cleaned_data["until"],
        )
        response = self.render_to_response(self.get_context_data(created=token, secret=secret))
        add_never_cache_headers(response)
        return response

    def _revoke(self, key: str) -> HttpResponse:
        pk = int(key) if key.isdecimal() and len(key) < 19 else 0
        token = get_object_or_404(ApiToken, event=self.event, pk=pk)
        revoke_token(token=token, actor=self.request.user)  # type: ignore[arg-type]
        messages.success(self.request, _("The key “%(name)s” opens nothing any more.") % {"name": token.name})
        return redirect("event_tokens", self.event.slug)
