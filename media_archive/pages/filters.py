"""Filters of recordings: by event, day, topic, kind, language, person and organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.formats import date_format

from media_archive.models import Cut
from media_archive.pages.watch import session_of
from media_archive.queries.said import words_of
from media_archive.queries.sounds import published_languages
from network.localised import localised
from network.web.words import language_name
from sessions_app.events.models import Event
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.pages.rows import kind_name, organisation_of

FILTERS = ("event", "day", "track", "kind", "language", "person", "organisation")
LONGEST_FILTER = 100

type Values = dict[str, dict[str, str]]
"""The values of a cut, or of many, with their words, by the name of the filter."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: words and, by name, the values of filters; empty ones do not count."""

    question: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        """The words, folded."""
        return words_of(self.question)

    def __bool__(self) -> bool:
        return bool(self.question.strip() or self.filters)

    def address(self, *, without: str = "") -> str:
        """Return the query of an address that asks for the same, save for one filter."""
        kept = {name: value for name, value in self.filters.items() if name != without}
        return urlencode({"q": self.question, **kept} if self.question else kept)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter; ``count`` is the number of recordings that have it and pass the other filters."""

    value: str
    title: str
    is_chosen: bool
    count: int


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with the values that occur; ``rest`` is the query of an address without it."""

    name: str
    choices: tuple[Choice, ...]
    rest: str

    @property
    def chosen(self) -> Choice | None:
        """The chosen value, if any."""
        return next((choice for choice in self.choices if choice.is_chosen), None)


def wanted_of(query: QueryDict) -> Wanted:
    """Return what an address asks for."""
    return Wanted(
        question=query.get("q", "").replace("\x00", " ")[:200],
        filters={
            name: value.replace("\x00", "")[:LONGEST_FILTER]
            for name in FILTERS
            if (value := query.get(name, ""))
        },
    )


def passes(cut: Cut, reader: Reader, event: Event, filters: Mapping[str, str]) -> bool:
    """Tell whether a cut has all the values that are asked for."""
    if not filters:
        return True
    have = values_of(cut, reader, event)
    return all(value in have[name] for name, value in filters.items())


def values_of(cut: Cut, reader: Reader, event: Event) -> Values:
    """Return what a cut can be found by; needs transcripts and sounds of its recording at hand."""
    date = cut.recording.date
    have: Values = {name: {} for name in FILTERS}
    have["event"][event.slug] = reader.words(localised(event, "name")).text
    have["day"][date.isoformat()] = date_format(date, "j E Y")
    for transcript in cut.recording.transcripts.all():
        have["language"][transcript.language] = language_name(transcript.language)
    for language in published_languages(cut.recording.cameras.all()):
        have["language"][language] = language_name(language)
    session = session_of(cut, reader)
    if session is None:
        return have
    if session.track in reader.tracks:
        have["track"][session.track] = reader.words(reader.tracks[session.track].name).text
    have["kind"][str(session.kind)] = kind_name(session.kind)
    if session.language:
        have["language"][session.language] = language_name(session.language)
    for credit in session.credits:
        if credit.person in reader.people:
            have["person"][credit.person] = reader.people[credit.person].name
        body = organisation_of(credit, reader).text
        if body:
            have["organisation"][credit.organisation or body] = body
    return have


def filters_of(
    cuts: Iterable[Cut], readers: Mapping[int, Reader], events: Mapping[int, Event], wanted: Wanted
) -> list[Filter]:
    """Return the filters that have more than one value, or a chosen one, with words in the reader's language."""
    have = [values_of(cut, readers[cut.event_id], events[cut.event_id]) for cut in cuts]
    found = []
    for name in FILTERS:
        titles: dict[str, str] = {}
        for values in have:
            titles |= values[name]
        chosen = wanted.filters.get(name, "")
        if chosen:
            titles.setdefault(chosen, chosen)
        elif len(titles) < 2:
            continue
        counts = _counts(have, name, wanted)
        ordered = sorted(titles.items(), key=lambda item: item[0] if name == "day" else item[1].casefold())
        choices = tuple(Choice(value, title, value == chosen, counts[value]) for value, title in ordered)
        found.append(Filter(name, choices, wanted.address(without=name)))
    return found


def _counts(have: Collection[Values], name: str, wanted: Wanted) -> Counter[str]:
    """Return how many recordings each value of a filter would leave."""
    others = {other: value for other, value in wanted.filters.items() if other != name}
    return Counter(
        value
        for values in have
        if all(asked in values[other] for other, asked in others.items())
        for value in values[name]
    )
