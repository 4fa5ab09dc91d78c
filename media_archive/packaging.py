"""Makes of a recording what browsers play: fragments in one file a rendition; knows no Django.

The work is done in a folder of its own beside the target and moved there whole, so that a worker killed in
the middle leaves nothing that could be taken for a result.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from media_archive.ffmpeg import MediaFault, input_arguments, run

FRAGMENT = 4  # seconds
GROUP = 2  # seconds between pictures that stand by themselves
FASTEST = 31.0  # frames a second; what is filmed faster is shown at half its rate
SOUND_BITS = 128_000
ROOM = 1024 * 1024  # bytes that a disk takes which is not full


@dataclass(frozen=True, slots=True)
class Size:
    """A rung of the ladder: height in pixels, the most bits a second, and the constant quality asked for."""

    height: int
    bits: int
    quality: int = 23


LADDER = (Size(720, 2_500_000), Size(480, 1_200_000), Size(360, 700_000))


@dataclass(frozen=True, slots=True)
class Made:
    """A rendition as it was made: where its bytes lie; lengths in seconds, sizes in bytes."""

    name: str
    path: Path
    header: int
    lengths: list[float]
    sizes: list[int]
    codecs: str

    @property
    def bandwidth(self) -> int:
        """The peak in bits a second."""
        return max(
            (
                round(8 * size / length)
                for size, length in zip(self.sizes, self.lengths, strict=True)
                if length > 0.5
            ),
            default=SOUND_BITS,
        )


@contextmanager
def workshop(folder: Path, name: str) -> Iterator[Path]:
    """Give an empty folder to work in, and remove it afterwards; what is finished is moved out before."""
    place = folder / f"{name}.work"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def sizes_for(height: int) -> list[Size]:
    """Return the rungs for a picture of this height; the smallest also for what is smaller still."""
    return [size for size in LADDER if size.height <= height] or [
        Size(max(2, height - height % 2), LADDER[-1].bits)
    ]


def _output(place: Path, name: str) -> list[str]:
    return [
        "-f", "hls", "-hls_time", str(FRAGMENT), "-hls_playlist_type", "vod",
        "-hls_segment_type", "fmp4", "-hls_flags", "single_file+independent_segments",
        "-hls_segment_filename", str(place / f"{name}.mp4"), str(place / f"{name}.m3u8"),
    ]  # fmt: skip


def _sound(track: int | None) -> list[str]:
    if track is None:
        return ["-an"]
    # Samples that are missing become silence, so that sound and picture stay together for hours.
    return [
        "-map", f"0:a:{track}", "-af", "aresample=async=1:first_pts=0",
        "-c:a", "aac", "-b:a", str(SOUND_BITS), "-ac", "2", "-ar", "48000",
    ]  # fmt: skip


def copy_source(
    source: Path,
    folder: Path,
    *,
    track: int | None,
    seconds: float,
    on_progress: Callable[[float], bool],
    with_sound: bool = False,
) -> Made:
    """Publish the picture as it is, cut into fragments at its own key pictures; the sound is encoded.

    ``with_sound`` copies that, too: browsers play AAC, and nothing is left but moving bytes.
    """
    sound = (
        ["-map", f"0:a:{track}", "-c:a", "copy", "-bsf:a", "aac_adtstoasc"]
        if with_sound and track is not None
        else _sound(track)
    )
    arguments = [*input_arguments(source), "-map", "0:v:0", *sound, "-c:v", "copy", *_meta()]
    with workshop(folder, "source") as place:
        run([*arguments, *_output(place, "source")], seconds=seconds, on_progress=on_progress)
        return _take(place, folder, "source")


def encode_ladder(
    source: Path,
    folder: Path,
    *,
    height: int,
    rate: float,
    track: int | None,
    seconds: float,
    on_progress: Callable[[float], bool],
) -> list[Made]:
    """Encode the picture for all screens in one pass."""
    sizes = sizes_for(height)
    rate = rate / 2 if rate > FASTEST else rate
    shown = f"{rate:.6f}"
    names = [f"v{number}" for number in range(len(sizes))]
    graph = f"[0:v:0]fps={shown},split={len(sizes)}{''.join(f'[s{n}]' for n in names)};" + ";".join(
        f"[s{name}]scale=-2:{size.height}:flags=bicubic,setsar=1,format=yuv420p[{name}]"
        for name, size in zip(names, sizes, strict=True)
    )
    with workshop(folder, "ladder") as place:
        arguments = [*input_arguments(source), "-filter_complex", graph]
        for name, size in zip(names, sizes, strict=True):
            arguments += [
                "-map", f"[{name}]", *_sound(track), *_meta(),
                "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high",
                "-crf", str(size.quality), "-maxrate", str(size.bits), "-bufsize", str(2 * size.bits),
                "-g", str(round(rate * GROUP * 2)), "-sc_threshold", "0",
                "-force_key_frames", f"expr:gte(t,n_forced*{GROUP})",
                *_output(place, str(size.height)),
            ]  # fmt: skip
        run(arguments, seconds=seconds, on_progress=on_progress)
        return [_take(place, folder, str(size.height)) for size in sizes]


def encode_sounds(
    source: Path,
    folder: Path,
    *,
    tracks: Mapping[str, int],
    seconds: float,
    on_progress: Callable[[float], bool],
    copied: Collection[int] = (),
) -> list[Made]:
    """Package sounds without the picture, name to audio track (from 0), in one pass over the file.

    Those ``copied`` are not encoded; they must begin with the picture (``starts_of``), as their first sample comes first.
    """
    with workshop(folder, "sound") as place:
        arguments = input_arguments(source)
        for name, track in tracks.items():
            sound = ["-map", f"0:a:{track}", "-c:a", "copy"] if track in copied else _sound(track)
            arguments += [*sound, "-vn", *_meta(), *_output(place, name)]
        run(arguments, seconds=seconds, on_progress=on_progress)
        return [_take(place, folder, name) for name in tracks]


def _meta() -> list[str]:
    return ["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"]


def need_room(place: Path) -> None:
    """Raise OSError when the disk is full: ffmpeg then ends as if all were well, with half a file or an empty one."""
    probe = place / "room"
    try:
        probe.write_bytes(bytes(ROOM))
    finally:
        probe.unlink(missing_ok=True)


def _take(place: Path, folder: Path, name: str) -> Made:
    """Move a finished rendition to its place; its name never changes, so its address may be kept for long."""
    playlist, film = place / f"{name}.m3u8", place / f"{name}.mp4"
    header, lengths, sizes = read_fragments(playlist.read_text() if playlist.exists() else "")
    if not lengths:
        need_room(place)
        raise MediaFault("nothing_to_play")
    if film.stat().st_size != header + sum(sizes):
        need_room(place)
        raise MediaFault("broken", "the file is not as long as its playlist says")
    made = folder / f"{name}.mp4"
    with (place / f"{name}.mp4").open("rb") as file:
        codecs = codecs_of(file.read(header))
    (place / f"{name}.mp4").replace(made)
    return Made(name, made, header, lengths, sizes, codecs)


_LENGTH = re.compile(r"#EXTINF:([\d.]+)")
_BYTES = re.compile(r"#EXT-X-BYTERANGE:(\d+)@(\d+)")
_MAP = re.compile(r'#EXT-X-MAP:.*BYTERANGE="(\d+)@0"')


def read_fragments(playlist: str) -> tuple[int, list[float], list[int]]:
    """Return header bytes, lengths and sizes of a single-file playlist. Raises MediaFault when bytes are missing in between."""
    found = _MAP.search(playlist)
    header = int(found[1]) if found else 0
    lengths = [float(length) for length in _LENGTH.findall(playlist)]
    places = [(int(size), int(at)) for size, at in _BYTES.findall(playlist)]
    expected = header
    for size, at in places:
        if at != expected:
            raise MediaFault("broken", "the fragments do not follow one another")
        expected += size
    if len(lengths) != len(places):
        raise MediaFault("broken", "the playlist is not whole")
    return header, lengths, [size for size, _at in places]


def codecs_of(header: bytes) -> str:
    """Return the CODECS of RFC 6381 that an MP4 header names: H.264 by its ``avcC``, AAC by its ``esds``."""
    names = []
    at = header.find(b"avcC")
    if at >= 0:
        names.append("avc1." + header[at + 5 : at + 8].hex())
    if b"mp4a" in header:
        names.append("mp4a.40.2")
    return ",".join(names)


def encode_pictures(
    source: Path, folder: Path, *, duration: float, seconds: float, on_progress: Callable[[float], bool]
) -> tuple[int, int]:
    """Make a poster and preview pictures from key pictures alone; return how many seconds each shows and how many there are.

    ``poster.jpg`` is the picture a fifth into the file; ``previews-1.jpg`` and so on hold 5 × 5 pictures of
    160 pixels' width each.
    """
    every = max(2, min(30, round(duration / 500)))
    with workshop(folder, "pictures") as place:
        opened = input_arguments(source)
        run(
            ["-ss", f"{duration / 5:.3f}", *opened, "-map", "0:v:0", "-frames:v", "1",
             "-vf", "scale='min(1280,iw)':-2,setsar=1,format=yuvj420p", "-q:v", "4", "-f", "image2",
             "-update", "1", str(place / "poster.jpg")],
            seconds=120,
        )  # fmt: skip
        run(
            ["-skip_frame", "nokey", *opened, "-map", "0:v:0",
             "-vf", f"fps=1/{every}:round=up:start_time=0,scale=160:90:force_original_aspect_ratio=decrease,"
             "pad=160:90:-1:-1,setsar=1,tile=5x5,format=yuvj420p", "-q:v", "6", "-f", "image2",
             str(place / "previews-%d.jpg")],
            seconds=seconds, on_progress=on_progress,
        )  # fmt: skip
        made = sorted(place.glob("previews-*.jpg"))
        if not (place / "poster.jpg").exists():
            need_room(place)
            raise MediaFault("nothing_to_play")
        for picture in [*made, place / "poster.jpg"]:
            picture.replace(folder / picture.name)
    return every, min(25 * len(made), int(duration // every) + 1)


def encode_poster(source: Path, folder: Path, *, name: str, at: float) -> None:
    """Make one picture of the two seconds from ``at`` on, the one that is most like the others; ``at`` is of the file."""
    with workshop(folder, name) as place:
        run(
            ["-ss", f"{max(0.0, at):.3f}", *input_arguments(source), "-map", "0:v:0", "-t", "2", "-frames:v", "1",
             "-vf", "thumbnail=50,scale='min(1280,iw)':-2,setsar=1,format=yuvj420p", "-q:v", "4", "-f", "image2",
             "-update", "1", str(place / name)],
            seconds=120,
        )  # fmt: skip
        if not (place / name).exists():
            need_room(place)
            raise MediaFault("nothing_to_play")
        (place / name).replace(folder / name)


def in_order(files: Sequence[Made]) -> list[Made]:
    """Return renditions from the largest picture to the smallest."""
    return sorted(files, key=lambda made: (-int(made.name) if made.name.isdigit() else 0, made.name))
