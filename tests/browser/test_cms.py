"""Content pages in a browser: accessible in both languages, themes and widths; the card that follows the clock."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cms.models import NewsIndexPage, NewsPage, PartnersPage, StandardPage
from cms.services import ensure_site
from sessions_app.events.models import EventOrganiser
from sessions_app.programme.services.releasing import release_programme
from tests.browser.conftest import OpenPage
from tests.cms.builders import add_page, translate
from tests.factories import (
    MOSCOW,
    EventFactory,
    OrganisationFactory,
    PersonFactory,
    RoomFactory,
    SessionFactory,
    SessionRoleFactory,
    VenueFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = [
    ("text", "<p>Teams met for <b>three</b> days. <a href='https://example.org/'>Read more</a></p>"),
    ("heading", {"text": "First part", "level": "2"}),
    ("quote", {"text": "We build together.", "name": "Anna Example", "post": "Head of a cluster"}),
    ("heading", {"text": "Second part", "level": "2"}),
    (
        "figures",
        {"heading": "Numbers", "from_programme": False, "figures": [{"number": "27", "label": "clusters"}]},
    ),
    ("heading", {"text": "Third part", "level": "2"}),
    ("video", {"title": "Opening", "address": "https://video.example/1", "note": "40 minutes"}),
    (
        "call",
        {
            "heading": "Take part",
            "text": "All are welcome.",
            "links": [{"label": "See the events", "page": None, "address": "/events/"}],
        },
    ),
]


@pytest.fixture
def forum():
    """An event of three days around today; a session of ten hours runs now."""
    today = timezone.now().astimezone(MOSCOW).date()
    event = EventFactory(
        slug="forum",
        name_en="Forum of Industrial Clusters",
        name_ru="Форум промышленных кластеров",
        kind_en="Forum",
        kind_ru="Форум",
        note_en="Some of this is an example.",
        summary_en="Three days about what clusters build together.",
        dates=[today + dt.timedelta(days=shift) for shift in (-1, 0, 1)],
        venue=VenueFactory(
            city_en="Moscow",
            city_ru="Москва",
            access_notes_en="Lift to all floors.",
            map_url="https://m.example/",
        ),
    )
    EventOrganiser.objects.create(event=event, organisation=OrganisationFactory(website="https://o.example/"))
    room = RoomFactory(event=event)
    now = timezone.now().replace(second=0, microsecond=0)
    hours = dt.timedelta(hours=1)
    spans = [
        (now - hours, now + 2 * hours),
        (now + 3 * hours, now + 4 * hours),
        (now + 4 * hours, now + 5 * hours),
    ]
    for number, (start, end) in enumerate(spans, start=1):
        session = SessionFactory(
            event=event,
            number=number,
            title_en=f"Meeting {number}",
            title_ru=f"Встреча {number}",
            kind="plenary",
            room=room,
            start=start,
            end=end,
        )
        SessionRoleFactory(
            session=session,
            person=PersonFactory(name=f"Anna {number} Example"),
            organisation=OrganisationFactory(),
            role="moderator",
        )
    release_programme(event=event, actor=None, note="Rooms are fixed.")
    return event


@pytest.fixture
def site(forum):
    homes = ensure_site()
    russian = homes["ru"].locale
    index = add_page(homes["en"], NewsIndexPage, title="News", slug="news", lead="What is announced.")
    article = add_page(index, NewsPage, title="It opens", slug="opens", lead="Soon.", body=TEXT, event=forum)
    add_page(index, NewsPage, title="Only in English", slug="only", lead="For now.", body=TEXT)
    translate(index, russian, title="Новости", slug="novosti")
    translate(article, russian, title="Открытие", slug="otkrytie", lead="Скоро.")
    add_page(homes["en"], StandardPage, title="About", slug="about", lead="In short.", body=TEXT)
    partners = [OrganisationFactory(), OrganisationFactory(website="https://p.example/")]
    add_page(
        homes["en"],
        PartnersPage,
        title="Partners",
        slug="partners",
        body=[("partners", {"heading": "With", "note": "For years.", "organisations": partners})],
    )
    return homes


def test_the_home_of_an_empty_site_is_accessible(check_page: Callable[[str], None]) -> None:
    ensure_site()
    check_page("/en/")
    check_page("/ru/events/")


def test_the_card_follows_the_clock(site, open_page: OpenPage) -> None:
    page = open_page("/en/events/forum/")
    card = page.locator("on-now")
    expect(card.get_by_text("On now")).to_be_visible()
    expect(card.get_by_role("link", name="Meeting 1")).to_be_visible()
    expect(card.get_by_text("Next: Meeting 2")).to_be_visible()
    expect(card.get_by_role("link", name="Meeting 3")).to_be_hidden()
    page.clock.install(time=timezone.now() + dt.timedelta(hours=3, minutes=30))
    page.evaluate("document.querySelector('on-now').draw()")
    expect(card.get_by_role("link", name="Meeting 1")).to_be_hidden()
    expect(card.get_by_role("link", name="Meeting 2")).to_be_visible()
    expect(card.get_by_text("Next: Meeting 3")).to_be_visible()


def test_the_card_is_on_the_readers_clock_where_she_chose_it(site, open_page: OpenPage) -> None:
    page = open_page("/en/events/forum/", timezone_id="Asia/Yekaterinburg")
    card = page.locator("on-now")
    expect(card.get_by_text("Your time")).to_be_hidden()
    page.context.add_cookies([{"name": "time", "value": "my", "url": page.url}])
    page.reload()
    there = zoneinfo.ZoneInfo("Asia/Yekaterinburg")
    start = card.locator("time").first.get_attribute("datetime")
    assert start
    of_event = dt.datetime.fromisoformat(start)
    of_reader = of_event.astimezone(there)
    shown = f"{of_reader:%H:%M}" + (" +1" if of_reader.date() > of_event.date() else "")
    expect(card.locator("[data-start]:visible time").first).to_have_text(shown)
    now = [f"{timezone.now().astimezone(there) - dt.timedelta(minutes=ago):%H:%M}" for ago in (0, 1)]
    assert card.locator("[data-clock]").inner_text() in now
    expect(card.get_by_text("Your time (UTC+5)")).to_be_visible()


def test_the_card_stands_without_script(site, open_page: OpenPage) -> None:
    page = open_page("/en/events/forum/", java_script_enabled=False)
    expect(page.locator("on-now").get_by_role("link", name="Meeting 1")).to_be_visible()


def test_the_language_switch_leads_to_the_twin(site, open_page: OpenPage) -> None:
    page = open_page("/en/news/opens/")
    page.get_by_role("link", name="Русский").click()
    expect(page.get_by_role("heading", name="Открытие")).to_be_visible()
    page.get_by_role("link", name="English", exact=True).click()
    expect(page.get_by_role("heading", name="It opens")).to_be_visible()


def test_search_works_by_keyboard(site, open_page: OpenPage) -> None:
    page = open_page("/en/search/")
    page.get_by_role("searchbox").fill("встреча")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name="Meeting 1").click()
    page.wait_for_url("**/en/events/forum/sessions/**")


def test_the_back_office_writes_latin_slugs_for_cyrillic_titles(site, browser, live_server, client) -> None:
    operator = PersonFactory(is_superuser=True, is_staff=True)
    client.force_login(operator)
    context = browser.new_context(base_url=live_server.url)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/admin/pages/add/cms/standardpage/{site['ru'].pk}/")
    page.get_by_role("textbox", name="Title*").fill("Щедрый форум")
    page.get_by_role("tab", name="Promote").click()
    expect(page.locator("#id_slug")).not_to_have_value("")
    slug = page.locator("#id_slug").input_value()
    assert slug.isascii()
    assert slug.endswith("-forum")
    context.close()
