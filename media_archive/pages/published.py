"""What the world is told of recordings that everybody may watch: for feeds, search engines, programs, other sites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from media_archive.links import media_base, watch_url
from media_archive.models import Camera, CameraFile, Cut, Recording, Rendition, Transcript
from media_archive.pages.watch import chapters_of, session_of, title_of
from media_archive.queries.opening import files_of, name_of_file, rungs_of
from media_archive.queries.playing import Shown, poster_of
from media_archive.queries.visible import public_cuts
from sessions_app.events.models import Event
from sessions_app.programme.pages.reader import Reader, Words
from sessions_app.programme.schedule import texts
from sessions_app.programme.schedule.model import Credit, Session

DESCRIPTION = 4000  # characters


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A camera's part of the cut as one file; ``bits`` a second on average, ``size`` in bytes.

    ``filmed`` seconds of it were filmed, the rest stands still; ``is_all`` where the camera has nothing more of the cut.
    """

    url: str
    kind: str
    size: int
    seconds: float
    camera: Camera
    height: int
    filmed: float
    is_all: bool

    @property
    def is_heard(self) -> bool:
        """Tell whether it has all that is heard of the cut; others only take its place where its parts cannot be joined."""
        return self.is_all and self.camera.is_sound_master

    @property
    def bits(self) -> int:
        """How many bits a second has."""
        return round(8 * self.size / self.seconds) if self.seconds else 0


@dataclass(frozen=True)
class Published:
    """A recording that everybody may watch, in the words of one reader."""

    cut: Cut
    reader: Reader

    @property
    def slug(self) -> str:
        """The event's address."""
        return self.reader.schedule.slug

    @cached_property
    def session(self) -> Session | None:
        """Its session in the newest release."""
        return session_of(self.cut, self.reader)

    @cached_property
    def title(self) -> Words:
        """What it is called."""
        return title_of(self.cut, self.reader)

    @property
    def page(self) -> str:
        """The whole address of its page."""
        return watch_url(self.slug, self.cut.code)

    @property
    def base(self) -> str:
        """The whole address below which its media lie."""
        return f"{settings.BASE_URL}{media_base(self.cut, slug=self.slug)}"

    @cached_property
    def description(self) -> str:
        """What it is about, plain; what came of it goes before what was announced."""
        announced = texts.as_plain(self.reader.words(self.session.abstract).text) if self.session else ""
        return (self.cut.summary or announced or self.title.text)[:DESCRIPTION]

    @property
    def published_at(self) -> Any:
        """When viewers first could see it, as far as that is known."""
        return self.cut.publish_at or self.cut.updated_at

    @cached_property
    def cameras(self) -> list[Camera]:
        """The cameras that show anything of it."""
        return Shown(self.cut, self.base, tuple(self.cut.recording.cameras.all())).filmed

    @cached_property
    def poster(self) -> str:
        """The address of its picture, or nothing."""
        return poster_of(Shown(self.cut, self.base, tuple(self.cut.recording.cameras.all())))

    @property
    def elsewhere(self) -> str:
        """The address of the recording on another site, where no film of it lies here; else nothing."""
        return "" if self.cameras else self.cut.external_url

    @cached_property
    def chapters(self) -> list[dict[str, Any]]:
        """Its parts: start in seconds, and title."""
        return chapters_of(self.cut)

    @property
    def transcripts(self) -> list[Transcript]:
        """What is said in it, by language."""
        return list(self.cut.recording.transcripts.all())

    @cached_property
    def files(self) -> list[MediaFile]:
        """All that it can be loaded as; several for a camera whose parts cannot be joined."""
        return list(self._files())

    def _files(self) -> Iterable[MediaFile]:
        for camera in self.cameras:
            for name, found in rungs_of(camera).items():
                is_sound = name.startswith("sound")
                files = files_of(self.cut, found, name)
                for one in files:
                    yield MediaFile(
                        url=f"{self.base}{camera.number}/{name_of_file(name, files, one)}",
                        kind="audio/mp4" if is_sound else "video/mp4",
                        size=one.film.size,
                        seconds=one.film.seconds,
                        camera=camera,
                        height=0 if is_sound else found[0][1].height,
                        filmed=one.film.filmed,
                        is_all=len(files) == 1,
                    )

    @cached_property
    def sound(self) -> MediaFile | None:
        """The file of what is heard, if there is one."""
        return min(
            (file for file in self.files if not file.height),
            key=lambda file: (
                not file.is_heard,
                0 if file.is_heard else -round(file.filmed),
                not file.camera.is_sound_master,
            ),
            default=None,
        )

    @cached_property
    def picture(self) -> MediaFile | None:
        """A file with a picture: of the camera that is heard, the smallest of at least 360 lines."""
        return min(
            (file for file in self.files if file.height),
            key=lambda file: (
                not file.is_heard,
                0 if file.is_heard else -round(file.filmed),
                file.height < 360,
                file.height,
            ),
            default=None,
        )

    @property
    def seconds(self) -> float:
        """How long the file is that the world is given of it; else how long it is."""
        main = self.sound or self.picture
        return main.seconds if main is not None else self.cut.seconds

    @property
    def credits(self) -> list[tuple[str, Credit]]:
        """Name and part of each person of its session, each once."""
        if self.session is None:
            return []
        found: dict[str, Credit] = {}
        for credit in self.session.credits:
            if credit.person in self.reader.people:
                found.setdefault(credit.person, credit)
        return [(self.reader.people[key].name, credit) for key, credit in found.items()]


def with_media(cuts: QuerySet[Cut]) -> QuerySet[Cut]:
    """Fetch what ``Published`` tells along with the cuts; eight queries, whatever their number."""
    files = CameraFile.objects.filter(offset_ms__isnull=False, duration_ms__isnull=False).defer("waveform")
    return cuts.prefetch_related(
        Prefetch("recording", Recording.objects.select_related("room")),
        "recording__chapters",
        "recording__transcripts",
        "recording__cameras",
        Prefetch("recording__cameras__files", files.order_by("offset_ms")),
        Prefetch("recording__cameras__files__renditions", Rendition.objects.all()),
        "recording__cameras__files__sound_tracks",
    )


def published(event: Event, reader: Reader, *, codes: Iterable[str] | None = None) -> list[Published]:
    """Return what everybody may watch of an event, the newest first, of sessions that are held."""
    found = public_cuts().filter(event=event).order_by("-recording__date", "-start_ms", "pk")
    if codes is not None:
        found = found.filter(code__in=list(codes))
    return [Published(cut, reader) for cut in with_media(found)]
