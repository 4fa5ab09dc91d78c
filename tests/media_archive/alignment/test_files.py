"""Real files through ffmpeg: what the decoder gives, and what the command prints."""

from __future__ import annotations

import io
import json
import subprocess

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from media_archive.alignment import RATE, Sound, align, decode
from media_archive.ffmpeg import MediaFault, ffmpeg_path
from tests.media_archive.halls import heard, speech

pytestmark = pytest.mark.any_database


def save(path, channels, *arguments):
    """Write channels of samples as a file."""
    samples = (np.clip(np.stack(channels, axis=1), -1, 1) * 32767).astype("<i2").tobytes()
    given = ["-f", "s16le", "-ar", str(RATE), "-ac", str(len(channels)), "-i", "pipe:0"]
    command = [ffmpeg_path(), "-hide_banner", "-loglevel", "error", "-y", *given, *arguments, str(path)]
    subprocess.run(command, input=samples, check=True)
    return path


@pytest.fixture(scope="module")
def voice():
    return speech(80, seed=1)


@pytest.fixture(scope="module")
def closer(voice, tmp_path_factory):
    wave = heard(voice, seed=5, snr=10, seconds=70)
    return save(tmp_path_factory.mktemp("day") / "-closer.mp4", [wave], "-ar", "48000", "-c:a", "aac")


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp4", ("-c:a", "aac", "-ar", "48000")),
        ("a.mkv", ("-c:a", "libopus", "-ar", "48000")),
        ("a.ts", ("-c:a", "aac", "-ar", "44100")),
        ("a.wav", ("-c:a", "pcm_s16le")),
    ],
)
def test_containers_and_codecs_shift_nothing(voice, closer, tmp_path, name, codec):
    path = save(tmp_path / name, [heard(voice, seed=9, offset=7.3, snr=10, drr=-5, ppm=50)], *codec)
    with decode(closer) as first, decode(path) as second:
        match = align(Sound(first), Sound(second))
    assert match.accepted, match
    # A transport stream does not say how many samples the encoder put in front (1024 of 44.1 kHz).
    assert match.offset_ms == pytest.approx(7300, abs=25 if name.endswith(".ts") else 1)


def test_sound_that_begins_after_the_picture_counts_from_the_files_start(voice, closer, tmp_path):
    sound = save(tmp_path / "sound.wav", [heard(voice, seed=9, offset=9, snr=10)])
    late = tmp_path / "late.mp4"
    picture = ["-f", "lavfi", "-i", "color=s=64x36:r=25:d=60"]
    command = [ffmpeg_path(), "-nostdin", "-loglevel", "error", *picture, "-itsoffset", "3", "-i", str(sound)]
    subprocess.run(
        [*command, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", str(late)], check=True
    )
    with decode(closer) as first, decode(late) as second:
        match = align(Sound(first), Sound(second))
    assert match.offset_ms == pytest.approx(6000, abs=1)


def test_channels_in_antiphase_do_not_cancel(voice, closer, tmp_path):
    wave = heard(voice, seed=9, offset=4, snr=10)
    path = save(tmp_path / "antiphase.wav", [wave, -wave])
    with decode(closer) as first, decode(path) as second:
        match = align(Sound(first), Sound(second))
    assert match.accepted, match
    assert match.offset_ms == pytest.approx(4000, abs=1)


def test_the_louder_channel_is_read_and_hum_is_not_loud(voice, tmp_path):
    wave = heard(voice, seed=9)
    hum = (0.4 * np.sin(2 * np.pi * 50 * np.arange(len(wave)) / RATE)).astype(np.float32)
    path = save(tmp_path / "one.wav", [hum, wave])
    with decode(path) as sound:
        read = sound.read(10, 5)
        assert np.corrcoef(read, wave[10 * RATE : 15 * RATE])[0, 1] > 0.99
        assert sound.seconds == pytest.approx(80, abs=0.01)
        assert not sound.read(-2, 1).any()
        assert not sound.read(81, 1).any()
        assert len(sound.read(79.5, 1)) == RATE


def test_what_is_no_sound_is_told(tmp_path):
    (tmp_path / "note.mp4").write_text("#EXTM3U\nfile:///etc/passwd\n")
    with pytest.raises(MediaFault, match="unknown"):
        decode(tmp_path / "note.mp4")


def test_decoding_stops_when_it_is_told_to(closer):
    with pytest.raises(MediaFault, match="stopped"):
        decode(closer, on_progress=lambda _seconds: False)


def test_the_command_prints_each_file_against_the_first(voice, closer, tmp_path):
    farther = save(tmp_path / "b.wav", [heard(voice, seed=9, offset=7.3, snr=10, ppm=50)])
    other = save(tmp_path / "c.wav", [heard(speech(60, seed=3), seed=9)])
    note = tmp_path / "note.txt"
    note.write_text("no sound")
    out = io.StringIO()
    call_command("align_cameras", str(closer), str(farther), str(other), str(note), json=True, stdout=out)
    first, second, third, fourth = json.loads(out.getvalue())
    assert (first["offset_ms"], first["accepted"]) == (0, True)
    assert second["accepted"]
    assert second["offset_ms"] == pytest.approx(7300, abs=1)
    assert second["clock_ppm"] == pytest.approx(50, abs=2)
    assert second["confidence"] > 8
    assert (third["accepted"], third["reason"]) == (False, "Nothing in the two sounds belongs together.")
    assert (fourth["accepted"], fourth["reason"]) == (False, "It is no recording.")


def test_the_command_says_it_in_a_line(closer):
    out = io.StringIO()
    call_command("align_cameras", str(closer), str(closer), stdout=out)
    assert out.getvalue().splitlines()[1].endswith("accepted")


def test_the_command_needs_a_first_file(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("align_cameras", str(tmp_path / "none.mp4"))
