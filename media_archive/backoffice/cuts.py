"""One cut: its place on the time line, its viewers, its links, chapters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csp import csp_override
from wagtail.admin import messages

from media_archive.backoffice.form_parts import LANGUAGES
from media_archive.backoffice.forms import CutForm, LinkForm, PublishForm
from media_archive.backoffice.hints import Moment, applause_of, ends_of, marks_of, near, silences, starts_of
from media_archive.backoffice.scope import (
    ActPage,
    FormPage,
    RecordingPageMixin,
    RecordingsPageMixin,
    title_of,
)
from media_archive.backoffice.waves import day_of
from media_archive.backoffice.word_forms import ChaptersForm, Times
from media_archive.chapters import agenda_in
from media_archive.links import watch_path, watch_url
from media_archive.models import Access, Cut, CutLink, CutState
from media_archive.policies import CUT_CSP
from media_archive.services.cutting import (
    describe_cut,
    make_link,
    move_cut,
    publish_cut,
    remove_cut,
    revoke_link,
    withdraw_cut,
)
from media_archive.services.words import chapters_from_speakers, set_chapters
from media_archive.transcripts import Line, clock
from sessions_app.registration.services.places import one_transaction

# By how many seconds a button moves an end, and what it says.
NUDGES = (
    ("-10", gettext_lazy("−10 s")), ("-1", gettext_lazy("−1 s")), ("-0.1", gettext_lazy("−0.1 s")),
    ("0.1", gettext_lazy("+0.1 s")), ("1", gettext_lazy("+1 s")), ("10", gettext_lazy("+10 s")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edge:
    """The start or the end of a cut: the field that holds it, and moments near it that are offered."""

    field: str
    name: str
    moments: list[Moment]


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


@method_decorator(csp_override(CUT_CSP), name="dispatch")
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
        cuts = list(recording.cuts.all())
        day = day_of(recording, cuts)
        spoken = silences(day.wave)
        claps = applause_of(day.files)
        earlier, later = self._neighbours(cuts)
        return {
            **context,
            "cut": self.cut,
            "recording": recording,
            "day": day,
            "claps": marks_of(claps, day.end_ms),
            "clap_times": json.dumps(claps),
            "nudges": NUDGES,
            "ends": [
                Edge("start", _("Start"), _around(self.cut.start_ms, spoken, ends_of(claps))),
                Edge("end", _("End"), _around(self.cut.end_ms, spoken, [*starts_of(claps), *ends_of(claps)])),
            ],
            "earlier": earlier,
            "later": later,
            "links": list(self.cut.links.all()),
            "watch_url": watch_path(self.event.slug, self.cut.code),
            "new_link": self.request.session.pop(f"cut-link-{self.cut.pk}", ""),
        }

    def _neighbours(self, cuts: list[Cut]) -> tuple[Cut | None, Cut | None]:
        """Return the sessions before and behind this one on the day; the whole day stands before all."""
        here = (self.cut.start_ms if self.cut.title else -1, self.cut.pk)
        sessions = [(cut.start_ms, cut.pk, cut) for cut in cuts if cut.title and cut.pk != self.cut.pk]
        before = [cut for start, key, cut in sessions if (start, key) < here]
        behind = [cut for start, key, cut in sessions if (start, key) > here]
        return before[-1] if before else None, behind[0] if behind else None

    def after(self) -> str:
        """Stay at the cut, or go on to the next one."""
        if "next" in self.request.POST:
            _earlier, later = self._neighbours(list(self.cut.recording.cuts.all()))
            if later is not None:
                return self.url("backoffice_cut", later.code)
        return self.cut_url


def _around(ms: int, spoken: list[Moment], claps: list[Moment]) -> list[Moment]:
    """Return the nearest moments of both kinds: speech is found everywhere, and would leave no place to applause."""
    return [*near(spoken, ms), *near(claps, ms)]


class PublishView(RecordingPageMixin, FormPage):
    """Publishes several cuts of a day at once."""

    page_title = gettext_lazy("Publish cuts")
    button = gettext_lazy("Publish")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, or lead back when all is published."""
        if not self.recording.cuts.exclude(state=CutState.PUBLISHED).exists():
            return redirect(self.recording_url)
        return super().get(request, *args, **kwargs)

    def build(self, data: Any = None) -> PublishForm:
        """Return the form."""
        return PublishForm(data, recording=self.recording)

    @one_transaction
    def save(self, form: PublishForm) -> str:
        """Publish all of them, or none."""
        data = form.cleaned_data
        for cut in data["cuts"]:
            publish_cut(
                cut=cut, access=Access(data["access"]), categories=data["categories"],
                publish_at=data["publish_at"], actor=self.actor,
            )  # fmt: skip
        count = len(data["cuts"])
        return ngettext("%(n)d recording is published.", "%(n)d recordings are published.", count) % {
            "n": count
        }

    def after(self) -> str:
        """Lead back to the recording."""
        return self.recording_url


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
        begin = self.cut.starts_at.astimezone(self.event.zone)
        return ChaptersForm(data, initial=self._present(), begin=begin)

    def _present(self) -> dict[str, str]:
        if "speakers" in self.request.GET:
            return self._speakers()
        if "agenda" in self.request.GET:
            return self._agenda()
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
        return {}

    def _agenda(self) -> dict[str, str]:
        """Return the times that the session's description tells; for the whole day, its sessions."""
        session = self.cut.session
        filled = {"times": Times.WALL.value}
        for code in LANGUAGES:
            if session is not None:
                rows = agenda_in(getattr(session, f"description_{code}") or "")
            else:
                rows = self._sessions(code)
            if rows:
                filled[f"chapters_{code}"] = rows
        if len(filled) == 1:
            messages.warning(self.request, _("No line of the session's description begins with a time."))
            return {}
        return filled

    def _sessions(self, language: str) -> str:
        zone = self.event.zone
        cuts = self.cut.recording.cuts.filter(session__isnull=False).select_related("session", "recording")
        return "\n".join(
            f"{cut.starts_at.astimezone(zone):%H:%M:%S} {getattr(cut.session, f'title_{language}') or cut.title}"
            for cut in cuts
        )

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
