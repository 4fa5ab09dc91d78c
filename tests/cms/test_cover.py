"""The square picture by which podcast directories and previews of links show an event."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

from cms.cover import SIDE, cover_png
from tests.factories import make_event

pytestmark = pytest.mark.django_db


def test_a_cover_is_what_podcast_directories_take(client) -> None:
    """A square of 1400 pixels, small, in the event's colour; another event has another one."""
    make_event(slug="forum", brand_colour="#11703c")
    answer = client.get(reverse("event_cover", args=("forum",)))
    assert answer["Content-Type"] == "image/png"
    assert "public" in answer["Cache-Control"]
    assert len(answer.content) < 200_000
    with Image.open(BytesIO(answer.content)) as picture:
        assert picture.size == (SIDE, SIDE)
        assert picture.convert("RGB").getpixel((2, 2)) == (0x11, 0x70, 0x3C)
    assert cover_png("forum", "#11703c") == answer.content
    assert cover_png("other", "#11703c") != answer.content


def test_a_hidden_event_shows_none(client) -> None:
    make_event(slug="forum", is_public=False)
    assert client.get(reverse("event_cover", args=("forum",))).status_code == 404
