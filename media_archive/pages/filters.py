"""Filters of recordings: by event, day, topic, kind, language, person and organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.formats import date_format

from media_archive.models import Cut
from media_archive.pages.watch import session_of
from media_archive.queries.said import folded, words_of
from media_archive.queries.sounds import published_languages
from network.localised import localised
from network.web.words import language_name
from sessions_app.events.models import Event
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.pages.rows import kind_name, organisation_of

FILTERS = ("event", "day", "track", "kind", "language", "person", "organisation")
LONGEST_FILTER = 100
TYPED = ("person", "organisation")  # there may be thousands: a part of the name is as good as the value
MANY = 40  # values that are still chosen from a list
OFFERED = 20  # of more values, those that are suggested

type Values = dict[str, dict[str, str]]
"""The values of a cut, or of many, with their words, by the name of the filter."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: words and, by name, the values of filters; empty ones do not count.

    The filters named in ``typed`` have a part of a name for their value, which fits several or none.
    """

    question: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    typed: frozenset[str] = frozenset()

    @property
    def words(self) -> list[str]:
        """The words, folded."""
        return words_of(self.question)

    def __bool__(self) -> bool:
        return bool(self.question.strip() or self.filters)

    def address(self, *, without: str = "", **more: str) -> str:
        """Return the query of an address that asks for the same, save for one filter, and for ``more`` values."""
        kept = {name: value for name, value in self.filters.items() if name != without} | more
        return urlencode({"q": self.question, **kept} if self.question else kept)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter; ``count`` is the number of recordings that have it and pass the other filters.

    ``address`` is the query that asks for it beside the other filters.
    """

    value: str
    title: str
    is_chosen: bool
    count: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with the values that occur; ``rest`` is the query of an address without it.

    Of one that ``is_typed`` the choices are only some: those that fit what is typed, else the most frequent.
    """

    name: str
    choices: tuple[Choice, ...]
    rest: str
    is_typed: bool = False

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
    return all(_has(have, name, value) for name, value in filters.items())


def _has(have: Values, name: str, asked: str) -> bool:
    """Tell whether a value is there or, of people and organisations, a name with these begins of words."""
    values = have[name]
    return asked in values or (name in TYPED and any(_is_called(title, asked) for title in values.values()))


@lru_cache(maxsize=20_000)
def _words_in(title: str) -> tuple[str, ...]:
    return tuple(words_of(folded(title)))


def _is_called(title: str, asked: str) -> bool:
    words = _words_in(asked)
    return bool(words) and all(any(one.startswith(word) for one in _words_in(title)) for word in words)


def understood(
    wanted: Wanted, cuts: Iterable[Cut], readers: Mapping[int, Reader], events: Mapping[int, Event]
) -> Wanted:
    """Return what is asked for with the values of typed names, where a name fits one value alone."""
    asked = [name for name in TYPED if name in wanted.filters]
    if not asked:
        return wanted
    titles: dict[str, dict[str, str]] = {name: {} for name in asked}
    for cut in cuts:
        have = values_of(cut, readers[cut.event_id], events[cut.event_id])
        for name in asked:
            titles[name] |= have[name]
    filters, typed = dict(wanted.filters), set()
    for name in asked:
        value = filters[name]
        if value in titles[name]:
            continue
        fits = [code for code, title in titles[name].items() if _is_called(title, value)]
        same = [code for code in fits if _words_in(titles[name][code]) == _words_in(value)]
        if len(fits) == 1 or len(same) == 1:
            filters[name] = (same or fits)[0]
        else:
            typed.add(name)
    return replace(wanted, filters=filters, typed=frozenset(typed))


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
        if not chosen and len(titles) < 2:
            continue
        found.append(_filter(name, titles, _counts(have, name, wanted), wanted))
    return found


def _filter(name: str, titles: dict[str, str], counts: Counter[str], wanted: Wanted) -> Filter:
    chosen = wanted.filters.get(name, "")
    rest = wanted.address(without=name)

    def choice(value: str) -> Choice:
        address = wanted.address(without=name, **{name: value})
        return Choice(value, titles.get(value, value), value == chosen, counts[value], address)

    if name in TYPED and len(titles) > MANY:
        fits = (
            [value for value in titles if _is_called(titles[value], chosen)]
            if name in wanted.typed
            else titles
        )
        first = sorted(fits, key=lambda value: (-counts[value], titles[value].casefold()))[:OFFERED]
        offered = ([chosen] if chosen else []) + [value for value in first if value != chosen]
        return Filter(name, tuple(choice(value) for value in offered), rest, is_typed=True)
    ordered = sorted(
        {*titles, chosen} - {""},
        key=lambda value: value if name == "day" else titles.get(value, value).casefold(),
    )
    return Filter(name, tuple(choice(value) for value in ordered), rest)


def _counts(have: Collection[Values], name: str, wanted: Wanted) -> Counter[str]:
    """Return how many recordings each value of a filter would leave."""
    others = {other: value for other, value in wanted.filters.items() if other != name}
    return Counter(
        value
        for values in have
        if all(_has(values, other, asked) for other, asked in others.items())
        for value in values[name]
    )
