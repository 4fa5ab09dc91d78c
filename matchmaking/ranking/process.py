"""The ranking as a process of its own: work comes by standard input, lists leave by standard output.

``python -m matchmaking.ranking.process``; what numpy and the encoder take of memory ends with it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from itertools import batched
from typing import TextIO

from matchmaking.ranking.balance import balance
from matchmaking.ranking.batch import compare_everybody
from matchmaking.ranking.model import Candidate
from matchmaking.ranking.text import TextMatcher, best_matcher
from matchmaking.ranking.wire import (
    VECTORS_A_LINE,
    Encoded,
    Found,
    Listed,
    Work,
    read_work,
    write_encoded,
    write_end,
    write_habits,
    write_listed,
)

KINDNESS = 5  # pages on the same machine come first


def answer(work: Work, to: TextIO, matcher: TextMatcher) -> None:
    """Encode what has no vector of this matcher, compare everybody, and write both."""
    vectors = {key: data for key, (name, data) in work.vectors.items() if name == matcher.name}
    for fresh in _encoded(work, vectors, matcher):
        vectors.update(fresh)
        write_encoded(Encoded(matcher.name, fresh), to)
    to.flush()
    kept = compare_everybody(work.people, vectors, matcher, work.rules, answers=work.answers)
    write_habits(kept.habits, to)
    prices = balance(kept)
    numbered = matcher.kin(vectors)
    for key, candidates in kept.candidates():
        worthy = [one for one in candidates if one.mutual > 0]
        subjects = [_subject(one) for one in worthy]
        told = [subject for subject in subjects if subject in vectors]
        kin = dict(zip(told, numbered(told), strict=True))
        found = (
            Found(one, prices.get(one.partner, 0.0), kin.get(subject))
            for one, subject in zip(worthy, subjects, strict=True)
        )
        write_listed(Listed(key, tuple(found)), to)
    write_end(to)
    to.flush()


def _subject(one: Candidate) -> int:
    """Return the key of the partner's offer or need that brings the two together most, -1 for none."""
    offers = [(match.fit, match.offer) for match in one.theirs]
    needs = [(match.fit, match.need) for match in one.ours]
    return max(offers + needs, default=(0.0, -1))[1]


def _encoded(work: Work, known: Mapping[int, bytes], matcher: TextMatcher) -> Iterable[dict[int, bytes]]:
    """Yield new vectors by the item's key, texts that several have written encoded once."""
    by_text: dict[str, list[int]] = {}
    for person in work.people:
        for item in (*person.needs, *person.offers):
            if item.text and item.key not in known:
                by_text.setdefault(item.text, []).append(item.key)
    for texts in batched(by_text, VECTORS_A_LINE):
        made = zip(texts, matcher.vectors(texts), strict=True)
        yield {key: data for text, data in made for key in by_text[text]}


def main() -> None:
    """Answer one piece of work."""
    os.nice(KINDNESS)
    answer(read_work(sys.stdin), sys.stdout, best_matcher())


if __name__ == "__main__":
    main()
