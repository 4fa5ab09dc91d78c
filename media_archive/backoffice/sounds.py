"""The form of a file's sounds: their languages, which are published, and which is heard first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from media_archive.backoffice.form_parts import PlainForm
from media_archive.backoffice.scope import FormPage, RecordingPageMixin
from media_archive.models import CameraFile, Step
from media_archive.queries.sounds import sound_label
from media_archive.services.sounds import Choice, choose_sounds, look_for_sounds
from media_archive.sound_choice import FLOOR, languages_known
from network.web.words import language_name


def language_choices(*more: str) -> list[tuple[str, str]]:
    """Return the languages a sound can be in: the site's first, then the others by name; ``more`` are offered besides."""
    own = [code for code, _name in settings.LANGUAGES]
    others = sorted(({*languages_known(), *more} - {*own, "", FLOOR}), key=language_name)
    return [
        ("", _("not known")),
        (FLOOR, _("the floor: as it is spoken in the hall")),
        *((code, language_name(code)) for code in [*own, *others]),
    ]


@dataclass(frozen=True, slots=True)
class SoundRow:
    """A sound of a file as the recording's page names it."""

    label: str
    is_first: bool
    is_published: bool
    is_silent: bool


def sound_rows(file: CameraFile) -> tuple[SoundRow, ...]:
    """Return the sounds of a file, in the file's order."""
    return tuple(
        SoundRow(
            sound_label(track.language) if track.language else _("not known"),
            track.index == file.first_sound,
            track.is_published,
            bool(track.is_silent),
        )
        for track in file.sound_tracks.all()
    )


class SoundsForm(PlainForm):
    """One section a sound, and which of them is heard first."""

    default = forms.TypedChoiceField(
        label=gettext_lazy("Heard first"), coerce=int,
        help_text=gettext_lazy("It also brings the cameras together. Another one is encoded into the pictures, which takes time."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, file: CameraFile) -> None:
        self.tracks = list(file.sound_tracks.all())
        initial: dict[str, Any] = {"default": file.first_sound}
        for track in self.tracks:
            initial |= {
                f"language_{track.index}": track.language,
                f"published_{track.index}": track.is_published,
            }
        super().__init__(data, initial=initial)
        self.fields["default"].choices = [  # type: ignore[attr-defined]
            (track.index, _("Sound %(n)d") % {"n": track.index + 1}) for track in self.tracks
        ]
        sections: list[tuple[Any, tuple[tuple[str, ...], ...]]] = []
        for track in self.tracks:
            language, published = f"language_{track.index}", f"published_{track.index}"
            self.fields[language] = forms.ChoiceField(
                label=gettext_lazy("Language"), required=False, choices=language_choices(track.language)
            )
            self.fields[published] = forms.BooleanField(
                label=pgettext_lazy("of a sound", "Viewers may choose it"), required=False
            )
            heading = " · ".join(
                filter(
                    None,
                    (
                        _("Sound %(n)d") % {"n": track.index + 1},
                        track.channels,
                        track.title,
                        _("nothing is heard in it, so it is not offered") if track.is_silent else "",
                    ),
                )
            )
            sections.append((heading, ((language, published),)))
        if not self.tracks:
            del self.fields["default"]
            self.layout = (
                (
                    gettext_lazy("The sounds of this file are not known yet. Save to have them looked for."),
                    (),
                ),
            )
            return
        self.layout = ((gettext_lazy("Default"), (("default",),)), *sections)

    def clean(self) -> dict[str, Any]:
        """Let viewers tell the sounds apart: each published language once."""
        data = super().clean() or {}
        seen: set[str] = set()
        for track in self.tracks:
            language = data.get(f"language_{track.index}", "")
            if not (data.get(f"published_{track.index}") or data.get("default") == track.index):
                continue
            if language in seen:
                self.add_error(
                    f"language_{track.index}", _("Another sound that is published has this language.")
                )
            seen.add(language)
        return data

    def choices_made(self) -> dict[int, Choice]:
        """Return what the service takes."""
        data = self.cleaned_data
        return {
            track.index: Choice(data[f"language_{track.index}"], data[f"published_{track.index}"])
            for track in self.tracks
        }


class SoundsView(RecordingPageMixin, FormPage):
    """The sounds of a file; a file without any has no such page."""

    page_title = gettext_lazy("Sounds and languages")

    def build(self, data: Any = None) -> SoundsForm:
        """Return the form."""
        self.file = get_object_or_404(
            CameraFile.objects.select_related("camera__recording"),
            camera__recording=self.recording, pk=self.kwargs["pk"],
        )  # fmt: skip
        if not self.file.has_sound:
            raise Http404
        return SoundsForm(data, file=self.file)

    def save(self, form: SoundsForm) -> str:
        """Save the choice and say what it makes the workers do."""
        if not form.tracks:
            look_for_sounds(file=self.file, actor=self.actor)
            return _("The sounds are being looked for.")
        steps = choose_sounds(
            file=self.file,
            choices=form.choices_made(),
            default=form.cleaned_data["default"],
            actor=self.actor,
        )
        if Step.LADDER in steps:
            return _("Saved. The sounds and the pictures of this file are made again.")
        return _("Saved. The sounds of this file are made again.") if steps else _("Saved.")

    def after(self) -> str:
        """Lead back to the recording."""
        return self.recording_url
