"""Feeds and the list for search engines: what everybody may watch, with exact lengths, and nothing else."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.conf import settings
from django.utils import timezone
from lxml import etree

from media_archive.feeds import ATOM, ITUNES, PODCAST, feed_guid
from media_archive.models import Access, Cut, CutState
from media_archive.views.sharing import SITEMAP, VIDEO
from tests.media_archive.asgi import ask

pytestmark = pytest.mark.django_db
NS = {"itunes": ITUNES, "podcast": PODCAST, "atom": ATOM, "v": VIDEO, "s": SITEMAP}
WHERE = ("/events/forum/recordings.rss", "/events/forum/recordings.atom", "/sitemap-videos.xml", "/api/v1/events/forum/recordings")  # fmt: skip


def read(client, path: str) -> etree._Element:
    response = client.get(path)
    assert response.status_code == 200
    return etree.fromstring(response.content)


def test_podcast_names_sound_with_its_exact_length(client, public_cuts):
    """The enclosure is the file of what is heard, and its length is what the server will answer."""
    item = read(client, WHERE[0]).xpath(f"//item[contains(guid, '{public_cuts[0].code}')]")[0]
    enclosure = item.find("enclosure")
    camera = enclosure.get("url").split("/")[-2]
    assert enclosure.get("url") == (
        f"{settings.BASE_URL}/media/forum/session/{public_cuts[0].code}/{camera}/file-sound.m4a"
    )
    told = ask(enclosure.get("url").removeprefix(settings.BASE_URL), "HEAD").headers
    assert enclosure.get("length") == told["content-length"]
    assert enclosure.get("type") == "audio/mp4"
    assert item.xpath("podcast:transcript[@type='text/vtt']/@language", namespaces=NS) == ["ru"]
    assert len(item.xpath("podcast:alternateEnclosure/podcast:source", namespaces=NS)) >= 2
    assert item.xpath("itunes:duration/text()", namespaces=NS) == [str(round(public_cuts[0].seconds))]


def test_chapters_are_read_where_the_feed_says(client, public_cuts):
    """The address of the chapters opens them as podcast chapters, counted from the start of the session."""
    address = read(client, WHERE[0]).xpath(
        f"//item[contains(guid, '{public_cuts[0].code}')]/podcast:chapters/@url", namespaces=NS
    )[0]
    response = client.get(address.removeprefix(settings.BASE_URL))
    assert response["Content-Type"] == "application/json+chapters"
    found = json.loads(response.content)
    assert found["version"] == "1.2.0"
    assert [(part["startTime"], part["title"]) for part in found["chapters"]] == [
        ((2000 - public_cuts[0].start_ms) / 1000, "Welcome <b>& more</b>"),
        ((5000 - public_cuts[0].start_ms) / 1000, "Clusters"),
    ]


def test_atom_has_what_rfc_4287_asks_for(client, public_cuts):
    """Feed and entries have id, title, updated, and an author."""
    feed = read(client, WHERE[1])
    for name in ("id", "title", "updated", "author"):
        assert feed.find(f"{{{ATOM}}}{name}") is not None
        if name != "author":
            assert all(entry.find(f"{{{ATOM}}}{name}") is not None for entry in feed.iter(f"{{{ATOM}}}entry"))
    assert len(feed.xpath("atom:entry/atom:link[@rel='enclosure']", namespaces=NS)) >= 2


def test_video_sitemap_names_picture_and_player(client, public_cuts):
    """Each recording has what search engines require."""
    videos = read(client, WHERE[2]).xpath(
        f"s:url[contains(s:loc, '{public_cuts[0].code}')]/v:video", namespaces=NS
    )
    assert len(videos) == 1
    assert {etree.QName(child).localname for child in videos[0]} >= {
        "thumbnail_loc", "title", "description", "content_loc", "player_loc", "duration",
    }  # fmt: skip
    assert "/sitemap-videos.xml" in client.get("/robots.txt").content.decode()


@pytest.mark.parametrize("change", [{"state": CutState.DRAFT}, {"state": CutState.WITHDRAWN}, {"access": Access.LINK}, {"access": Access.REGISTERED}, {"publish_at": timezone.now() + dt.timedelta(days=1)}])  # fmt: skip
@pytest.mark.parametrize("path", [*WHERE, "/events/forum/recordings.rss?track=", "/en/recordings/"])
def test_what_is_not_for_everybody_stands_nowhere(client, public_cuts, change, path):
    """Drafts and recordings for some are in no feed, list or answer; the other one stays."""
    Cut.objects.filter(pk=public_cuts[0].pk).update(**change)
    text = client.get(path).content.decode()
    assert public_cuts[0].code not in text
    assert public_cuts[1].code in text


def test_a_feed_of_one_person_or_topic(client, public_cuts):
    """Whom or what nobody knows of has no feed; a language that is not spoken here is the site's own."""
    for query in ("person=NOBODY", "track=none", "person=%00%0b&lang=xx"):
        for path in WHERE[:2]:
            assert client.get(f"{path}?{query}").status_code == 404, (path, query)
    assert len(read(client, f"{WHERE[0]}?lang=xx").findall("channel/item")) >= 2


def test_feeds_say_what_they_are_and_are_sent_once(client, public_cuts):
    """Audio is a podcast; each feed has a lasting name of its own; who has it already is not sent it again."""
    channel = read(client, WHERE[0]).find("channel")
    assert channel.xpath("podcast:medium/text()", namespaces=NS) == ["podcast"]
    assert channel.xpath("podcast:guid/text()", namespaces=NS) == [
        feed_guid(f"{settings.BASE_URL}{WHERE[0]}")
    ]
    assert feed_guid("https://mp3s.nashownotes.com/pc20rss.xml/") == "917393e3-1b1e-5cef-ace4-edaa54e1f810", (
        "the namespace's own example"
    )
    for path in WHERE[:2]:
        tag = client.get(path)["ETag"]
        assert client.get(path, headers={"if-none-match": tag}).status_code == 304
        Cut.objects.filter(pk=public_cuts[0].pk).update(summary=f"Anew for {path}")
        assert client.get(path, headers={"if-none-match": tag}).status_code == 200


def test_the_podcast_has_the_event_s_square_cover_and_no_wide_one(client, public_cuts):
    """Directories refuse a podcast whose cover is not square; posters are 16:9."""
    addresses = read(client, WHERE[0]).xpath("//itunes:image/@href", namespaces=NS)
    assert addresses == [f"{settings.BASE_URL}/events/forum/cover.png"]
    assert client.get("/events/forum/cover.png")["Content-Type"] == "image/png"


def test_hidden_events_have_no_feeds(client, public_cuts, event):
    """Feeds are read without a log-in, so hidden events have none."""
    event.is_public = False
    event.save()
    assert [client.get(path).status_code for path in WHERE[:2]] == [404, 404]
    assert public_cuts[0].code not in client.get(WHERE[2]).content.decode()


@pytest.mark.parametrize("path", [WHERE[0], WHERE[2], WHERE[3]])
def test_number_of_queries_is_the_same_for_one_and_for_many(client, public_cuts, path):
    """No recording costs queries of its own."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    counts = []
    for state in (CutState.DRAFT, CutState.PUBLISHED):
        Cut.objects.exclude(pk=public_cuts[1].pk).update(state=state)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_archive_leads_to_its_feeds(client, public_cuts):
    """Feed readers and people find them."""
    page = client.get("/en/events/forum/recordings/").content.decode()
    assert 'type="application/rss+xml" href="/events/forum/recordings.rss?lang=en"' in page
    assert "Subscribe" in page
