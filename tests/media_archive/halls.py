"""Makes the sound of invented halls: voices, rooms, noise and clocks that run wrong; all from numbers, deterministic."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float32]

RATE = 8000
PIECE = 60  # seconds made at once, so that an hour needs little memory


def shaped(rng: np.random.Generator, count: int, low: float, high: float) -> Wave:
    """Return noise between two frequencies, with standard deviation 1."""
    size = 1 << (count - 1).bit_length()
    spectrum = np.fft.rfft(rng.standard_normal(size, dtype=np.float32))
    frequencies = np.fft.rfftfreq(size, 1 / RATE)
    spectrum[(frequencies < low) | (frequencies > high)] = 0
    wave = np.fft.irfft(spectrum, size)[:count].astype(np.float32)
    return wave / max(float(np.std(wave)), 1e-9)


def _strengths(rng: np.random.Generator, count: int) -> tuple[Wave, Wave]:
    """Return for each 10 ms how strong vowels and hisses are: syllables of 120 to 320 ms, pauses between phrases."""
    vowel, hiss = np.zeros(count, np.float32), np.zeros(count, np.float32)
    at = 0
    while at < count:
        for _syllable in range(int(rng.integers(4, 18))):
            length = int(rng.integers(12, 33))
            bow = np.sin(np.linspace(0, np.pi, length)) ** rng.uniform(0.5, 2) * rng.uniform(0.3, 1)
            kind = hiss if rng.random() < 0.3 else vowel
            end = min(count, at + length)
            if at < end:
                kind[at:end] = bow[: end - at]
            at += length + int(rng.integers(0, 6))
        at += int(rng.integers(20, 160))
    return vowel, hiss


def speech(seconds: float, seed: int) -> Wave:
    """Return a voice: pitch that glides from 90 to 220 Hz with formants, hisses, syllables, phrases and pauses."""
    rng = np.random.default_rng(seed)
    pieces = []
    left = round(seconds * RATE)
    while left > 0:
        count = min(left, PIECE * RATE)
        steps = count // 80 + 2
        vowel, hiss = _strengths(rng, steps)
        ticks, fine = np.arange(steps) * 80, np.arange(count)
        knots = np.cumsum(rng.standard_normal(steps // 10 + 2)) * 4
        pitch = 130 + 40 * np.tanh(np.interp(fine, np.arange(len(knots)) * 800, knots) / 40)
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        voice = np.zeros(count)
        for harmonic in range(1, 15):
            strength = np.interp(fine, np.arange(len(knots)) * 800, rng.uniform(0.1, 1, len(knots)))
            voice += strength / harmonic**0.7 * np.cos(harmonic * phase + rng.uniform(0, 6))
        breath = shaped(rng, count, 1500, 3800)
        piece = voice * np.interp(fine, ticks, vowel) + 0.5 * breath * np.interp(fine, ticks, hiss)
        pieces.append(piece.astype(np.float32))
        left -= count
    wave = np.concatenate(pieces)
    return wave / np.float32(np.sqrt(np.mean(np.square(wave))))


def room(drr: float, seed: int, decay: float = 0.9) -> Wave:
    """Return an impulse response: direct sound at 0, then decaying noise; ``drr`` is direct to reverberant in dB."""
    rng = np.random.default_rng(seed)
    count = round(decay * RATE)
    tail = rng.standard_normal(count) * 10 ** (-3 * np.arange(count) / count)
    tail[: RATE // 200] = 0  # nothing comes back sooner than 5 ms
    tail *= np.sqrt(10 ** (-drr / 10) / np.sum(tail**2))
    tail[0] = 1
    return tail.astype(np.float32)


def convolved(wave: Wave, response: Wave) -> Wave:
    """Return the sound as it is heard through a response, as long as before; by overlap and add."""
    block = PIECE * RATE
    size = 1 << (block + len(response)).bit_length()
    spectrum = np.fft.rfft(response, size)
    out = np.zeros(len(wave) + len(response), np.float32)
    for begin in range(0, len(wave), block):
        piece = np.fft.irfft(np.fft.rfft(wave[begin : begin + block], size) * spectrum, size)
        end = min(len(out), begin + size)
        out[begin:end] += piece[: end - begin].astype(np.float32)
    return out[: len(wave)]


def noisy(wave: Wave, snr: float, seed: int) -> Wave:
    """Return the sound with the hall's noise, which is stronger below; ``snr`` in dB."""
    rng = np.random.default_rng(seed)
    power = float(np.sqrt(np.mean(np.square(wave)))) * 10 ** (-snr / 20)
    out = wave.copy()
    for begin in range(0, len(wave), PIECE * RATE):
        count = min(PIECE * RATE, len(wave) - begin)
        noise = shaped(rng, count, 40, 3900) + 1.5 * shaped(rng, count, 40, 400)
        out[begin : begin + count] += np.float32(power / 1.8) * noise
    return out


def filmed(wave: Wave, *, offset: float, seconds: float, ppm: float) -> Wave:
    """Return what a camera writes: its moment t lies at offset + t * (1 + ppm / 1e6) seconds of the hall.

    Frames of an eighth of a second, moved by the phase of their spectrum, overlap and add up to the sound.
    """
    size, hop = 1024, 512
    count = round(seconds * RATE)
    middles = np.arange(count // hop + 2) * hop
    places = offset * RATE + middles * (1 + ppm * 1e-6)
    starts = np.floor(places).astype(int) - hop
    window = (0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(size) + 0.5) / size)).astype(np.float32)
    turn = np.fft.rfftfreq(size) * 2j * np.pi
    out = np.zeros(len(middles) * hop + size, np.float32)
    for begin in range(0, len(middles), 256):
        some = slice(begin, begin + 256)
        taken = starts[some, None] + np.arange(size)
        frames = np.where((taken >= 0) & (taken < len(wave)), wave[np.clip(taken, 0, len(wave) - 1)], 0)
        moved = np.fft.rfft(frames, axis=1) * np.exp(turn * (places[some] % 1)[:, None])
        for n, frame in enumerate(np.fft.irfft(moved, size, axis=1) * window, begin):
            out[n * hop : n * hop + size] += frame.astype(np.float32)
    return out[hop : hop + count]


def heard(
    wave: Wave,
    *,
    seed: int,
    offset: float = 0,
    seconds: float | None = None,
    ppm: float = 0,
    snr: float = 20,
    drr: float = 0,
) -> Wave:
    """Return a camera's sound of the hall, at a believable level: its place in the room, its noise, its clock."""  # fmt: skip
    length = len(wave) / RATE - offset if seconds is None else seconds
    sound = filmed(convolved(wave, room(drr, seed)), offset=offset, seconds=length, ppm=ppm)
    sound = noisy(sound, snr, seed + 1)
    return sound * np.float32(0.05 / np.sqrt(np.mean(np.square(sound))))
