"""The archive's part of the REST API."""

from __future__ import annotations

import pytest
from django.conf import settings

from media_archive.models import Material

pytestmark = pytest.mark.django_db


def test_programs_read_what_everybody_may_watch(client, public_cuts):
    """The list and one recording name cameras, captions, chapters and materials by whole addresses."""
    Material.objects.create(event=public_cuts[0].event, session=public_cuts[0].session, title="Protocol", url="https://a.example/", is_published=True)  # fmt: skip
    Material.objects.create(
        event=public_cuts[0].event, session=public_cuts[0].session, title="Draft", url="https://b.example/"
    )
    page = client.get("/api/v1/events/forum/recordings?limit=1").json()
    assert page["count"] >= 2
    assert len(page["items"]) == 1
    one = client.get(f"/api/v1/events/forum/recordings/{public_cuts[0].code}").json()
    assert one["title"]["en"] == "Session 1"
    assert one["seconds"] == public_cuts[0].seconds
    assert [camera["number"] for camera in one["cameras"]] == [1, 2]
    playlist = one["cameras"][0]["playlist"]
    assert client.get(playlist.removeprefix(settings.BASE_URL)).status_code == 200
    assert [captions["language"] for captions in one["captions"]] == ["ru"]
    assert [chapter["title"] for chapter in one["chapters"]] == ["Welcome <b>& more</b>", "Clusters"]
    assert [material["title"] for material in one["materials"]] == ["Protocol"]


def test_nothing_there_answers_404(client, public_cuts):
    """Unknown recordings and events are told from each other by nothing."""
    for path in ("forum/recordings/ZZZZZZ", "nowhere/recordings", "nowhere/recordings/ZZZZZZ"):
        assert client.get(f"/api/v1/events/{path}").status_code == 404


def test_the_document_tells_of_recordings(client, db):
    """Both operations stand in the OpenAPI document."""
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/events/{slug}/recordings", "/api/v1/events/{slug}/recordings/{code}"} <= set(paths)
