"""The main and the footer menu in each language."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.redirects.models import Redirect

from cms.models import MenuItem, StandardPage
from cms.services import set_menu
from tests.cms.builders import add_page, translate
from tests.factories import FIRST_DAY, make_released_event


def test_without_a_menu_the_sites_own_parts_are_listed(client, news_index):
    html = client.get("/en/events/").content.decode()
    assert '<a href="/en/events/" aria-current="page">' in html
    assert '<a href="/en/news/">' in html
    assert 'href="/en/search/"' in html


def test_a_link_without_a_language_leads_into_the_readers(client, homes):
    set_menu(
        place="main", language="en", links=[("All events", "/events/"), ("The API", "/api/v1/openapi.json")]
    )
    html = client.get("/en/events/").content.decode()
    assert '<a href="/en/events/" aria-current="page">All events</a>' in html
    assert '<a href="/api/v1/openapi.json">The API</a>' in html


def test_every_page_leads_to_the_search(client, homes):
    set_menu(place="main", language="en", links=[("Elsewhere", "https://example.org/")])
    event, _release = make_released_event()
    for path in ("/en/", f"/en/events/{event.slug}/", f"/en/events/{event.slug}/programme/{FIRST_DAY}/"):
        assert 'href="/en/search/"' in client.get(path).content.decode()


def test_menus_are_kept_per_language(client, homes, russian):
    page = add_page(homes["en"], StandardPage, title="About")
    set_menu(place="main", language="en", links=[("", page), ("Elsewhere", "https://example.org/")])
    set_menu(place="footer", language="en", links=[("Imprint", page)])
    html = client.get("/en/about/").content.decode()
    assert '<a href="/en/about/" aria-current="page">About</a>' in html
    assert '<a href="https://example.org/">Elsewhere</a>' in html
    assert ">Imprint</a>" in html
    assert "Elsewhere" not in client.get("/ru/events/").content.decode()
    twin = translate(page, russian, title="О нас", slug="o-nas")
    set_menu(place="main", language="ru", links=[("", twin)])
    assert '<a href="/ru/o-nas/">О нас</a>' in client.get("/ru/events/").content.decode()


def test_unpublished_pages_leave_the_menu(client, homes):
    page = add_page(homes["en"], StandardPage, title="Gone soon")
    set_menu(place="main", language="en", links=[("", page)])
    page.unpublish()
    assert "Gone soon" not in client.get("/en/events/").content.decode()


@pytest.mark.parametrize("link", ["javascript:alert(1)", ""])
def test_a_link_needs_a_good_target(homes, link):
    with pytest.raises(ValidationError):
        MenuItem(title="x", link=link).full_clean(exclude=["menu"])


def test_redirects_lead_on(client, homes):
    page = add_page(homes["en"], StandardPage, title="New place")
    Redirect.add_redirect("/en/old-place/", page)
    response = client.get("/en/old-place/")
    assert (response.status_code, response["Location"]) == (301, "/en/new-place/")


def test_queries_do_not_grow_with_the_menu(client, homes):
    counts = []
    for number in (1, 3):
        pages = [add_page(homes["en"], StandardPage, title=f"Page {number} {n}") for n in range(number)]
        set_menu(place="main", language="en", links=[("", page) for page in pages])
        client.get("/en/events/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/en/events/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.fixture
def day():
    event, _release = make_released_event()
    return f"/en/events/{event.slug}/programme/{FIRST_DAY}/"


def test_a_kept_programme_page_shows_the_menu_as_it_is_now(
    client, homes, day, django_capture_on_commit_callbacks
):
    page = add_page(homes["en"], StandardPage, title="Imprint")

    def after(change) -> tuple[str, int]:
        known = client.get(day)["ETag"]
        with django_capture_on_commit_callbacks(execute=True):
            change()
        answer = client.get(day, headers={"If-None-Match": known})
        return answer.content.decode(), answer.status_code

    assert ">Imprint</a>" not in client.get(day).content.decode()
    assert ">Imprint</a>" in after(lambda: set_menu(place="footer", language="en", links=[("", page)]))[0]
    page.title = "Who we are"
    assert ">Who we are</a>" in after(lambda: page.save_revision().publish())[0]
    assert after(lambda: None) == ("", 304)
    assert "Who we are" not in after(page.unpublish)[0]
    assert after(page.delete)[1] == 200
