"""Recordings on pages of others, in search engines and on the session's own page."""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings

from media_archive.models import Access, Cut, CutState, Material
from media_archive.structured_data import iso_duration
from sessions_app.events.models import TeamRoleName
from tests.factories import make_team_member

pytestmark = pytest.mark.django_db


def structured(client, code: str) -> dict | None:
    page = client.get(f"/en/events/forum/recordings/{code}/").content.decode()
    found = re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)
    return json.loads(found[1]) if found else None


def test_search_engines_read_a_video_with_clips(client, public_cuts):
    """The watch page tells name, length, picture, player, chapters and words; markup in them stays words."""
    data = structured(client, public_cuts[0].code)
    assert data["@type"] == "VideoObject"
    assert data["duration"] == iso_duration(public_cuts[0].seconds)
    assert data["embedUrl"].endswith(f"/recordings/{public_cuts[0].code}/embed/")
    assert data["thumbnailUrl"][0].startswith(settings.BASE_URL)
    assert data["contentUrl"].endswith(".mp4")
    assert "</script>" in data["transcript"]
    assert [clip["name"] for clip in data["hasPart"]] == ["Welcome <b>& more</b>", "Clusters"]
    assert data["hasPart"][0]["endOffset"] == data["hasPart"][1]["startOffset"]


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "PT0S"), (59.6, "PT1M"), (3723, "PT1H2M3S"), (7200, "PT2H")]
)
def test_lengths_by_iso_8601(seconds, told):
    """Hours, minutes and seconds, none of them zero."""
    assert iso_duration(seconds) == told


def test_other_sites_may_frame_the_player_only(client, public_cuts):
    """The frame's page may be framed by all, the watch page by nobody."""
    response = client.get(f"/en/events/forum/recordings/{public_cuts[0].code}/embed/")
    assert response.status_code == 200
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response
    assert b"<plenum-player" in response.content
    assert b"site-header" not in response.content
    watch = client.get(f"/en/events/forum/recordings/{public_cuts[0].code}/")
    assert "frame-ancestors 'none'" in watch["Content-Security-Policy"]
    assert "&lt;iframe src=" in watch.content.decode()


@pytest.mark.parametrize(
    "change", [{"state": CutState.DRAFT}, {"access": Access.LINK}, {"access": Access.REGISTERED}]
)
def test_what_is_not_for_everybody_is_not_framed(client, public_cuts, event, change):
    """Not even for the team: a frame on another site must not show what only the team may see."""
    Cut.objects.filter(pk=public_cuts[0].pk).update(**change)
    client.force_login(make_team_member(event, TeamRoleName.ORGANISER))
    assert client.get(f"/en/events/forum/recordings/{public_cuts[0].code}/embed/").status_code == 404
    assert structured(client, public_cuts[0].code) is None
    page = client.get(f"/en/events/forum/recordings/{public_cuts[0].code}/").content.decode()
    assert "oembed" not in page
    assert "&lt;iframe" not in page
    address = f"{settings.BASE_URL}/en/events/forum/recordings/{public_cuts[0].code}/"
    assert client.get("/oembed", {"url": address}).status_code == 404


def test_oembed_is_found_and_answers(client, public_cuts):
    """The page names the address that answers with the frame."""
    page = client.get(f"/en/events/forum/recordings/{public_cuts[0].code}/").content.decode()
    address = re.search(r'type="application/json\+oembed" href="([^"]+)"', page)[1].replace("&amp;", "&")
    found = client.get(address.removeprefix(settings.BASE_URL)).json()
    assert found["type"] == "video"
    assert f"/en/events/forum/recordings/{public_cuts[0].code}/embed/" in found["html"]
    small = client.get(address.removeprefix(settings.BASE_URL) + "&maxwidth=400&maxheight=300").json()
    assert (small["width"], small["height"]) == (400, 300)
    tiny = client.get(address.removeprefix(settings.BASE_URL) + "&maxwidth=100&maxheight=90").json()
    assert (tiny["width"], tiny["height"]) == (100, 90)
    assert 'width="100"' in tiny["html"]
    assert "thumbnail_url" not in tiny, "that is larger than was asked for"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 404),
        ({"url": "https://elsewhere.example/en/events/forum/recordings/AAAAAA/"}, 404),
        ({"url": "http://["}, 404),
        ({"url": f"{settings.BASE_URL}/en/events/forum/"}, 404),
        ({"url": f"{settings.BASE_URL}/en/events/forum/recordings/ZZZZZZ/"}, 404),
        ({"url": "x", "format": "xml"}, 501),
    ],
)
def test_oembed_refuses_others_addresses(client, public_cuts, query, status):
    """Only recordings of this site, only as JSON."""
    assert client.get("/oembed", query).status_code == status


def test_the_session_leads_to_its_recording_at_once(client, public_cuts, event):
    """A part of the session's page links to recording and results as soon as they are out."""
    code = public_cuts[0].code
    page = client.get(f"/en/events/forum/sessions/{code}/").content.decode()
    part = re.search(r'hx-get="([^"]*of-session/)"', page)[1]
    link = f'href="/en/events/forum/recordings/{code}/"'
    assert link in client.get(part).content.decode()
    Cut.objects.filter(pk=public_cuts[0].pk).update(state=CutState.DRAFT)
    assert link not in client.get(part).content.decode()
    Cut.objects.filter(pk=public_cuts[0].pk).update(state=CutState.PUBLISHED, access=Access.LINK)
    assert link not in client.get(part).content.decode()
    Cut.objects.filter(pk=public_cuts[0].pk).update(access=Access.REGISTERED)
    assert link in client.get(part).content.decode()
    assert str(Access.REGISTERED.label) in client.get(part).content.decode()
    assert "results/#s-" not in client.get(part).content.decode()
    Material.objects.create(event=event, session=public_cuts[0].session, title="Protocol", is_published=True)
    assert f"results/#s-{code}" in client.get(part).content.decode()
