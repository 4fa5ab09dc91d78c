"""Recordings that lie elsewhere: whether a film of a cut lies here, and else on which site it is watched."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.db.models import Exists, F, OuterRef, QuerySet

from media_archive.models import CameraFile, Cut, Rendition

WEB = ("http", "https")


def with_film(cuts: QuerySet[Cut]) -> QuerySet[Cut]:
    """Note at each cut whether a film of it lies here and a picture of it is drawn, as ``has_film`` and ``has_poster``; within the same query."""
    film = Rendition.objects.filter(
        file__camera__recording=OuterRef("recording"),
        file__offset_ms__lt=OuterRef("end_ms"),
        file__offset_ms__gt=OuterRef("start_ms") - F("file__duration_ms"),
    )
    drawn = CameraFile.objects.filter(
        camera__recording=OuterRef("recording"), offset_ms__isnull=False, previews__gt=0
    )
    return cuts.annotate(has_film=Exists(film), has_poster=Exists(drawn))


def elsewhere_of(cut: Cut) -> str:
    """Return the site on which alone a cut of ``with_film`` can be watched, or nothing."""
    return "" if not cut.external_url or vars(cut)["has_film"] else site_of(cut.external_url)


def site_of(url: str) -> str:
    """Return what people call the site of an address: its host, without ``www.``."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_of_the_web(url: str) -> bool:
    """Tell whether a browser can be led to the address, and nothing runs by it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in WEB and bool(parts.hostname)
