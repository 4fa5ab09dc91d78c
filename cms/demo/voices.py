"""Makes the sound of an invented speaker in an invented hall, from numbers alone; needs NumPy, knows no Django."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float32]

RATE = 16000  # samples a second
TICK = RATE // 100  # samples of 10 ms


def speak(seconds: float, seed: int, *, pitch_hz: float = 118) -> Wave:
    """Return somebody speaking no language: syllables, phrases and pauses, a pitch around ``pitch_hz`` that falls in each phrase."""
    rng = np.random.default_rng(seed)
    count = round(seconds * RATE)
    ticks = count // TICK + 2
    vowel, hiss, pitch = _phrases(rng, ticks, pitch_hz)
    fine, at = np.arange(count), np.arange(ticks) * TICK
    phase = 2 * np.pi * np.cumsum(np.interp(fine, at, pitch)) / RATE
    # A mouth that opens and closes moves two resonances.
    knots = np.arange(0, count + RATE, RATE // 6)
    first = np.interp(fine, knots, rng.uniform(300, 800, len(knots)))
    second = np.interp(fine, knots, rng.uniform(900, 2300, len(knots)))
    tone = np.interp(fine, at, pitch)
    voice = np.zeros(count)
    for harmonic in range(1, 20):
        place = harmonic * tone
        strength = np.exp(-(((place - first) / 180) ** 2)) + 0.5 * np.exp(-(((place - second) / 260) ** 2))
        voice += (strength + 0.08 / harmonic) * np.cos(harmonic * phase + harmonic)
    breath = _band(rng.standard_normal(count), 2200, 5200)
    wave = voice * np.interp(fine, at, vowel) + 0.25 * breath * np.interp(fine, at, hiss)
    spoken: Wave = (wave / np.sqrt(np.mean(wave**2))).astype(np.float32)
    return spoken


def _phrases(rng: np.random.Generator, ticks: int, pitch_hz: float) -> tuple[NDArray[np.float64], ...]:
    """Return for each tick how strong vowels and hisses are, and the pitch in Hz."""
    vowel, hiss, pitch = np.zeros(ticks), np.zeros(ticks), np.full(ticks, 110.0)
    at = 0
    while at < ticks:
        begin = at
        for _syllable in range(int(rng.integers(5, 16))):
            length = int(rng.integers(13, 28))
            bow = np.sin(np.linspace(0, np.pi, length)) ** 0.8 * rng.uniform(0.45, 1)
            end = min(ticks, at + length)
            kind = hiss if rng.random() < 0.22 else vowel
            kind[at:end] = bow[: max(0, end - at)]
            at += length + int(rng.integers(0, 4))
        until = min(ticks, at)
        fall = np.linspace(1.25, 0.85, max(1, until - begin))[: until - begin]
        pitch[begin:until] = pitch_hz * fall * (1 + 0.05 * np.sin(np.arange(until - begin) / 9))
        at += int(rng.integers(30, 110))
    return vowel, hiss, pitch


def _band(wave: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(wave)
    frequencies = np.fft.rfftfreq(len(wave), 1 / RATE)
    spectrum[(frequencies < low) | (frequencies > high)] = 0
    out: NDArray[np.float64] = np.fft.irfft(spectrum, len(wave))
    return out / max(float(np.std(out)), 1e-9)


def record(
    hall: Wave, *, begin: float, seconds: float, ppm: float, reverberant: float, noise: float, seed: int
) -> Wave:
    """Return what a camera hears: its moment t is the hall's second begin + t * (1 + ppm / 1e6).

    ``reverberant`` and ``noise`` are dB above the direct sound and relative to all sound; what lies before or
    after ``hall`` is only noise.
    """
    rng = np.random.default_rng(seed)
    tail = rng.standard_normal(RATE) * np.exp(-np.arange(RATE) * 6.9 / RATE)
    tail[: RATE // 100] = 0
    tail *= np.sqrt(10 ** (reverberant / 10) / np.sum(tail**2))
    tail[0] = 1
    size = 1 << (len(hall) + RATE).bit_length()
    wet = np.fft.irfft(np.fft.rfft(hall, size) * np.fft.rfft(tail, size), size)[: len(hall)]
    places = (begin + np.arange(round(seconds * RATE)) / RATE * (1 + ppm * 1e-6)) * RATE
    sound = np.interp(places, np.arange(len(wet)), wet, left=0, right=0)
    murmur = _band(rng.standard_normal(len(sound)), 60, 900) + 0.4 * _band(
        rng.standard_normal(len(sound)), 60, 6000
    )
    sound += murmur * np.sqrt(np.mean(wet**2)) * 10 ** (noise / 20)
    heard: Wave = (0.09 * sound / np.sqrt(np.mean(sound**2))).astype(np.float32)
    return heard
