"""Each page type can be made, edited, previewed and read."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page
from wagtail.test.utils import WagtailPageTestCase
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.models import EventFrontPage, HomePage, NewsIndexPage, NewsPage, PartnersPage, StandardPage
from cms.services import ensure_site
from tests.cms.builders import add_page
from tests.factories import EventFactory, OrganisationFactory, PersonFactory, make_released_event

BODY = [
    ("heading", {"text": "How to get there", "level": "2"}),
    ("text", "<p>By tram.</p>"),
    ("quote", {"text": "We build together.", "name": "Anna Example", "post": "Head"}),
    (
        "call",
        {
            "heading": "Come",
            "text": "",
            "links": [{"label": "Events", "page": None, "address": "/events/"}],
        },
    ),
    (
        "figures",
        {"heading": "", "from_programme": False, "figures": [{"number": "27", "label": "clusters"}]},
    ),
    ("video", {"title": "Opening", "address": "https://video.example/1", "note": ""}),
]


class PageTypes(WagtailPageTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.home = ensure_site()["en"]
        cls.operator = PersonFactory(is_superuser=True, is_staff=True)

    def setUp(self):
        self.client.force_login(self.operator)

    def check(self, page, **fields):
        data = nested_form_data({"title": page.title, "slug": page.slug, "body": streamfield([]), **fields})
        self.assertPageIsRenderable(page)
        self.assertPageIsEditable(page, post_data=data)
        self.assertPageIsPreviewable(page, post_data=data)

    def test_the_tree_has_an_order(self):
        self.assertAllowedParentPageTypes(NewsPage, {NewsIndexPage})
        self.assertAllowedParentPageTypes(EventFrontPage, {HomePage})
        self.assertAllowedSubpageTypes(NewsPage, {})
        self.assertAllowedSubpageTypes(NewsIndexPage, {NewsPage})
        self.assertAllowedParentPageTypes(HomePage, {Page})

    def test_home(self):
        self.check(self.home)

    def test_text_page_shows_its_blocks(self):
        page = add_page(self.home, StandardPage, title="About", lead="In short.", body=BODY)
        self.check(page)
        html = self.client.get(page.url).content.decode()
        for shown in ("In short.", 'id="how-to-get-there"', "By tram.", "We build together.", "27"):
            assert shown in html

    def test_news(self):
        index = add_page(self.home, NewsIndexPage, title="News")
        article = add_page(index, NewsPage, title="First", lead="It began.", body=BODY)
        self.check(NewsIndexPage.objects.get())
        self.check(article, lead="It began.", date="2026-01-01")
        assert "It began." in self.client.get(index.url).content.decode()

    def test_partners_names_organisations(self):
        body = [("partners", {"heading": "With", "note": "", "organisations": [OrganisationFactory()]})]
        page = add_page(self.home, PartnersPage, title="Partners", body=body)
        self.check(page)
        assert "Organisation" in self.client.get(page.url).content.decode()

    def test_event_front_is_shown_at_the_events_address(self):
        event, _release = make_released_event(sessions=2)
        page = add_page(
            self.home, EventFrontPage, title="Front", event=event, body=[("text", "<p>Welcome here.</p>")]
        )
        assert page.url == f"/en/events/{event.slug}/"
        assert "Welcome here." in self.client.get(page.url).content.decode()
        self.assertRedirects(self.client.get("/en/front/"), page.url)
        self.check(page, event=str(event.pk))

    def test_an_editor_creates_a_page_with_a_cyrillic_title(self):
        self.assertCanCreate(
            self.home,
            StandardPage,
            nested_form_data(
                {
                    "title": "Как добраться",
                    "lead": "",
                    "body": streamfield([("text", rich_text("<p>На трамвае.</p>"))]),
                }
            ),
        )
        assert Page.objects.get(title="Как добраться").slug == "kak-dobratsya"


@pytest.mark.django_db
def test_a_picture_needs_words(news_index):
    article = NewsPage(title="A", lead="B", date=dt.date(2026, 1, 1), image_id=1)
    with pytest.raises(ValidationError) as error:
        article.clean()
    assert "image_alt" in error.value.message_dict


def test_an_event_has_one_front_page_per_language(homes, russian):
    event = EventFactory()
    add_page(homes["en"], EventFrontPage, title="One", event=event)
    with pytest.raises(ValidationError):
        add_page(homes["en"], EventFrontPage, title="Two", event=event)
    assert add_page(homes["ru"], EventFrontPage, title="Три", event=event).language == "ru"


@pytest.mark.django_db
def test_partners_cost_no_more_queries_for_more_of_them(client):
    home = ensure_site()["en"]
    costs = []
    for count in (1, 3):
        listed = {"heading": "Partners", "note": "", "organisations": OrganisationFactory.create_batch(count)}
        page = add_page(home, PartnersPage, title=f"Partners {count}", body=[("partners", listed)])
        client.get(page.own_address())
        with CaptureQueriesContext(connection) as found:
            html = client.get(page.own_address()).content.decode()
        assert all(one.name_en in html for one in listed["organisations"])
        costs.append(len(found))
    assert costs[0] == costs[1] <= 14
