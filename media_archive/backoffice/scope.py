"""Whose recordings a page of the back office shows; another event's things are not found."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from media_archive.errors import MediaError
from media_archive.models import Recording
from media_archive.refusals import in_words
from network.models import Person
from sessions_app.events.permissions import Capability
from sessions_app.registration.backoffice import pages
from sessions_app.registration.backoffice.scope import Link, RegistrationPageMixin

PAGES: tuple[tuple[str, Promise], ...] = (
    ("backoffice_recordings", gettext_lazy("Recordings")),
    ("backoffice_results", gettext_lazy("Results and materials")),
)


def title_of(recording: Recording) -> str:
    """Return day and room of a recording in the reader's language."""
    return f"{date_format(recording.date, 'j E Y')}, {recording.place}"


class RecordingsPageMixin(RegistrationPageMixin):
    """A page about the recordings of one of the viewer's events; other events answer 404."""

    capability = Capability.MEDIA
    header_icon = "media"
    section = "backoffice_recordings"
    kwargs: dict[str, Any]

    @property
    def actor(self) -> Person:
        """Who is at work."""
        user = self.request.user
        if not isinstance(user, Person):
            raise Http404
        return user

    def url(self, name: str, *args: Any) -> str:
        """Return the address of a page of the event."""
        return reverse(name, args=(self.event.slug, *args))

    @property
    def hub_url(self) -> str:
        """The list of the event's recordings."""
        return self.url("backoffice_recordings")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back over the event's recordings."""
        trail = [{"url": reverse("backoffice_media"), "label": _("Recordings")}]
        if not getattr(self, "is_hub", False):
            trail.append({"url": self.hub_url, "label": str(self.event)})
        return [*self.breadcrumbs_items, *trail, *self.trail(), {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the links to the archive's pages in the place of registration's."""
        links = [Link(self.url(name), str(label), name == self.section) for name, label in PAGES]
        return {**super().get_context_data(**kwargs), "section_links": links}


class RecordingPageMixin(RecordingsPageMixin):
    """A page about one recording."""

    recording: Recording

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the recording, or answer 404."""
        super().setup(request, *args, **kwargs)
        self.recording = get_object_or_404(
            Recording.objects.select_related("event", "room"), event=self.event, code=kwargs["code"]
        )

    @property
    def recording_url(self) -> str:
        """The recording's own page."""
        return self.url("backoffice_recording", self.recording.code)

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the recording."""
        return [{"url": self.recording_url, "label": title_of(self.recording)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the recording."""
        return {**super().get_context_data(**kwargs), "recording": self.recording}


class FormPage(RecordingsPageMixin, pages.FormPage):
    """A form whose service may refuse: it says why and keeps what was typed."""

    template_name = "backoffice/recordings/form.html"
    form: Any

    def is_right(self, form: Any) -> bool:
        """Tell whether what was sent can be saved; keep it for a refusal."""
        self.form = form
        return super().is_right(form)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save, or say what stands in the way."""
        try:
            return super().post(request, *args, **kwargs)
        except MediaError as error:
            self.form.add_error(None, in_words(error))
            return self.show_again(self.form, status=409)


class ActPage(RecordingsPageMixin, pages.ActPage):
    """Buttons of a page: each changes one thing and leads back."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do it, or say why not."""
        try:
            said = self.act(request, kwargs)
        except MediaError as error:
            messages.error(request, in_words(error))
        else:
            if said:
                messages.success(request, said)
        return redirect(self.where())

    def where(self) -> str:
        """Return the address that follows."""
        return self.hub_url
