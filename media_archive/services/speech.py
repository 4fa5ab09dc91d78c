"""Has a program of the operator's write down what is said; no speech model ships with a package."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from media_archive.ffmpeg import MediaFault, input_arguments, run
from media_archive.models import CameraFile, Recording
from media_archive.packaging import workshop
from media_archive.services.words import take_transcript
from media_archive.transcripts import NoTranscript, read_transcript

PATIENCE = 12 * 3600  # seconds


def write_down(recording: Recording, on_progress: Callable[[float], bool]) -> None:
    """Write down the sound of the camera that is heard, file by file, with ``settings.SPEECH_COMMAND``.

    The command is a list of words; ``{sound}`` is a WAV of 16 kHz and ``{out}`` where it writes WebVTT.
    Raises MediaFault (no_command, broken).
    """
    command: list[str] = settings.SPEECH_COMMAND
    if not command:
        raise MediaFault("no_command")
    files = CameraFile.objects.filter(
        camera__recording=recording, camera__is_sound_master=True, has_sound=True, offset_ms__isnull=False
    )
    for number, file in enumerate(files):
        on_progress(number / max(1, len(files)))
        with workshop(file.folder, "speech") as place:
            said = _said(file, place, command, on_progress)
        try:
            lines = read_transcript(said)
        except NoTranscript as error:
            raise MediaFault("broken", "the program wrote no WebVTT") from error
        take_transcript(
            recording=recording, language=settings.SPEECH_LANGUAGE, lines=lines, actor=None,
            shift_ms=round(file.offset_ms or 0), end_ms=round(file.on_clock(file.duration_ms or 0)),
        )  # fmt: skip


def _said(file: CameraFile, place: Path, command: list[str], on_progress: Callable[[float], bool]) -> str:
    sound, out = place / "sound.wav", place / "out.vtt"
    run(
        [*input_arguments(file.source), "-map", f"0:a:{file.sound_track}", "-vn", "-ac", "1", "-ar", "16000", str(sound)],
        seconds=PATIENCE,
    )  # fmt: skip
    words = [word.replace("{sound}", str(sound)).replace("{out}", str(out)) for word in command]
    with subprocess.Popen(  # noqa: S603 - the operator's own command
        words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        waited = 0
        while True:
            try:
                code = process.wait(timeout=5)
                break
            except subprocess.TimeoutExpired:
                waited += 5
                if waited > PATIENCE or not on_progress(0):
                    process.kill()
                    raise MediaFault("too_slow") from None
    if code or not out.exists():
        raise MediaFault("broken", f"the program ended with {code}")
    return out.read_text("utf-8", "replace")
