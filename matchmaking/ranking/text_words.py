"""How alike two texts are word by word, across languages; workers only.

Each word is encoded by itself, and each finds its nearest in the other text: what a whole sentence blurs, a
rare word that both have ("titanium", "титановый") shows (after ColBERT: Khattab and Zaharia, 2020).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

MOST = 24  # words of a text
_WORD = re.compile(r"[^\W_]{3,}")
_CYRILLIC = re.compile(r"[а-яё]")
_STEADY = 10  # words as many as which the mean is taken to be 0
_AT_ONCE = 512

type Vectors = np.ndarray[Any, np.dtype[np.float32]]
type Numbers = np.ndarray[Any, Any]


def words_of(text: str) -> list[str]:
    """Return the text's words that say something, each once."""
    return list(dict.fromkeys(_WORD.findall(text.lower())))[:MOST]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words of an exchange: a vector of length 1 and a rarity of each; the last one is no word."""

    places: dict[str, int]
    vectors: Vectors
    rarity: Vectors

    @classmethod
    def of(cls, texts: Sequence[Sequence[str]], encode: Callable[[list[str]], Numbers]) -> Lexicon:
        """Return the lexicon of the texts, given as words."""
        held: dict[str, int] = {}
        for words in texts:
            for word in words:
                held[word] = held.get(word, 0) + 1
        known = sorted(held)
        rows = [encode(known[at : at + _AT_ONCE]) for at in range(0, len(known), _AT_ONCE)]
        vectors = np.concatenate([*rows, np.zeros((1, 512))]).astype(np.float32)
        _centre(vectors, np.array([bool(_CYRILLIC.search(word)) for word in known] + [False]), len(known))
        rarity = np.log((1 + len(texts)) / np.array([held[word] for word in known] + [len(texts) + 1]))
        return cls({word: at for at, word in enumerate(known)}, vectors, rarity.astype(np.float32))

    def numbers(self, texts: Sequence[Sequence[str]]) -> Numbers:
        """Return the places of each text's words in rows of the same length, filled up with no word."""
        width = max((len(words) for words in texts), default=0) or 1
        rows = np.full((len(texts), width), len(self.places), dtype=np.int32)
        for row, words in zip(rows, texts, strict=True):
            row[: len(words)] = [self.places[word] for word in words]
        return rows

    def alike(self, one: Numbers, others: Numbers) -> Vectors:
        """Return how alike a text (places of words) is to each of the others, 0 to 1, the same both ways."""
        own = one[one < len(self.places)]
        if not len(own):
            return np.zeros(len(others), dtype=np.float32)
        met = self.vectors[own] @ self.vectors[others.ravel()].T
        met = np.maximum(met.reshape(len(own), *others.shape), 0)
        rare, weights = self.rarity[own], self.rarity[others]
        there = rare @ met.max(axis=2) / max(float(rare.sum()), 1e-6)
        back = (met.max(axis=0) * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-6)
        return np.asarray((there + back) / 2, dtype=np.float32)


def _centre(vectors: Vectors, cyrillic: Numbers, count: int) -> None:
    for script in (False, True):
        own = np.flatnonzero(cyrillic[:count] == script)
        if len(own):
            vectors[own] -= vectors[own].sum(axis=0) / (len(own) + _STEADY)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
