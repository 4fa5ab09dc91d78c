"""The page of one cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from media_archive.links import media_base, watch_path
from media_archive.models import Access, Cut, CutState, Material, Transcript
from media_archive.pages.kept import in_another_language
from media_archive.queries.decks import decks_of
from media_archive.queries.elsewhere import elsewhere_of, site_of, with_film
from media_archive.queries.opening import files_of, name_of_file, rungs_of
from media_archive.queries.playing import Shown, player_data, poster_of, shown, slides_in
from media_archive.queries.said import has_words, words_of
from media_archive.queries.sounds import sound_labels
from media_archive.queries.words import lines_of
from network.web.words import language_name
from sessions_app.programme.pages.reader import NOTHING, Reader, Words
from sessions_app.programme.pages.rows import PersonRow, kind_name
from sessions_app.programme.pages.session import people_of
from sessions_app.programme.schedule.model import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file that the viewer may keep; ``size`` in bytes, 0 when it is not known."""

    title: str
    url: str
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another recording that may be of interest; ``is_part`` where all of it is in the one that is watched."""

    title: Words
    url: str
    poster: str
    seconds: float
    why: str
    elsewhere: str
    is_part: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPage:
    """What the page shows; ``player`` is None where there is nothing to play here.

    ``elsewhere`` is the other site on which alone it can be watched.
    """

    cut: Cut
    title: Words
    kind: str
    room: str
    people: tuple[PersonRow, ...]
    session_url: str
    player: dict[str, Any] | None
    elsewhere: str
    chapters: list[dict[str, Any]]
    poster: str
    plain_file: str
    transcript: dict[str, Any] | None
    transcripts: list[dict[str, Any]]
    materials: list[Material]
    of_the_day: list[Material]
    decks: list[dict[str, Any]]
    downloads: list[Download] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)

    @property
    def follows(self) -> Related | None:
        """What is offered at the end: whoever has seen a whole day has seen its sessions."""
        return next((one for one in self.related if not one.is_part), None)


def title_of(cut: Cut, reader: Reader) -> Words:
    """Return what a cut is called: as the newest release calls its session, else as when it was cut."""
    session = session_of(cut, reader)
    if session is not None:
        return reader.words(session.title) or Words(session.code)
    return Words(cut.title) if cut.title else Words(_("The whole day"))


def session_of(cut: Cut, reader: Reader) -> Session | None:
    """Return the cut's session in the newest release; None for whole days."""
    if cut.session_id is None and not cut.title:
        return None
    return reader.by_code.get(cut.code) or reader.removed_by_code.get(cut.code)


def watch_page(
    cut: Cut, reader: Reader, *, key: str, kept: Mapping[str, str] | None = None, second: str = ""
) -> WatchPage:
    """Return the page of a cut; ``key`` opens its media.

    ``kept`` and ``second`` are what the address asks for (``media_archive.pages.kept``): the transcript's language,
    words to be found in it, and a place.
    """
    kept = kept or {}
    slug = reader.schedule.slug
    view = shown(cut, slug=slug, key=key)
    session = session_of(cut, reader)
    title = title_of(cut, reader)
    transcripts = list(cut.recording.transcripts.all())
    chosen = next(
        (one for one in transcripts if one.language == kept.get("transcript")), None
    ) or _first_choice(transcripts, reader.language)
    filmed = view.filmed
    chapters = chapters_of(cut)
    materials = materials_of(cut)
    player = (
        player_data(
            view,
            title=title.text,
            chapters=chapters,
            transcripts=transcripts,
            slides=_slides(cut, view.base),
        )
        if filmed
        else None
    )
    return WatchPage(
        cut=cut,
        title=title,
        kind=kind_name(session.kind) if session else "",
        room=cut.recording.place,
        people=people_of(session, reader) if session else (),
        session_url=reader.addresses.of("programme_session", session.code) if session else "",
        player=player,
        elsewhere="" if filmed else site_of(cut.external_url),
        chapters=chapters,
        poster=poster_of(view),
        plain_file=_plain_file(view),
        transcript=_transcript(cut, chosen, title.text, kept.get("find", "")) if chosen else None,
        transcripts=[
            {
                "language": one.language,
                "label": language_name(one.language),
                "address": in_another_language(one.language, kept, second),
                "is_current": one is chosen,
            }
            for one in transcripts
        ],
        materials=[one for one in materials if one.session_id is not None or cut.session_id is None],
        of_the_day=[one for one in materials if one.session_id is None and cut.session_id is not None],
        decks=_decks(cut, view.base),
        downloads=_downloads(view, transcripts),
        related=_related(cut, reader, session),
    )


def _first_choice(transcripts: list[Transcript], language: str) -> Transcript | None:
    return next(
        (one for one in transcripts if one.language[:2] == language), transcripts[0] if transcripts else None
    )


def chapters_of(cut: Cut) -> list[dict[str, Any]]:
    """Return the chapters of the cut; the one under way at its start begins with it."""
    found = [chapter for chapter in cut.recording.chapters.all() if chapter.at_ms < cut.end_ms]
    before = [chapter for chapter in found if chapter.at_ms <= cut.start_ms][-1:]
    inside = [chapter for chapter in found if chapter.at_ms > cut.start_ms]
    # A chapter of the session before is no chapter of this one, unless it is the whole day's.
    kept = [one for one in before if one.at_ms == cut.start_ms or cut.session_id is None]
    return [
        {"start": max(0, one.at_ms - cut.start_ms) / 1000, "title": one.title} for one in [*kept, *inside]
    ]


def _slides(cut: Cut, base: str) -> list[dict[str, Any]]:
    return [
        {
            "start": max(0, mark.at_ms - cut.start_ms) / 1000,
            "image": f"{base}slides-{mark.deck_id}-{mark.page}.jpg",
            "title": _("%(deck)s, page %(page)d") % {"deck": mark.deck.title, "page": mark.page},
            "deck": mark.deck.title,
            "page": mark.page,
        }
        for mark in slides_in(cut)
    ]


def _decks(cut: Cut, base: str) -> list[dict[str, Any]]:
    return [
        {"title": deck.title, "pages": deck.pages, "url": f"{base}slides-{deck.pk}.pdf"}
        for deck in decks_of(cut)
    ]


def _transcript(cut: Cut, transcript: Transcript, title: str, find: str) -> dict[str, Any]:
    words = words_of(find)
    return {
        "language": transcript.language,
        "title": title,
        "find": find,
        "lines": [
            {
                "start": max(0, line.start_ms - cut.start_ms) / 1000,
                "end": (min(line.end_ms, cut.end_ms) - cut.start_ms) / 1000,
                "text": line.text,
                "speaker": line.speaker,
                "is_found": has_words(line.text, words),
            }
            for line in lines_of(transcript, cut)
        ],
    }


def _plain_file(view: Shown) -> str:
    """Return the address of a file for readers without script: a small picture of the camera that is heard.

    Where that one's parts cannot be joined, of the camera of which a file shows most.
    """
    best, address = -1, ""
    for camera in sorted(view.filmed, key=lambda camera: not camera.is_sound_master):
        names = [name for name, found in rungs_of(camera).items() if found[0][1].height]
        files = files_of(view.cut, rungs_of(camera)[names[-1]], names[-1]) if names else []
        if not files:
            continue
        filmed = round(files[0].film.filmed)
        if filmed > best:
            best, address = filmed, f"{view.base}{camera.number}/{name_of_file(names[-1], files, files[0])}"
        if camera.is_sound_master and len(files) == 1:
            break
    return address


def _downloads(view: Shown, transcripts: Iterable[Transcript]) -> list[Download]:
    found = []
    languages = {
        (camera.number, name): label
        for camera in view.filmed
        for name, label in sound_labels(view.cut, camera)
    }
    for camera in view.filmed:
        for name, files in rungs_of(camera).items():
            is_sound = name.startswith("sound")
            if is_sound and not camera.is_sound_master:
                continue
            parts = files_of(view.cut, files, name)
            for one in parts:
                part = _(", part %(n)d") % {"n": one.parts[0]} if len(parts) > 1 else ""
                words = (
                    _sound_words(languages.get((camera.number, name)))
                    if is_sound
                    else _("Camera %(n)d, %(height)dp") % {"n": camera.number, "height": files[0][1].height}
                )
                found.append(
                    Download(
                        title=f"{words}{part}",
                        url=f"{view.base}{camera.number}/{name_of_file(name, parts, one)}?download",
                        size=one.film.size,
                    )
                )
    for transcript in transcripts:
        for form, words in (("vtt", "WebVTT"), ("srt", "SRT"), ("txt", _("plain text"))):
            found.append(
                Download(
                    title=_("Transcript, %(language)s, %(form)s")
                    % {"language": language_name(transcript.language), "form": words},
                    url=f"{view.base}captions-{transcript.language}.{form}?download",
                )
            )
    return found


def _sound_words(language: str | None) -> str:
    return _("Sound alone, %(language)s") % {"language": language} if language else _("Sound alone")


def materials_of(cut: Cut) -> list[Material]:
    """Return the published materials of the cut's session, and of its day and event; of the day alone where it is the day."""
    found = Material.objects.filter(event=cut.event_id, is_published=True)
    of_day = Q(session=None, date=cut.recording.date)
    if cut.session_id is not None:
        return list(found.filter(of_day | Q(session=cut.session_id) | Q(session=None, date=None)))
    return list(found.filter(of_day))


def _related(cut: Cut, reader: Reader, session: Session | None) -> list[Related]:
    """Return up to four other public recordings of the event.

    First the one that follows in the same room, then those of the same people, the same track and the same day.
    """
    others = [
        other
        for other in with_film(
            Cut.objects.filter(event=cut.event_id, state=CutState.PUBLISHED, access=Access.PUBLIC)
        ).select_related("recording")
        if other.pk != cut.pk and other.is_out()
    ]
    later = [
        one
        for one in others
        if one.recording_id == cut.recording_id and one.start_ms > cut.start_ms and one.end_ms > cut.end_ms
    ]
    follower = min(later, key=lambda one: one.start_ms, default=None)
    people = {credit.person for credit in session.credits} if session else set()
    ranked = []
    for other in others:
        if other is follower:
            ranked.append((-1, _("next in the same room"), other))
            continue
        its = session_of(other, reader)
        shared = people & ({credit.person for credit in its.credits} if its else set())
        if shared:
            why = reader.people[next(iter(sorted(shared)))].name
            ranked.append((0, why, other))
        elif session and its and session.track and session.track == its.track:
            ranked.append((1, reader.words(reader.tracks[session.track].name).text, other))
        elif other.recording.date == cut.recording.date:
            ranked.append((2, _("the same day"), other))
    ranked.sort(key=lambda item: (item[0], abs(item[2].start_ms - cut.start_ms)))
    return [
        Related(
            title=title_of(other, reader) if other else NOTHING,
            url=watch_path(reader.schedule.slug, other.code),
            poster=f"{media_base(other, slug=reader.schedule.slug)}poster.jpg"
            if vars(other)["has_poster"]
            else "",
            seconds=other.seconds,
            why=why,
            elsewhere=elsewhere_of(other),
            is_part=other.recording_id == cut.recording_id
            and cut.start_ms <= other.start_ms < other.end_ms <= cut.end_ms,
        )
        for _rank, why, other in ranked[:4]
    ]
