"""Slides that are given away whole: those that were shown in a session and in no other one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from media_archive.models import Cut, SlideDeck


def decks_by_cut(recordings: Collection[int]) -> dict[int, list[SlideDeck]]:
    """Return the decks by the cut of the session in which they were shown; three queries, one where there are none.

    A deck that was shown in several sessions is given with none: who may watch one of them need not see the others' pages.
    """
    decks = SlideDeck.objects.filter(recording__in=recordings, pages__gt=0).exclude(path="")
    found: dict[int, list[SlideDeck]] = defaultdict(list)
    shown = list(decks.prefetch_related("marks"))
    if not shown:
        return found
    cuts = Cut.objects.filter(recording__in=recordings, session__isnull=False)
    spans = list(cuts.values_list("pk", "recording", "start_ms", "end_ms"))
    for deck in shown:
        moments = [mark.at_ms for mark in deck.marks.all()]
        own = {
            pk
            for pk, recording, start, end in spans
            if recording == deck.recording_id and any(start <= moment < end for moment in moments)
        }
        if len(own) == 1:
            found[own.pop()].append(deck)
    return found


def decks_of(cut: Cut) -> list[SlideDeck]:
    """Return the decks that are given with a cut of a session."""
    return decks_by_cut([cut.recording_id])[cut.pk] if cut.session_id is not None else []
