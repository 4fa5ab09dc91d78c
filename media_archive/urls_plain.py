"""Files of recordings, one address for all languages; bytes of recordings are answered by ``media_archive.serving``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path, register_converter

from media_archive import feeds
from media_archive.views import media, sharing


class KeyConverter:
    """A key as ``media_archive.links`` makes it."""

    regex = r"[0-9a-f]+-[dv]-[\w-]+"

    def to_python(self, value: str) -> str:
        """Return it as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Return it as it is."""
        return value


register_converter(KeyConverter, "mediakey")

FILES: tuple[tuple[str, Callable[..., HttpResponse], str, dict[str, Any]], ...] = (
    ("<int:camera>/master.m3u8", media.master, "media_master", {}),
    ("<int:camera>/<slug:name>.m3u8", media.playlist, "media_playlist", {}),
    ("<int:camera>/poster.jpg", media.poster, "media_poster", {}),
    ("<int:camera>/previews.vtt", media.previews, "media_previews", {}),
    ("<int:camera>/previews-<int:number>-<int:sheet>.jpg", media.preview_sheet, "media_preview_sheet", {}),
    ("chapters.json", media.chapters, "media_chapters", {}),
    ("poster.jpg", media.poster, "media_cut_poster", {"camera": 0}),
    ("slides-<int:deck>-<int:page>.jpg", media.slide, "media_slide", {}),
    ("slides-<int:deck>.pdf", media.deck, "media_deck", {}),
    ("captions-<slug:language>.vtt", media.captions, "media_captions", {"form": "vtt"}),
    ("captions-<slug:language>.srt", media.captions, "media_captions_srt", {"form": "srt"}),
    ("captions-<slug:language>.txt", media.captions, "media_captions_txt", {"form": "txt"}),
)
CUT = "session/<slug:code>/"

urlpatterns: list[URLPattern] = [
    path("files/results/<uuid:guid>/", media.material, name="media_material"),
    path("events/<slug:slug>/recordings.rss", feeds.podcast, name="recordings_rss"),
    path("events/<slug:slug>/recordings.atom", feeds.atom, name="recordings_atom"),
    path("oembed", sharing.oembed, name="oembed"),
    path("sitemap-videos.xml", sharing.video_sitemap, name="video_sitemap"),
]
for _file, _view, _name, _more in FILES:
    urlpatterns += [
        path(f"media/<slug:slug>/{CUT}{_file}", _view, _more, name=_name),
        path(f"media/<slug:slug>/<mediakey:key>/{CUT}{_file}", _view, _more, name=f"{_name}_signed"),
    ]
