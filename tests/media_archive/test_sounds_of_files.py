"""What is known of the sounds of a file: languages, tags, and which are copied as they are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from media_archive import packaging
from media_archive.ffmpeg import ffmpeg_path
from media_archive.probing import probe
from media_archive.sound_choice import heard_instead, language_of, published_at_first
from media_archive.sound_tracks import copyable
from tests.media_archive.conftest import make_film
from tests.media_archive.test_sounds import film_with


def test_languages_are_told_apart() -> None:
    assert [language_of(tag) for tag in ("rus", "ENG", "und", "", "tyv")] == ["ru", "en", "", "", "tyv"]
    assert published_at_first({0: "rus", 1: "eng", 2: "rus", 3: "und"}) == [0, 1]
    assert published_at_first({0: "und", 1: "eng"}) == [0], "one language is no choice"
    assert published_at_first({}) == []


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({1: "eng", 2: "rus", 3: "rus"}, 2),
        ({1: "de", 3: "fr"}, 1),
        ({2: "", 4: "mul"}, 2),
        ({1: "", 2: "ru-ru"}, 2),
        ({}, None),
    ],
)
def test_a_silent_default_gives_its_place_to_the_events_language_or_else_to_the_first(tags, expected) -> None:
    assert heard_instead(tags, language="ru") == expected


@pytest.mark.parametrize(
    ("name", "tags", "languages"),
    [
        ("odd.mkv", ("rus", "pt-BR", "eng"), ["ru", "pt-br", "en"]),
        ("odd.ts", ("rus,eng", "deu"), ["mul", "de"]),
    ],
)
def test_no_tag_hides_a_sound_or_moves_another_to_its_place(tmp_path, name, tags, languages) -> None:
    found = probe(film_with(tmp_path / name, *tags)).sounds
    assert [(one.index, language_of(one.language)) for one in found] == list(enumerate(languages))


def onset_of(path: Path) -> float:
    """Return the second of a file at which its first sound sets in."""
    raw = subprocess.run(
        [ffmpeg_path(), "-v", "error", "-i", str(path), "-map", "0:a:0", "-ac", "1", "-ar", "8000", "-f", "s16le", "-"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    samples = memoryview(raw).cast("h")
    return next(at for at, level in enumerate(samples) if abs(level) > 1500) / 8000


@pytest.fixture(scope="session")
def late(tmp_path_factory) -> Path:
    """Eight seconds with two sounds that set in after three."""
    beep = "sine=frequency={}:d=8,volume='gte(t,3)':eval=frame"
    arguments = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=8"]
    for pitch in (300, 600):
        arguments += ["-f", "lavfi", "-i", beep.format(pitch)]
    arguments += ["-map", "0:v", "-map", "1:a", "-map", "2:a"]
    for number, language in enumerate(("rus", "eng")):
        arguments += [f"-metadata:s:a:{number}", f"language={language}"]
    path = tmp_path_factory.mktemp("late") / "late.mp4"
    return make_film(path, *arguments, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-ac", "2")


def test_aac_is_copied_and_stays_in_step_with_what_is_encoded(late, tmp_path) -> None:
    sounds = probe(late).sounds
    assert [sound.can_be_copied for sound in sounds] == [True, True]
    copied = copyable(late, sounds)
    assert copied == {0, 1}
    common = {"tracks": {"sound": 0, "sound2": 1}, "seconds": 60, "on_progress": lambda _done: True}
    found = {}
    for name, tracks in (("copied", copied), ("encoded", set())):
        (tmp_path / name).mkdir()
        made = packaging.encode_sounds(late, tmp_path / name, copied=tracks, **common)
        found[name] = [onset_of(one.path) for one in made]
        assert {one.codecs for one in made} == {"mp4a.40.2"}
        assert all(sum(one.lengths) == pytest.approx(8, abs=0.1) for one in made)
        assert all(2 <= len(one.lengths) <= 3 for one in made), "in fragments of four seconds"
    assert found["copied"] == pytest.approx(found["encoded"], abs=0.03)
    assert (tmp_path / "copied" / "sound2.mp4").stat().st_size != (
        tmp_path / "encoded" / "sound2.mp4"
    ).stat().st_size, "one of the two was encoded"


def test_what_does_not_begin_with_the_picture_or_is_no_plain_aac_is_encoded(late, tmp_path) -> None:
    shifted = make_film(
        tmp_path / "shifted.mp4", "-i", str(late), "-itsoffset", "0.4", "-i", str(late),
        "-map", "0:v", "-map", "0:a:0", "-map", "1:a:1", "-c", "copy",
    )  # fmt: skip
    assert copyable(shifted, probe(shifted).sounds) == {0}
    stream = make_film(tmp_path / "late.ts", "-i", str(late), "-map", "0", "-c", "copy")
    assert copyable(stream, probe(stream).sounds) == set(), "samples may be missing there"
    other = make_film(
        tmp_path / "other.mkv", "-i", str(late), "-map", "0:v", "-map", "0:a:0", "-map", "0:a:0",
        "-c:v", "copy", "-c:a:0", "libopus", "-c:a:1", "aac", "-b:a:1", "64k", "-ar:a:1", "22050",
    )  # fmt: skip
    assert [sound.can_be_copied for sound in probe(other).sounds] == [False, False]


def test_a_tag_with_a_line_break_hides_no_sound_and_makes_none_up(tmp_path) -> None:
    film = film_with(
        tmp_path / "odd.mkv", "ru\ns) x", "eng\n  Stream #0:9(deu): Audio: aac (LC), 48000 Hz, stereo", "fra"
    )
    sounds = probe(film).sounds
    assert [(one.index, one.codec) for one in sounds] == [(0, "aac"), (1, "aac"), (2, "aac")]
    assert (sounds[0].title, sounds[2].title) == ("Channel 1", "Channel 3")
    assert sounds[2].language == "fra"
    assert all(
        language_of(one.language).isascii() and "\n" not in language_of(one.language) for one in sounds
    )
    spoofed = make_film(
        tmp_path / "spoofed.mkv", "-i", str(film), "-map", "0", "-c", "copy",
        "-metadata:s:a:0", "language=x\nOutput #0, null, to 'x'\n  Stream #0:5: Audio: pcm, 8000 Hz, mono",
        "-metadata:s:a:1", "title=\r\n  Stream #0:7(eng): Audio: mp3, 8000 Hz, mono",
    )  # fmt: skip
    assert [(one.index, one.codec, one.rate) for one in probe(spoofed).sounds] == [
        (number, "aac", 44100) for number in range(3)
    ]
