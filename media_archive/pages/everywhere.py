"""The recordings of all events that everybody may watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from media_archive.models import Cut
from media_archive.pages.filters import Wanted
from media_archive.pages.search import Hit, everywhere, search
from media_archive.queries.archive import site_menu_names_recordings
from sessions_app.events.models import Event
from sessions_app.events.queries import with_frame
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.queries import released_schedules

MOST_EVENTS = 60  # the newest; their programmes are kept decoded


@dataclass(frozen=True, slots=True)
class Everything:
    """Public recordings, the newest first, with the events and programmes that tell of them by the events' ids."""

    cuts: list[Cut]
    readers: Mapping[int, Reader]
    events: Mapping[int, Event]

    def search(self, wanted: Wanted) -> list[Hit]:
        """Return those that match, the best first."""
        return search(wanted, self.cuts, self.readers, self.events)


def everything_in(language: str) -> Everything:
    """Return all there is, in the reader's language; ten queries at most, whatever their number."""
    shown = with_frame(Event.objects.filter(is_public=True, cuts__isnull=False).distinct()).order_by("-id")
    events = {event.pk: event for event in shown[:MOST_EVENTS]}
    readers = {pk: Reader(schedule, language) for pk, schedule in released_schedules(events.values()).items()}
    return Everything(everywhere(readers), readers, events)


def found_everywhere(question: str, language: str) -> list[Hit]:
    """Return the recordings in which the words are found, the best first; nothing is read where none is public."""
    wanted = Wanted(question=question)
    return everything_in(language).search(wanted) if wanted.words and site_menu_names_recordings() else []
