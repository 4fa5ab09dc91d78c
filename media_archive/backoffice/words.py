"""Transcripts and slides of a recording: taken in as files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_archive.backoffice.scope import FormPage, RecordingPageMixin
from media_archive.backoffice.word_forms import MarksForm, SlidesForm, TranscriptForm
from media_archive.models import Cut, SlideDeck
from media_archive.services.results import add_deck, mark_slides
from media_archive.services.words import take_transcript
from media_archive.transcripts import clock


class FilePage(RecordingPageMixin, FormPage):
    """A form that takes a file."""

    template_name = "backoffice/recordings/file_form.html"

    def after(self) -> str:
        """Lead back to the recording."""
        return self.recording_url


class TranscriptView(FilePage):
    """Takes a transcript in, of the whole recording or (``?cut=CODE``) of a cut."""

    page_title = gettext_lazy("Transcript")

    def build(self, data: Any = None) -> TranscriptForm:
        """Return the form."""
        form = TranscriptForm(data, self.request.FILES if data is not None else None)
        cuts = Cut.objects.filter(recording=self.recording).order_by("start_ms")
        form.fields["cut"] = forms.ChoiceField(
            label=_("Its times count from"), required=False, initial=self.request.GET.get("cut", ""),
            choices=[("", _("the clock's zero")), *((cut.code, f"{clock(cut.start_ms)[:8]} {cut}") for cut in cuts)],
        )  # fmt: skip
        form.layout = ((_("Transcript"), (("language", "cut"), ("is_original",), ("file",), ("text",))),)
        return form

    def save(self, form: TranscriptForm) -> str:
        """Write it down."""
        data = form.cleaned_data
        cut = Cut.objects.filter(recording=self.recording, code=data["cut"]).first() if data["cut"] else None
        take_transcript(
            recording=self.recording, language=data["language"], lines=data["lines"], is_original=data["is_original"],
            shift_ms=cut.start_ms if cut else 0, end_ms=cut.end_ms if cut else None, actor=self.actor,
        )  # fmt: skip
        return _("Lines taken in: %(n)d.") % {"n": len(data["lines"])}


class SlidesView(FilePage):
    """Takes slides in."""

    page_title = gettext_lazy("Slides")

    def build(self, data: Any = None) -> SlidesForm:
        """Return the form."""
        return SlidesForm(data, self.request.FILES if data is not None else None)

    def save(self, form: SlidesForm) -> str:
        """Keep them, and have them drawn."""
        add_deck(
            recording=self.recording, title=form.cleaned_data["title"], upload=form.cleaned_data["file"],
            actor=self.actor,
        )  # fmt: skip
        return _("The slides are being drawn. Then say from when each page was on the screen.")


class MarksView(FilePage):
    """Says from when each page is on the screen."""

    template_name = "backoffice/recordings/form.html"
    page_title = gettext_lazy("Slides on the time line")

    def build(self, data: Any = None) -> MarksForm:
        """Return the form."""
        self.deck = get_object_or_404(SlideDeck, recording=self.recording, pk=self.kwargs["pk"])
        present = "\n".join(f"{clock(mark.at_ms)} {mark.page}" for mark in self.deck.marks.all())
        return MarksForm(data, pages=self.deck.pages, initial={"marks": present})

    def save(self, form: MarksForm) -> str:
        """Keep the marks."""
        mark_slides(deck=self.deck, marks=form.cleaned_data["marks"], actor=self.actor)
        return _("The slides are on the time line.")
