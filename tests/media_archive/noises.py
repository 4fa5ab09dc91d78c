"""Sounds that are made up: applause, and what could be taken for it; samples of 8 kHz between -1 and 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 8000
Floats = NDArray[np.float32]


def _shaped(noise: Floats, low: float, high: float) -> Floats:
    spectrum = np.fft.rfft(noise)
    hertz = np.fft.rfftfreq(len(noise), 1 / RATE)
    spectrum *= 1 / (1 + (low / np.maximum(hertz, 1)) ** 4) / (1 + (hertz / high) ** 4)
    return np.fft.irfft(spectrum, len(noise)).astype(np.float32)


def level(sound: Floats, rms: float) -> Floats:
    """Return the sound with that root mean square."""
    return (sound * rms / max(1e-9, float(np.sqrt(np.mean(sound**2))))).astype(np.float32)


def applause(seconds: float, chance: np.random.Generator, people: int = 60, rms: float = 0.1) -> Floats:
    """Return many short claps: each person has a rhythm, a colour and a distance of her own; some begin and end later."""
    sound = np.zeros(round(seconds * RATE) + RATE, np.float32)
    for _person in range(people):
        every = chance.uniform(0.18, 0.35)
        centre, loud = chance.uniform(700, 2500), chance.lognormal(0, 0.6)
        at, end = chance.uniform(0, 0.4), seconds - chance.exponential(0.15 * min(seconds, 4))
        while at < end:
            length = round(chance.uniform(0.008, 0.03) * RATE)
            burst = chance.standard_normal(length).astype(np.float32) * np.exp(
                -np.arange(length) * 5 / length
            )
            ring = np.cos(2 * np.pi * centre * np.arange(length) / RATE)
            place = round(at * RATE)
            sound[place : place + length] += (loud * burst * (0.6 + 0.4 * ring)).astype(np.float32)
            at += every * chance.normal(1, 0.08)
    hall = chance.standard_normal(RATE // 3).astype(np.float32) * np.exp(-np.arange(RATE // 3) * 12 / RATE)
    hall[0] += 4
    wet = np.fft.irfft(np.fft.rfft(sound, 2 * len(sound)) * np.fft.rfft(hall, 2 * len(sound)), 2 * len(sound))
    return level(_shaped(wet[: round(seconds * RATE)].astype(np.float32), 500, 2200), rms)


def hiss(seconds: float, chance: np.random.Generator, rms: float = 0.05) -> Floats:
    """Return a microphone that hisses, or rain on a roof: noise that begins and ends at once."""
    return level(_shaped(chance.standard_normal(round(seconds * RATE)).astype(np.float32), 300, 3500), rms)


def speech(seconds: float, chance: np.random.Generator, rms: float = 0.1) -> Floats:
    """Return syllables: tones with formants, four or five a second, hisses between them, and pauses."""
    sound = np.zeros(round(seconds * RATE) + RATE, np.float32)
    at = 0.0
    while at < seconds:
        length = chance.uniform(0.09, 0.22)
        count = round(length * RATE)
        time = np.arange(count) / RATE
        pitch = chance.uniform(95, 240) * (1 + 0.05 * np.sin(2 * np.pi * 3 * time))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        formants = chance.uniform((300, 900, 2200), (800, 2200, 3000))
        tone = sum(
            np.sin(n * phase) / n * sum(np.exp(-(((n * pitch.mean() - one) / 180) ** 2)) for one in formants)
            for n in range(1, 30)
        )
        swell = np.sin(np.pi * np.arange(count) / count) ** 0.7
        place = round(at * RATE)
        sound[place : place + count] += (level(tone, 0.2) * swell).astype(np.float32)
        if chance.random() < 0.4:
            hiss = _shaped(chance.standard_normal(round(0.09 * RATE)).astype(np.float32), 1800, 4000)
            sound[place + count : place + count + len(hiss)] += level(hiss, 0.05) * np.hanning(len(hiss))
            at += 0.08
        at += (
            length + chance.uniform(0.02, 0.07) + (chance.uniform(0.3, 1.2) if chance.random() < 0.08 else 0)
        )
    return level(sound[: round(seconds * RATE)], rms)


def music(seconds: float, chance: np.random.Generator, rms: float = 0.1) -> Floats:
    """Return chords with a drum."""
    count = round(seconds * RATE)
    sound = np.zeros(count + RATE, np.float32)
    for start in range(0, count, RATE // 2):
        time = np.arange(RATE) / RATE
        for note in chance.choice((0, 4, 7, 12, 16, 19), 3, replace=False):
            hertz = 220 * 2 ** (note / 12)
            chord = sum(np.sin(2 * np.pi * hertz * n * time) / n for n in (1, 2, 3, 4, 5))
            sound[start : start + RATE] += (chord * np.exp(-2 * time)).astype(np.float32)
        drum = chance.standard_normal(RATE // 8).astype(np.float32) * np.exp(-np.arange(RATE // 8) / 120)
        sound[start : start + RATE // 8] += drum.astype(np.float32)
    return level(sound[:count], rms)


def fan(seconds: float, chance: np.random.Generator, rms: float = 0.01) -> Floats:
    """Return the steady noise of a hall with a hum."""
    count = round(seconds * RATE)
    air = _shaped(chance.standard_normal(count).astype(np.float32), 60, 900)
    hum = np.sin(2 * np.pi * 100 * np.arange(count) / RATE).astype(np.float32)
    return level(level(air, 1) + 0.3 * hum, rms)


def scene(seed: int) -> tuple[Floats, list[tuple[float, float]]]:
    """Return talks with applause, music, a hiss or silence behind each, in a hall with a fan, and where applause is (seconds)."""
    chance = np.random.default_rng(seed)
    parts: list[Floats] = []
    truth, at = [], 0.0
    for _part in range(8):
        parts.append(speech(chance.uniform(8, 20), chance, rms=chance.uniform(0.05, 0.15)))
        at += len(parts[-1]) / RATE
        kind, seconds = (
            chance.choice(["applause", "applause", "music", "hiss", "silence"]),
            chance.uniform(2, 14),
        )
        if kind == "applause":
            part = applause(seconds, chance, int(chance.integers(12, 250)), chance.uniform(0.03, 0.2))
            if chance.random() < 0.3:  # somebody thanks meanwhile
                part = part + speech(seconds, chance, rms=chance.uniform(0.005, 0.02))[: len(part)]
            truth.append((at, at + seconds))
        elif kind == "silence":
            part = np.zeros(round(seconds * RATE), np.float32)
        else:
            part = {"music": music, "hiss": hiss}[str(kind)](seconds, chance)
        parts.append(part)
        at += len(part) / RATE
    sound = np.concatenate(parts)
    return sound + fan(len(sound) / RATE + 1, chance, chance.uniform(0.002, 0.01))[: len(sound)], truth


def matched(found: list[tuple[int, int]], truth: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return by how many seconds start and end miss, for each applause of which more than half was found."""
    misses = []
    for start, end in truth:
        for first, last in found:
            if min(end, last / 1000) - max(start, first / 1000) > (end - start) / 2:
                misses.append((first / 1000 - start, last / 1000 - end))
                break
    return misses
