"""Likeness by words alone, without numpy: stems, and pieces of words in Latin letters, which two languages may share."""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

import snowballstemmer
from anyascii import anyascii

from matchmaking.ranking.text import LONGEST, calibrated

_WORD = re.compile(r"[^\W_]{3,}")
_CYRILLIC = re.compile(r"[а-яё]")
_PIECE = 4  # letters of "titan", "kompozit": what "titanium" and "композит" have in common with others
NONE, FULL = 0.03, 0.4

type Terms = dict[str, float]


class StemMatcher:
    """The fallback: finds what is said with the same words, and across languages only what sounds alike."""

    name = "stems-1"

    def vectors(self, texts: Sequence[str]) -> list[bytes]:
        """Return the counts of terms of each text as JSON."""
        return [json.dumps(_counts(text), ensure_ascii=False).encode() for text in texts]

    def rows(self, needs: Sequence[bytes], offers: Sequence[bytes]) -> Iterator[Sequence[float]]:
        """Yield the cosine of rare terms, stems and pieces alike, on the common scale."""
        counts = [json.loads(one) for one in (*needs, *offers)]
        rarity = _rarity(counts)
        weighed = [_weighed(one, rarity) for one in counts]
        found: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, terms in enumerate(weighed[len(needs) :]):
            for term, weight in terms.items():
                found[term].append((number, weight))
        for terms in weighed[: len(needs)]:
            row = [0.0] * len(offers)
            for term, weight in terms.items():
                for number, other in found.get(term, ()):
                    row[number] += weight * other
            yield [calibrated(value, NONE, FULL) for value in row]

    def kin(self, texts: Mapping[int, bytes]) -> Callable[[Sequence[int]], list[int]]:
        """Return what numbers texts that have the same words; alike ones are not told without meaning."""

        def numbered(keys: Sequence[int]) -> list[int]:
            first: dict[bytes, int] = {}
            return [first.setdefault(texts[key], number) for number, key in enumerate(keys)]

        return numbered


def _counts(text: str) -> dict[str, int]:
    stems = [_stem(word) for word in _WORD.findall(text[:LONGEST].lower())]
    pieces = [piece for stem in stems for piece in _pieces(stem)]
    return dict(Counter([*stems, *pieces]))


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    language = "russian" if _CYRILLIC.search(word) else "english"
    return str(snowballstemmer.stemmer(language).stemWord(word))  # one has a state, so none is shared


@lru_cache(maxsize=50_000)
def _pieces(stem: str) -> tuple[str, ...]:
    latin = anyascii(stem)
    return tuple(f"~{latin[at : at + _PIECE]}" for at in range(len(latin) - _PIECE + 1))


def _rarity(counts: Sequence[dict[str, int]]) -> Terms:
    texts = Counter(term for one in counts for term in one)
    return {term: math.log((1 + len(counts)) / held) for term, held in texts.items()}


def _weighed(counts: dict[str, int], rarity: Terms) -> Terms:
    """Return weights of length 1: half of it by stems, half by pieces."""
    weights = {term: (1 + math.log(count)) * rarity[term] for term, count in counts.items()}
    lengths = {
        kind: math.sqrt(sum(weight**2 for term, weight in weights.items() if term.startswith("~") is kind))
        for kind in (True, False)
    }
    return {
        term: weight / (lengths[term.startswith("~")] or 1.0) * math.sqrt(0.5)
        for term, weight in weights.items()
    }
