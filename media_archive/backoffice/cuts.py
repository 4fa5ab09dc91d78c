"""One cut: its place on the time line, its viewers, its links, chapters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from media_archive.backoffice.form_parts import LANGUAGES
from media_archive.backoffice.forms import CutForm, LinkForm
from media_archive.backoffice.hints import Moment, applause_of, ends_of, marks_of, near, silences, starts_of
from media_archive.backoffice.scope import ActPage, FormPage, RecordingsPageMixin, title_of
from media_archive.backoffice.waves import path_of
from media_archive.backoffice.word_forms import ChaptersForm
from media_archive.links import watch_path, watch_url
from media_archive.models import Access, CameraFile, Cut, CutLink, CutState
from media_archive.services.cutting import (
    describe_cut,
    make_link,
    move_cut,
    publish_cut,
    remove_cut,
    revoke_link,
    withdraw_cut,
)
from media_archive.services.filming import end_of
from media_archive.services.words import chapters_from_speakers, set_chapters
from media_archive.transcripts import Line, clock
from sessions_app.registration.services.places import one_transaction


class CutPageMixin(RecordingsPageMixin):
    """A page about one cut."""

    cut: Cut

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the cut, or answer 404."""
        super().setup(request, *args, **kwargs)
        self.cut = get_object_or_404(
            Cut.objects.select_related("recording__event", "recording__room", "event"),
            event=self.event,
            code=kwargs["code"],
        )

    @property
    def recording_url(self) -> str:
        """The page of the recording that it is cut out of."""
        return self.url("backoffice_recording", self.cut.recording.code)

    @property
    def cut_url(self) -> str:
        """The cut's own page."""
        return self.url("backoffice_cut", self.cut.code)

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the recording."""
        return [{"url": self.recording_url, "label": title_of(self.cut.recording)}]


class CutView(CutPageMixin, FormPage):
    """Times, viewers and words of a cut on one page; one button saves, another one publishes as well."""

    template_name = "backoffice/recordings/cut.html"

    def get_page_title(self) -> str:
        """Name the cut."""
        return str(self.cut) if self.cut.title else _("The whole day")

    def build(self, data: Any = None) -> CutForm:
        """Return the form."""
        return CutForm(data, cut=self.cut)

    @one_transaction
    def save(self, form: CutForm) -> str:
        """Save all of it, or nothing."""
        data, actor = form.cleaned_data, self.actor
        move_cut(cut=self.cut, start_ms=data["start"], end_ms=data["end"], actor=actor)
        summaries = {code: data[f"summary_{code}"] for code in LANGUAGES}
        describe_cut(cut=self.cut, summaries=summaries, external_url=data["external_url"], actor=actor)
        if "publish" in self.request.POST or self.cut.state == CutState.PUBLISHED:
            publish_cut(
                cut=self.cut, access=Access(data["access"]), categories=data["categories"],
                publish_at=data["publish_at"], actor=actor,
            )  # fmt: skip
            return _("The recording is published.")
        return _("The cut is saved.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the time line with its hints, and the links."""
        context = super().get_context_data(**kwargs)
        recording = self.cut.recording
        end = max(end_of(recording), self.cut.end_ms)
        file = (
            CameraFile.objects.filter(camera__recording=recording, offset_ms__isnull=False, has_sound=True)
            .order_by("-camera__is_sound_master", "offset_ms")
            .first()
        )
        spoken = silences(file) if file is not None else []
        claps = applause_of(file) if file is not None else []
        return {
            **context,
            "cut": self.cut,
            "recording": recording,
            "end_ms": end,
            "wave": path_of(bytes(file.waveform)) if file is not None and file.waveform else "",
            "claps": marks_of(claps, end),
            "hints": [
                ("start", _("Near the start:"), _around(self.cut.start_ms, spoken, ends_of(claps))),
                (
                    "end",
                    _("Near the end:"),
                    _around(self.cut.end_ms, spoken, [*starts_of(claps), *ends_of(claps)]),
                ),
            ],
            "links": list(self.cut.links.all()),
            "watch_url": watch_path(self.event.slug, self.cut.code),
            "new_link": self.request.session.pop(f"cut-link-{self.cut.pk}", ""),
        }

    def after(self) -> str:
        """Stay at the cut."""
        return self.cut_url


def _around(ms: int, spoken: list[Moment], claps: list[Moment]) -> list[Moment]:
    """Return the nearest moments of both kinds: speech is found everywhere, and would leave no place to applause."""
    return [*near(spoken, ms), *near(claps, ms)]


class CutActView(CutPageMixin, ActPage):
    """The buttons of a cut's page."""

    def where(self) -> str:
        """Stay at the cut, unless it is gone."""
        return self.cut_url if Cut.objects.filter(pk=self.cut.pk).exists() else self.recording_url

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Do what the pressed button says."""
        verb, _colon, key = request.POST.get("do", "").partition(":")
        match verb:
            case "withdraw":
                withdraw_cut(cut=self.cut, actor=self.actor, reason=request.POST.get("reason", "")[:300])
                return _("The recording is withdrawn.")
            case "remove":
                remove_cut(cut=self.cut, actor=self.actor)
                return _("The cut is removed; the recording stays.")
            case "revoke" if key.isdecimal() and len(key) < 19:
                revoke_link(link=get_object_or_404(CutLink, cut=self.cut, pk=int(key)), actor=self.actor)
                return _("The link opens nothing any more.")
        raise Http404


class LinkView(CutPageMixin, FormPage):
    """The form of a new link."""

    page_title = gettext_lazy("A link to this recording")
    button = gettext_lazy("Make the link")

    def build(self, data: Any = None) -> LinkForm:
        """Return the form."""
        return LinkForm(data, event=self.event)

    def save(self, form: LinkForm) -> str:
        """Make the link; its address is shown once."""
        _link, secret = make_link(cut=self.cut, actor=self.actor, **form.cleaned_data)
        self.request.session[f"cut-link-{self.cut.pk}"] = (
            f"{watch_url(self.event.slug, self.cut.code)}?key={secret}"
        )
        return ""

    def after(self) -> str:
        """Show it at the cut."""
        return self.cut_url


class ChaptersView(CutPageMixin, FormPage):
    """The chapters of a cut, a list per language."""

    template_name = "backoffice/recordings/chapters.html"
    page_title = gettext_lazy("Chapters")

    def build(self, data: Any = None) -> ChaptersForm:
        """Return the form, filled with what is there, or with who speaks when nothing is."""
        return ChaptersForm(data, initial=self._present())

    def _present(self) -> dict[str, str]:
        cut = self.cut
        found = list(cut.recording.chapters.filter(at_ms__gte=cut.start_ms, at_ms__lt=cut.end_ms))
        if found:
            return {
                f"chapters_{code}": "\n".join(
                    f"{clock(one.at_ms - cut.start_ms)[:8]} {getattr(one, f'title_{code}')}"
                    for one in found
                    if getattr(one, f"title_{code}")
                )
                for code in ("en", "ru")
            }
        if "speakers" in self.request.GET:
            return self._speakers()
        return {}

    def _speakers(self) -> dict[str, str]:
        cut = self.cut
        filled = {}
        for transcript in cut.recording.transcripts.all():
            lines = [
                Line(start - cut.start_ms, end - cut.start_ms, text, speaker)
                for start, end, text, speaker in transcript.cues.filter(
                    start_ms__gte=cut.start_ms, start_ms__lt=cut.end_ms
                ).values_list("start_ms", "end_ms", "text", "speaker")
            ]
            rows = chapters_from_speakers(lines, least_ms=20_000)
            filled[f"chapters_{transcript.language[:2]}"] = "\n".join(
                f"{clock(row.at_ms)[:8]} {row.title}" for row in rows
            )
        if not filled:
            messages.warning(self.request, _("No transcript tells who speaks."))
        return filled

    def save(self, form: ChaptersForm) -> str:
        """Replace the chapters of this cut."""
        rows = {code: form.cleaned_data[f"chapters_{code}"] for code in ("en", "ru")}
        count = set_chapters(
            recording=self.cut.recording, rows=rows, start_ms=self.cut.start_ms, end_ms=self.cut.end_ms,
            actor=self.actor,
        )  # fmt: skip
        return _("Chapters: %(n)d.") % {"n": count}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the cut."""
        return {**super().get_context_data(**kwargs), "cut": self.cut}

    def after(self) -> str:
        """Lead back to the cut."""
        return self.cut_url
