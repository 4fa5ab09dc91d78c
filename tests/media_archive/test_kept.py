"""What links within a recording's page keep, and what nobody else is told."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_archive.models import Access, Cut, SlideDeck
from media_archive.services.cutting import make_link, publish_cut, withdraw_cut
from media_archive.services.words import take_transcript
from media_archive.transcripts import Line
from tests.factories import make_team_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def page_of(client, public_cuts, filmed):
    """Return a function that opens the first recording by a query, and gives its page."""
    for language in ("ru", "en"):
        take_transcript(
            recording=filmed, language=language, lines=[Line(3000, 4000, f"Words in {language}")], actor=None
        )
    deck = SlideDeck.objects.create(recording=filmed, title="Доклад", path="x.pdf", pages=2)
    deck.marks.create(at_ms=3000, page=1)

    def ask(query: str = "") -> str:
        response = client.get(f"/en/events/forum/recordings/{public_cuts[0].code}/{query}")
        assert response.status_code == 200
        return response.content.decode()

    return ask


@pytest.fixture
def secret(public_cuts) -> str:
    """The secret of a link that alone opens the first recording."""
    publish_cut(cut=public_cuts[0], access=Access.LINK, actor=None)
    ends = timezone.now() + dt.timedelta(hours=1)
    return make_link(cut=public_cuts[0], name="Press", expires_at=ends, actor=None)[1]


def relative_links(page: str) -> list[str]:
    """Return the queries of all links that stay on the page."""
    return [html.unescape(one) for one in re.findall(r'<a [^>]*?href="(\?[^"]*)"', page)]


def test_whoever_came_with_a_link_goes_on_with_it(client, page_of, secret, public_cuts):
    """Chapters, lines, slides and languages of the transcript open; each of them kept the choice of camera and language."""
    page = page_of(f"?key={secret}&t=3&camera=2&sound=ru&transcript=ru")
    links = relative_links(page)
    assert len(links) == 2 + 1 + 1 + 2
    for link in links:
        assert f"key={secret}" in link
        assert "camera=2" in link
        assert "sound=ru" in link
        assert page_of(link.partition("#")[0])
    assert sum("transcript=ru" in link for link in links) == 5
    assert [link for link in links if "transcript=en" in link] == [
        f"?transcript=en&t=3&key={secret}&camera=2&sound=ru#transcript-title"
    ]


def test_a_secret_is_told_to_nobody_else(client, page_of, secret, public_cuts, event):
    """Neither search engines nor whoever may watch anyway get it; links with it are not to be followed by robots."""
    page = page_of(f"?key={secret}")
    head = page.partition("</head>")[0]
    assert secret not in head
    assert 'content="noindex"' in head
    assert all(
        'rel="nofollow"' in link
        for link in re.findall(r"<a [^>]*>", page.partition("<main")[2])
        if secret in link
    )
    client.force_login(make_team_member(event, "media_editor"))
    assert all(secret not in link for link in relative_links(page_of(f"?key={secret}")))
    publish_cut(cut=public_cuts[0], access=Access.PUBLIC, actor=None)
    client.logout()
    assert all(secret not in link for link in relative_links(page_of(f"?key={secret}")))


def test_links_of_a_plain_address_are_plain(page_of):
    """Nothing is added where nothing was chosen."""
    assert relative_links(page_of()) == [
        "?t=1",
        "?transcript=en#transcript-title",
        "?transcript=ru#transcript-title",
        "?t=1",
        "?t=0",
        "?t=3",
    ]


def test_another_language_takes_the_place_of_the_transcript(page_of):
    """With script only the transcript is exchanged, and the film plays on."""
    tabs = re.findall(r'<a id="transcript-\w+"[^>]*>', page_of("?t=3"))
    assert len(tabs) == 2
    for tab, language in zip(tabs, ("en", "ru"), strict=True):
        assert f'hx-get="?transcript={language}&amp;t=3"' in tab
        assert 'hx-select="plenum-transcript"' in tab


def test_search_engines_are_told_of_one_page(client, page_of, public_cuts, filmed):
    """Seconds and languages of transcripts are no pages of their own."""
    Cut.objects.filter(pk=public_cuts[0].pk).update(summary_en="We\nagreed. " + "Very much so. " * 40)
    head = page_of("?t=3&transcript=ru").partition("</head>")[0]
    base = f"/events/forum/recordings/{public_cuts[0].code}/"
    assert re.search(rf'<link rel="canonical" href="[^"]*/en{base}">', head)
    for language in ("en", "ru"):
        assert re.search(rf'hreflang="{language}" href="[^"]*/{language}{base}">', head)
    assert not [link for link in re.findall(r"<(?:link|meta)[^>]*>", head) if "t=3" in link]
    told = re.search(r'<meta name="description" content="([^"]*)">', head)[1]
    assert told.startswith("We agreed. Very")
    assert len(told) <= 200
    for name, value in (("type", "video.other"), ("title", "Session 1"), ("description", told)):
        assert f'<meta property="og:{name}" content="{value}">' in head
    assert re.search(rf'<meta property="og:url" content="[^"]*/en{base}">', head)


def test_words_of_letters_that_are_foreign_are_marked(client, page_of, filmed):
    """Slides and cameras have no language noted; Cyrillic words on an English page are read as Russian, and need no mark on a Russian one."""
    filmed.cameras.filter(number=2).update(label="у сцены")
    english = page_of()
    assert '<span lang="ru">Доклад</span>, page 1' in english
    assert '<span lang="ru">у сцены</span>' in english
    russian = client.get("/ru/events/forum/recordings/", follow=True).content.decode()
    assert '<span lang="ru">' not in russian


def test_slides_of_the_session_are_a_download(client, page_of, public_cuts, filmed, settings):
    """The deck is given with the session in which alone it was shown, to whoever may watch it."""
    deck = SlideDeck.objects.get()
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    (settings.MEDIA_ROOT / "x.pdf").write_bytes(b"%PDF-1.4")
    address = re.search(r'href="([^"]+\.pdf)" download', page_of())[1]
    assert address == f"/media/forum/session/{public_cuts[0].code}/slides-{deck.pk}.pdf"
    answer = client.get(address)
    assert (b"".join(answer), answer["Content-Type"]) == (b"%PDF-1.4", "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert client.get(address.replace(public_cuts[0].code, public_cuts[1].code)).status_code == 404
    assert "2 pages" in page_of()
    mark = deck.marks.create(at_ms=12_000, page=2)
    assert client.get(address).status_code == 404, "its pages are another session's, too"
    mark.delete()
    withdraw_cut(cut=public_cuts[0], actor=None)
    assert client.get(address).status_code == 404


def test_subtitles_are_offered_in_each_form(page_of, client):
    """Each transcript is a download as WebVTT, SRT and text."""
    page = page_of()
    for form in ("vtt", "srt", "txt"):
        address = re.search(rf'href="([^"]+captions-ru\.{form})\?download"', page)[1]
        assert client.get(address).status_code == 200


def test_the_page_costs_as_much_for_one_deck_as_for_three(page_of, filmed):
    """Decks have no queries of their own."""
    counts = []
    for number in (0, 2):
        for _time in range(number):
            SlideDeck.objects.create(recording=filmed, title="x", path="x", pages=1).marks.create(
                at_ms=4000, page=1
            )
        page_of()
        with CaptureQueriesContext(connection) as queries:
            page_of()
        counts.append(len(queries))
    assert counts[0] == counts[1]
