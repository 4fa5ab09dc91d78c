"""A page with the player, and the files it plays by byte ranges; the addresses can be made to expire."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override

from config.urls import urlpatterns as site_patterns
from media_archive.policies import PLAYER_CSP
from tests.media_archive.timecode import Camera, make_cut, make_file

DAY = dt.datetime(2018, 7, 25, 9, tzinfo=dt.UTC)
TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt",
    ".svg": "image/svg+xml",
}

PAGE = """{% extends "base.html" %}{% load static %}
{% block title %}{{ player.title }}{% endblock %}
{% block styles %}<link rel="stylesheet" href="{% static 'media_archive/watch.css' %}">{% endblock %}
{% block head %}<script src="{% static 'media_archive/player.js' %}" type="module"></script>
<script src="{% static 'media_archive/transcript.js' %}" type="module"></script>{% endblock %}
{% block main_class %}wrap{% endblock %}
{% block main %}<div class="watch"><div class="watch__main">{% include "media_archive/player.html" %}
<header><p class="eyebrow">Day 1 · 25 July 2018 · Main hall</p><h1>{{ player.title }}</h1></header>
<section><h2>Chapters</h2>{% include "media_archive/chapters.html" %}</section>
</div>
<div class="watch__side">{% include "media_archive/slides.html" %}{% include "media_archive/transcript.html" %}</div></div>{% endblock %}"""


# The page inside a frame on another site; its links lead to the page of the recording.
WATCH_URL = "/test-player/"


class Hall:
    """What the site serves: set up once by ``fill``, changed by tests."""

    folder: ClassVar[Path]
    start: ClassVar[float]
    end: ClassVar[float]
    cameras: ClassVar[list[dict[str, Any]]]
    key: ClassVar[str] = "a"  # the part of addresses that would be signed
    asked: ClassVar[list[str]] = []
    lines: ClassVar[int] = 12
    poster: ClassVar[str] = "poster.svg"
    voices: ClassVar[bool] = False  # whether there is a second language
    valid_for: ClassVar[float | None] = None  # seconds
    sound: ClassVar[int] = 1  # the camera whose sound is heard
    sounding: ClassVar[set[int]] = {1}  # the cameras that have any
    said_for: ClassVar[float] = 1.0  # share of each line's time in which it is being said
    languages: ClassVar[tuple[str, ...]] = ()  # of transcripts, where there are several
    follows: ClassVar[dict[str, str] | None] = None  # what is offered at the end

    @classmethod
    def fill(cls, folder: Path, cameras: list[Camera], start: float, end: float) -> None:
        """Make the files of one cut."""
        folder.mkdir(parents=True, exist_ok=True)
        cls.folder, cls.start, cls.end = folder, start, end
        cls.cameras = make_cut(folder, cameras, day=DAY, start=start, end=end)
        make_cut(folder / "voice", [Camera(4, ((0, 72),), has_sound=True)], day=DAY, start=start, end=end)
        make_file(folder, "plain.mp4", 4)
        cls.reset()
        (folder / "captions.vtt").write_text(
            "WEBVTT\n\n" + "\n".join(f"00:{n * 4 // 60:02}:{n * 4 % 60:02}.000 --> 00:{(n * 4 + 4) // 60:02}:{(n * 4 + 4) % 60:02}.000\nLine <i>{n}</i> of what is said\n" for n in range(int(end - start) // 4))
        )  # fmt: skip
        (folder / "sprites.vtt").write_text(
            "WEBVTT\n\n00:00.000 --> 00:10.000\npicture.svg#xywh=0,0,160,90\n\n00:10.000 --> 01:00.000\npicture.svg#xywh=160,0,160,90\n"
        )
        for name, hue in (("poster", 215), ("picture", 160), ("slide-1", 30), ("slide-2", 280)):
            (folder / f"{name}.svg").write_text(
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180" width="1280" height="720"><rect width="320" height="180" fill="hsl({hue} 30% 22%)"/><circle cx="160" cy="80" r="40" fill="hsl({hue} 40% 60%)"/></svg>'
            )

    @classmethod
    def reset(cls) -> None:
        """Let addresses be as at first."""
        cls.key, cls.asked, cls.lines, cls.sound, cls.voices = "a", [], 12, 1, False
        cls.valid_for, cls.sounding, cls.said_for, cls.languages, cls.follows = None, {1}, 1.0, (), None

    @classmethod
    def context(cls) -> dict[str, Any]:
        """Return what the fragments need."""
        base = f"/test-media/{cls.key}/"
        duration = cls.end - cls.start
        start = DAY + dt.timedelta(seconds=cls.start)
        sentences = ("Thank you. I will show how a smart region begins in practice.",
                     "We set our course by the seventeen goals, and each municipality chose three.",
                     "Without data from enterprises no smart region will think.")  # fmt: skip
        return {
            "player": {
                "start": f"{start:%Y-%m-%dT%H:%M:%S}.{start.microsecond // 1000:03d}Z",
                "duration": duration,
                "title": "Digital transformation: the first plenary",
                "cameras": [
                    {**camera, "master": base + camera["master"], "is_sound_master": camera["number"] == cls.sound,
                     "has_sound": camera["number"] in cls.sounding}
                    for camera in cls.cameras
                ],
                "chapters": [
                    {"start": 0, "title": "Opening"},
                    {"start": round(duration * 0.3, 1), "title": "Priorities of federal support"},
                    {"start": round(duration * 0.6, 1), "title": "Smart region, 17 goals"},
                ],
                "captions": [
                    {"language": "en", "label": "English", "url": base + "captions.vtt"},
                    *([{"language": "ru", "label": "Russian", "url": base + "captions.vtt"}] if cls.voices else []),
                ],
                "sounds": [
                    {"language": "ru", "label": "Russian", "camera": 1, "url": None},
                    *([{"language": "en", "label": "English", "camera": 1, "url": base + "voice/4/picture.m3u8"}] if cls.voices else []),
                ],
                "thumbnails": base + "sprites.vtt",
                "slides": [
                    {"start": 0, "image": base + "slide-1.svg", "title": "p. 1", "deck": "Smart region", "page": 1},
                    {"start": round(duration * 0.4, 1), "image": base + "slide-2.svg", "title": "p. 2", "deck": "Smart region", "page": 2},
                ],
                "resume_key": "recording:TEST",
                "base": base,
                "valid_for": cls.valid_for,
            },
            "follows": cls.follows,
            "plain_file": base + "plain.mp4",
            "poster": base + cls.poster,
            "transcript": {
                "language": "en",
                "title": "Digital transformation: the first plenary",
                "lines": [
                    {"start": n * duration / cls.lines, "end": (n + cls.said_for) * duration / cls.lines,
                     "text": sentences[n % 3], "speaker": "Artem Shadrin" if n % 6 < 3 else "Vladimir Korovkin"}
                    for n in range(cls.lines)
                ],
            },
        }  # fmt: skip


@csp_override({**PLAYER_CSP, "style-src": [CSP.SELF, CSP.NONCE]})
def page(request: HttpRequest) -> HttpResponse:
    """Show the player."""
    context = Hall.context()
    context["transcript"]["find"] = request.GET.get("find", "")
    if Hall.languages:
        shown = request.GET.get("transcript", Hall.languages[0])
        context["transcript"]["language"] = shown
        context["transcripts"] = [
            {"language": one, "label": one.upper(), "address": f"?transcript={one}", "is_current": one == shown}
            for one in Hall.languages
        ]  # fmt: skip
    return HttpResponse(engines["django"].from_string(PAGE).render(context, request))


@csp_override({**PLAYER_CSP, "style-src": [CSP.SELF, CSP.NONCE]})
def frame(request: HttpRequest) -> HttpResponse:
    """Show the player as other pages do."""
    context = Hall.context()
    told = {"page": {"title": context["player"]["title"]}, "watch_url": WATCH_URL}
    return HttpResponse(
        engines["django"].get_template("media_archive/embed.html").render({**context, **told}, request)
    )


def with_voices(master: str) -> str:
    """Return a master playlist that names two sounds, as ``media_archive.playlists`` writes them."""
    lines = master.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("#EXT-X-STREAM-INF"))
    lines[at] += ',AUDIO="sound"'
    told = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="{}",LANGUAGE="{}",DEFAULT={},AUTOSELECT=YES'
    lines[at:at] = [
        told.format("Russian", "ru", "YES"),
        told.format("English", "en", "NO") + ',URI="../voice/4/picture.m3u8"',
    ]
    return "\n".join(lines) + "\n"


def media(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """Give a file or a range of it; 403 for an address that has expired."""
    Hall.asked.append(name)
    if key != Hall.key:
        return HttpResponse(status=403)
    target = (Hall.folder / name).resolve()
    if not target.is_file() or Hall.folder.resolve() not in target.parents:
        raise Http404
    whole = target.read_bytes()
    if Hall.voices and name == "1/master.m3u8":
        whole = with_voices(whole.decode()).encode()
    kind = TYPES[target.suffix]
    wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
    if not wanted:
        return HttpResponse(whole, content_type=kind, headers={"Accept-Ranges": "bytes"})
    first, last = int(wanted[1]), min(int(wanted[2] or len(whole) - 1), len(whole) - 1)
    headers = {"Content-Range": f"bytes {first}-{last}/{len(whole)}", "Accept-Ranges": "bytes"}
    return HttpResponse(whole[first : last + 1], status=206, content_type=kind, headers=headers)


urlpatterns = [
    path("test-player/", page),
    path("test-player/frame/", frame),
    path("test-media/<str:key>/<path:name>", media),
    *site_patterns,
]
handler404 = "network.web.errors.page_not_found"
