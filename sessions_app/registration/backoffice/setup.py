"""The events whose registration one manages, and when and how each takes registrations."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability
from sessions_app.programme.backoffice.scope import own_events
from sessions_app.registration.backoffice.pages import FormPage
from sessions_app.registration.backoffice.setup_forms import SettingsForm
from sessions_app.registration.errors import RegistrationError, VersionNeeded
from sessions_app.registration.links import trial_path
from sessions_app.registration.models import RegistrationSettings
from sessions_app.registration.queries import opening, settings_of
from sessions_app.registration.services.setting_up import save_settings
from sessions_app.registration.states import LIVE


class RegistrationsView(WagtailAdminTemplateMixin, TemplateView):
    """The events whose registration the viewer manages; straight to it when there is only one."""

    template_name = "backoffice/registration/events.html"
    page_title = gettext_lazy("Registration")
    header_icon = "clipboard-list"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Choose the page."""
        events = list(own_events(request, Capability.REGISTRATION).order_by("-pk")[:2])
        if len(events) == 1:
            return redirect("backoffice_registration", events[0].slug)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List the events, newest first."""
        own = own_events(self.request, Capability.REGISTRATION).values("pk")
        live = Count("registrations", filter=Q(registrations__state__in=sorted(LIVE)))
        events = Event.objects.filter(pk__in=own).annotate(live=live).order_by("-pk")
        return {**super().get_context_data(**kwargs), "events": events}


class SettingsView(FormPage):
    """When the event takes registrations, and the texts around its form."""

    page_title = gettext_lazy("Settings of registration")
    template_name = "backoffice/registration/settings.html"
    section = "backoffice_setup"

    def build(self, data: Any = None) -> SettingsForm:
        """Return the form; an event without settings begins with empty ones."""
        instance = settings_of(self.event) or RegistrationSettings()
        instance.event = self.event
        return SettingsForm(data, instance=instance)

    def save(self, form: SettingsForm) -> str:
        """Save the settings."""
        save_settings(
            settings=form.save(commit=False), actor=self.request.user, seen=form.cleaned_data.get("seen")
        )
        return _("The settings are saved.")

    def refuse(self, form: SettingsForm, error: RegistrationError) -> None:
        """Write the proposed version into the field, so that saving again takes it."""
        if not isinstance(error, VersionNeeded):
            super().refuse(form, error)
            return
        propose_version(form, "consent_version", error)

    def after(self) -> str:
        """Stay: an event is set up in several goes."""
        return reverse("backoffice_setup", args=(self.event.slug,))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Tell how registration stands now."""
        return {
            **super().get_context_data(**kwargs),
            "opening": opening(settings_of(self.event)),
            "try_url": trial_path(self.event),
        }


def propose_version(form: Any, field: str, error: VersionNeeded) -> None:
    """Fill in the proposed version and say so at the field."""
    message = _(
        "The text changed, so it needs a new version. “%(version)s” is proposed; save again to take it."
    )
    form.add_error(field, message % {"version": error.proposal})
    form.data = form.data.copy()
    form.data[form.add_prefix(field)] = error.proposal
