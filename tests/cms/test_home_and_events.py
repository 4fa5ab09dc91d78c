"""The first page and the list of events."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, Site

from cms.models import HomePage, NewsPage
from cms.queries import event_cards
from cms.services import ensure_site
from tests.cms.builders import add_page
from tests.factories import FIRST_DAY, MOSCOW, EventFactory, make_released_event

pytestmark = pytest.mark.django_db
DURING = dt.datetime.combine(FIRST_DAY, dt.time(9, 5), MOSCOW)


def test_a_fresh_database_has_a_home_in_each_language(client):
    assert sorted(HomePage.objects.values_list("locale__language_code", flat=True)) == ["en", "ru"]
    for language in ("en", "ru"):
        response = client.get(f"/{language}/")
        assert response.status_code == 200
        assert f'<html lang="{language}"' in response.content.decode()


@pytest.mark.parametrize("keep_site", [True, False])
def test_without_any_page_the_home_is_made_of_what_there_is(client, keep_site):
    event, _release = make_released_event()
    if keep_site:
        root = Page.get_first_root_node()
        Site.objects.update(root_page=root)
    HomePage.objects.all().delete()
    response = client.get("/en/")
    assert response.status_code == 200
    assert event.name_en in response.content.decode()


def test_the_site_can_be_ensured_again_and_keeps_what_is_there(homes):
    homes["en"].heading = "Mine"
    homes["en"].save()
    again = ensure_site()
    assert {code: page.pk for code, page in again.items()} == {code: page.pk for code, page in homes.items()}
    assert again["en"].heading == "Mine"
    assert Site.objects.count() == 1


def test_the_site_is_made_anew_where_everything_was_deleted(client):
    Page.objects.filter(depth__gt=1).delete()
    assert set(ensure_site()) == {"en", "ru"}
    assert client.get("/ru/").status_code == 200


def test_own_words_stand_on_the_home_page(client, homes):
    home = homes["en"]
    home.heading, home.lead = "Our forums", "All in one place."
    home.save_revision().publish()
    html = client.get("/en/").content.decode()
    assert "<h1>Our forums</h1>" in html
    assert "All in one place." in html


def test_the_running_event_opens_the_page(client):
    make_released_event(dates=[FIRST_DAY + dt.timedelta(days=60)], name_en="Later")
    make_released_event(dates=[FIRST_DAY - dt.timedelta(days=60)], name_en="Earlier")
    make_released_event(name_en="Running", sessions=2)
    with time_machine.travel(DURING, tick=False):
        html = client.get("/en/").content.decode()
    hero = html[html.index('class="home__hero') : html.index('class="wrap front__body"')]
    assert "Running" in hero
    assert "Running: day 1 of 3" in hero
    assert "On now" in hero
    assert "Later" in html
    assert "Earlier" in html


def test_events_are_ordered_by_phase_and_nearness():
    for name, shift in [("old", -90), ("older", -400), ("soon", 5), ("far", 300), ("now", 0)]:
        EventFactory(slug=name, dates=[FIRST_DAY + dt.timedelta(days=shift)])
    EventFactory(slug="undated").days.all().delete()
    cards = event_cards(now=DURING)
    assert [card.event.slug for card in cards.current] == ["now", "soon", "far", "undated"]
    assert [card.event.slug for card in cards.past] == ["old", "older"]


def test_days_need_not_be_adjacent(client):
    EventFactory(dates=[dt.date(2018, 10, 31), dt.date(2018, 11, 2)], slug="kazan")
    assert "31 October, 2 November 2018" in client.get("/en/events/").content.decode()
    html = client.get("/en/events/kazan/").content.decode()
    assert html.count('class="day-card"') == 2
    assert "1 November" not in html


def test_hidden_events_are_not_listed(client):
    EventFactory(is_public=False, name_en="Not yet")
    for address in ("/en/", "/en/events/"):
        assert "Not yet" not in client.get(address).content.decode()


@pytest.mark.parametrize("address", ["/en/", "/en/events/", "/ru/news/"])
def test_queries_do_not_grow(client, homes, news_index, address):
    counts = []
    for number in (1, 3):
        while NewsPage.objects.count() < number:
            make_released_event()
            add_page(news_index, NewsPage, title="Article", lead="x")
        make_released_event()
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= 24
