"""English and Russian side by side: addresses, alternates, and what happens where one lacks."""

from __future__ import annotations

import pytest

from cms.models import EventFrontPage, NewsPage, StandardPage
from tests.cms.builders import add_page, translate
from tests.factories import make_released_event


@pytest.fixture
def about(homes):
    return add_page(homes["en"], StandardPage, title="About", slug="about", lead="In English.")


def test_unprefixed_address_follows_the_readers_preference(client, homes):
    assert client.get("/", headers={"accept-language": "ru"}).url == "/ru/"
    assert client.get("/", headers={"accept-language": "de"}).url == "/en/"


def test_untranslated_page_is_shown_under_the_readers_address_and_says_so(client, about):
    response = client.get("/ru/about/")
    html = response.content.decode()
    assert response.status_code == 200
    assert "In English." in html
    assert 'class="language-note"' in html
    assert 'lang="en"' in html.partition("<main")[2]
    assert '<html lang="ru"' in html
    assert 'rel="canonical" href="http://127.0.0.1:8000/en/about/"' in html
    assert 'hreflang="ru" href="http' not in html.partition("</head>")[0]


def test_a_page_in_its_own_language_says_nothing(client, about):
    assert "language-note" not in client.get("/en/about/").content.decode()


def test_translated_page_is_linked_and_its_old_address_leads_to_it(client, about, russian):
    translate(about, russian, title="О нас", slug="o-nas", lead="По-русски.")
    english = client.get("/en/about/").content.decode()
    head = english.partition("</head>")[0]
    assert 'hreflang="ru" href="http://127.0.0.1:8000/ru/o-nas/"' in head
    assert 'hreflang="en" href="http://127.0.0.1:8000/en/about/"' in head
    assert 'href="/ru/o-nas/" lang="ru"' in english
    assert client.get("/ru/about/").url == "/ru/o-nas/"
    assert client.get("/en/o-nas/").url == "/en/about/"
    assert "language-note" not in client.get("/ru/o-nas/").content.decode()


def test_the_switch_of_an_untranslated_page_leads_to_its_fallback(client, about):
    assert 'href="/ru/about/" lang="ru"' in client.get("/en/about/").content.decode()


def test_unpublished_pages_are_no_fallback(client, homes):
    add_page(homes["en"], StandardPage, title="Secret", slug="secret", live=False)
    assert client.get("/ru/secret/").status_code == 404
    assert client.get("/en/secret/").status_code == 404


def test_news_waits_in_its_own_language_until_translated(client, news_index, russian):
    article = add_page(news_index, NewsPage, title="Opening", slug="opening", lead="It opens.")
    index = translate(news_index, russian, title="Новости", slug="novosti")
    assert "Opening" in client.get(index.url).content.decode()
    translate(article, russian, title="Открытие", slug="otkrytie", lead="Открылось.")
    html = client.get(index.url).content.decode()
    assert "Открытие" in html
    assert "Opening" not in html


def test_event_front_page_falls_back_with_a_note(client, homes, russian):
    event, _release = make_released_event()
    page = add_page(
        homes["en"],
        EventFrontPage,
        title="Front",
        event=event,
        body=[("text", "<p>Only English.</p>"), ("programme_days", {})],
    )
    html = client.get(f"/ru/events/{event.slug}/").content.decode()
    assert "Only English." in html
    assert "language-note" in html
    assert event.name_ru in html
    translate(page, russian, title="Лицо", body=[("text", "<p>Теперь по-русски.</p>")])
    html = client.get(f"/ru/events/{event.slug}/").content.decode()
    assert "Теперь по-русски." in html
    assert "language-note" not in html
    assert 'hreflang="ru"' in html


def test_months_are_in_the_right_case(client, news_index, russian):
    article = add_page(news_index, NewsPage, title="A", slug="a", lead="B", date="2026-07-25")
    page = translate(article, russian, title="А", slug="a-ru")
    assert "25 июля 2026" in client.get(page.url).content.decode()


@pytest.mark.parametrize("path", ["/xx/", "/xx/about/", "/en/nothing/", "/ru/nothing/at/all/", "/en/%00/"])
def test_unknown_addresses_answer_404(client, homes, path):
    assert client.get(path, follow=True).status_code == 404
