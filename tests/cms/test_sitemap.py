"""What search engines are told."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from cms.models import EventFrontPage, StandardPage
from tests.cms.builders import add_page, translate
from tests.factories import CallFactory, SessionFactory, make_released_event

NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
BASE = "http://127.0.0.1:8000"


def read(client) -> dict[str, dict[str, str]]:
    response = client.get("/sitemap.xml")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/xml")
    root = etree.fromstring(response.content)
    return {
        url.findtext("s:loc", namespaces=NS): {
            link.get("hreflang"): link.get("href") for link in url.findall("x:link", NS)
        }
        for url in root.findall("s:url", NS)
    }


def test_lists_pages_and_programmes_with_their_twins(client, homes, russian):
    event, _release = make_released_event(sessions=2)
    session = event.sessions.first()
    page = add_page(homes["en"], StandardPage, title="About")
    translate(page, russian, title="О нас", slug="o-nas")
    add_page(homes["en"], StandardPage, title="Only English")
    found = read(client)
    assert found[f"{BASE}/en/about/"] == {"en": f"{BASE}/en/about/", "ru": f"{BASE}/ru/o-nas/"}
    assert found[f"{BASE}/en/only-english/"] == {}
    assert f"{BASE}/ru/only-english/" not in found
    for path in (
        "",
        f"events/{event.slug}/",
        f"events/{event.slug}/programme/2026-09-14/",
        f"events/{event.slug}/sessions/{session.code}/",
        f"events/{event.slug}/people/{session.roles.first().person.code}/",
        f"events/{event.slug}/changes/",
    ):
        assert found[f"{BASE}/en/{path}"]["ru"] == f"{BASE}/ru/{path}"


def test_drafts_and_hidden_events_are_left_out(client, homes):
    event, _release = make_released_event()
    draft = SessionFactory(event=event, number=9)
    hidden, _release = make_released_event(is_public=False)
    add_page(homes["en"], EventFrontPage, title="Hidden front", event=hidden)
    add_page(homes["en"], StandardPage, title="Unpublished", live=False)
    text = client.get("/sitemap.xml").content.decode()
    assert draft.code not in text
    assert hidden.slug not in text
    assert "hidden-front" not in text
    assert "unpublished" not in text


def test_the_front_page_of_an_event_is_listed_once(client, homes):
    event, _release = make_released_event()
    add_page(homes["en"], EventFrontPage, title="Front", event=event)
    text = client.get("/sitemap.xml").content.decode()
    assert text.count(f"<loc>{BASE}/en/events/{event.slug}/</loc>") == 1


@pytest.mark.django_db
def test_queries_do_not_grow_with_events(client):
    counts = []
    for number in (1, 2):
        for _n in range(number):
            make_released_event(sessions=number)
        read(client)
        with CaptureQueriesContext(connection) as captured:
            read(client)
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_robots_and_icon(client):
    text = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {BASE}/sitemap.xml" in text
    assert "Disallow: /admin/" in text
    assert client.get("/favicon.ico")["Location"] == "/static/cms/img/favicon.svg"


def test_lists_published_calls_of_public_events_alone(client, homes):
    call = CallFactory()
    for hidden in (CallFactory(is_published=False), CallFactory(event__is_public=False)):
        assert f"{BASE}/en/calls/{hidden.slug}/" not in read(client)
    assert read(client)[f"{BASE}/en/calls/{call.slug}/"]["ru"] == f"{BASE}/ru/calls/{call.slug}/"
