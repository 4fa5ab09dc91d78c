"""schema.org JSON-LD of a recording, for search engines."""

from __future__ import annotations

from typing import Any

from media_archive.links import embed_url
from media_archive.pages.published import Published
from media_archive.queries.sounds import published_languages

CONTEXT = "https://schema.org"
LONGEST_TRANSCRIPT = 100_000  # characters


def video_data(one: Published, transcript: dict[str, Any] | None) -> dict[str, Any]:
    """Return a recording that everybody may watch as a ``VideoObject`` with its chapters as ``Clip``s."""
    said = " ".join(line["text"] for line in transcript["lines"]) if transcript else ""
    session = {one.session.language} if one.session and one.session.language else set()
    spoken = sorted(session | published_languages(one.cameras))
    data = {
        "@context": CONTEXT,
        "@type": "VideoObject",
        "name": one.title.text,
        "description": one.description,
        "thumbnailUrl": [one.poster] if one.poster else [],
        "uploadDate": one.published_at.isoformat(),
        "dateCreated": one.cut.starts_at.isoformat(),
        "duration": ""
        if one.elsewhere
        else iso_duration(one.picture.seconds if one.picture else one.seconds),
        "contentUrl": one.picture.url if one.picture else "",
        "embedUrl": embed_url(one.slug, one.cut.code) if one.cameras else "",
        "url": one.page,
        "sameAs": one.elsewhere,
        "inLanguage": spoken[0] if len(spoken) == 1 else spoken,
        "transcript": said[:LONGEST_TRANSCRIPT],
        "actor": [{"@type": "Person", "name": name} for name, _credit in one.credits],
        "hasPart": [] if one.elsewhere else _clips(one),
    }
    return {key: value for key, value in data.items() if value not in ("", [], None)}


def _clips(one: Published) -> list[dict[str, Any]]:
    ends = [*(chapter["start"] for chapter in one.chapters[1:]), one.cut.seconds]
    return [
        {
            "@type": "Clip",
            "name": chapter["title"],
            "startOffset": int(chapter["start"]),
            "endOffset": int(end),
            "url": f"{one.page}?t={int(chapter['start'])}",
        }
        for chapter, end in zip(one.chapters, ends, strict=False)
    ]


def iso_duration(seconds: float) -> str:
    """Return a length by ISO 8601, for example ``PT1H2M3S``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (rest, "S")) if number]
    return f"PT{''.join(parts) or '0S'}"
