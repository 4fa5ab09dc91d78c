"""What came of an event: decisions, protocols and reports, by day and session, beside the recordings."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from media_archive.links import media_base, watch_path
from media_archive.models import Access, Cut, Material
from media_archive.pages.watch import session_of
from media_archive.queries.decks import decks_by_cut
from media_archive.queries.elsewhere import elsewhere_of, with_film
from sessions_app.events.models import Event
from sessions_app.programme.pages.reader import Reader, Words
from sessions_app.programme.schedule.model import Role, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionResult:
    """What came of one session."""

    code: str
    title: Words
    url: str
    people: str
    summary: str
    materials: tuple[Material, ...]
    decks: tuple[dict[str, Any], ...]
    watch_url: str
    seconds: float
    elsewhere: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayResult:
    """What came of one day."""

    date: dt.date
    materials: tuple[Material, ...]
    sessions: tuple[SessionResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What came of the event; ``whole`` belongs to no single day."""

    whole: tuple[Material, ...]
    days: tuple[DayResult, ...]


def results_of(event: Event, reader: Reader) -> Results:
    """Return the published results; sessions without any are not named. Five queries at most.

    What belongs to a session that the programme has no more is told with its day, else with the event.
    """
    planned = {session.code for session in reader.planned}
    of_session: dict[str, list[Material]] = defaultdict(list)
    of_day: dict[dt.date, list[Material]] = defaultdict(list)
    whole = []
    for material in Material.objects.filter(event=event, is_published=True).select_related("session"):
        if material.session is not None and material.session.code in planned:
            of_session[material.session.code].append(material)
        elif material.date is not None:
            of_day[material.date].append(material)
        else:
            whole.append(material)
    cuts = {
        cut.code: cut
        for cut in with_film(Cut.objects.filter(event=event)).select_related("recording")
        if cut.is_out() and cut.access != Access.LINK and session_of(cut, reader)
    }
    decks = _decks(cuts.values(), event.slug)
    sessions: dict[dt.date, list[SessionResult]] = defaultdict(list)
    for session in reader.planned:
        cut, materials = cuts.get(session.code), of_session.get(session.code, [])
        slides = decks.get(session.code, ())
        if not materials and not slides and not (cut and cut.summary):
            continue
        sessions[reader.date_of(session)].append(
            SessionResult(
                code=session.code,
                title=reader.words(session.title) or Words(session.code),
                url=reader.addresses.of("programme_session", session.code),
                people=_people(session, reader),
                summary=cut.summary if cut else "",
                materials=tuple(materials),
                decks=slides,
                watch_url=watch_path(event.slug, cut.code) if cut else "",
                seconds=cut.seconds if cut else 0,
                elsewhere=elsewhere_of(cut) if cut else "",
            )
        )
    days = sorted({*of_day, *sessions})
    return Results(
        whole=tuple(whole),
        days=tuple(
            DayResult(date=date, materials=tuple(of_day[date]), sessions=tuple(sessions[date]))
            for date in days
        ),
    )


def _decks(cuts: Iterable[Cut], slug: str) -> dict[str, tuple[dict[str, Any], ...]]:
    """Return the slides of recordings that everybody may watch, by the code of the session."""
    open_cuts = [cut for cut in cuts if cut.access == Access.PUBLIC]
    found = decks_by_cut({cut.recording_id for cut in open_cuts}) if open_cuts else {}
    return {
        cut.code: tuple(
            {
                "title": deck.title,
                "pages": deck.pages,
                "url": f"{media_base(cut, slug=slug)}slides-{deck.pk}.pdf",
            }
            for deck in found[cut.pk]
        )
        for cut in open_cuts
        if cut.pk in found
    }


def _people(session: Session, reader: Reader) -> str:
    """Return all who took part, whoever moderated first."""
    credits = sorted(session.credits, key=lambda credit: credit.role is not Role.MODERATOR)
    keys = dict.fromkeys(credit.person for credit in credits)
    return ", ".join(reader.people[key].name for key in keys if key in reader.people)
