"""The archive's part of the REST API: recordings that everybody may watch, read only. Times are RFC 3339 in UTC."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from ninja import Router, Schema
from ninja.throttling import AnonRateThrottle

from media_archive.models import Material
from media_archive.pages.published import Published, published
from media_archive.queries.sounds import sounds_of_cameras
from sessions_app.events.queries import get_event
from sessions_app.programme.api import ERRORS, RATE, open_to_all
from sessions_app.programme.api_schemas import Code, Limit, Offset, Slug, Text
from sessions_app.programme.views.public import reader_of_event

router = Router(tags=["recordings"], throttle=[AnonRateThrottle(RATE)])
router.add_decorator(open_to_all, mode="view")


class CameraOut(Schema):
    """A view of the recording; ``playlist`` is an HLS master playlist, all cameras' times are of one clock."""

    number: int
    label: str
    is_heard: bool
    playlist: str


class SoundOut(Schema):
    """A sound to choose; ``language`` is BCP 47, "mul" for the floor; ``playlist`` is empty for the one in the pictures."""

    language: str
    camera: int
    playlist: str


class CaptionsOut(Schema):
    """What is said, in one language, as WebVTT."""

    language: str
    is_original: bool
    url: str


class ChapterOut(Schema):
    """A part; ``start`` in seconds from the recording's start."""

    start: float
    title: str


class MaterialOut(Schema):
    """A published result or material of the session."""

    kind: str
    title: str
    text: str
    url: str


class RecordingOut(Schema):
    """A recording; ``session`` is the code of its session in the programme, empty for whole days.

    ``elsewhere`` is its address on another site where no film of it lies here; ``seconds`` are then as planned.
    """

    code: str
    session: str
    title: Text
    start: dt.datetime
    seconds: float
    room: str
    url: str
    elsewhere: str
    poster: str
    cameras: list[CameraOut]
    sounds: list[SoundOut]
    captions: list[CaptionsOut]


class RecordingDetail(RecordingOut):
    """A recording with its parts and materials."""

    summary: str
    chapters: list[ChapterOut]
    materials: list[MaterialOut]


class RecordingPage(Schema):
    """A part of the list."""

    count: int
    items: list[RecordingOut]


@router.get("/{slug}/recordings", response={200: RecordingPage, **ERRORS}, summary="Recordings")
def list_recordings(request: HttpRequest, slug: Slug, limit: Limit = 50, offset: Offset = 0) -> Any:
    """List the recordings that everybody may watch, the newest first."""
    found = _published(slug)
    return {"count": len(found), "items": [_recording(one) for one in found[offset : offset + limit]]}


@router.get("/{slug}/recordings/{code}", response={200: RecordingDetail, **ERRORS}, summary="One recording")
def get_recording(request: HttpRequest, slug: Slug, code: Code) -> Any:
    """Return a recording with its cameras, captions, chapters and materials."""
    found = _published(slug, code.upper())
    if not found:
        raise Http404("No such recording.")
    one = found[0]
    materials = Material.objects.filter(event=one.cut.event_id, is_published=True)
    if one.cut.session_id:
        own = materials.filter(session=one.cut.session_id)
    else:
        own = materials.filter(session=None, date=one.cut.recording.date)
    return {
        **_recording(one),
        "summary": one.cut.summary,
        "chapters": one.chapters,
        "materials": [_material(material) for material in own],
    }


def _published(slug: str, *codes: str) -> list[Published]:
    event = get_event(slug, AnonymousUser())
    return published(event, reader_of_event(event), codes=codes or None)


def _recording(one: Published) -> dict[str, Any]:
    cut = one.cut
    return {
        "code": cut.code,
        "session": one.session.code if one.session else "",
        "title": dict(one.session.title) if one.session else {one.reader.language: one.title.text},
        "start": cut.starts_at,
        "seconds": cut.seconds,
        "room": cut.recording.place,
        "url": one.page,
        "elsewhere": one.elsewhere,
        "poster": one.poster,
        "cameras": [
            {
                "number": camera.number,
                "label": camera.label,
                "is_heard": camera.is_sound_master,
                "playlist": f"{one.base}{camera.number}/master.m3u8",
            }
            for camera in one.cameras
        ],
        "sounds": [
            {
                "language": sound.language,
                "camera": sound.camera,
                "playlist": f"{one.base}{sound.uri}" if sound.uri else "",
            }
            for sound in sounds_of_cameras(cut, one.cameras)
        ],
        "captions": [
            {
                "language": transcript.language,
                "is_original": transcript.is_original,
                "url": f"{one.base}captions-{transcript.language}.vtt",
            }
            for transcript in one.transcripts
        ],
    }


def _material(material: Material) -> dict[str, Any]:
    address = f"{settings.BASE_URL}/files/results/{material.guid}/" if material.path else material.url
    return {"kind": material.kind, "title": material.title, "text": material.text, "url": address}
