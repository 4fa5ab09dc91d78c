"""The tree of pages that the tests of content stand on."""

from __future__ import annotations

import pytest
from wagtail.models import Locale

from cms.models import HomePage, NewsIndexPage
from cms.services import ensure_site
from tests.cms.builders import add_page


@pytest.fixture
def homes(db) -> dict[str, HomePage]:
    return ensure_site()


@pytest.fixture
def russian(homes) -> Locale:
    return homes["ru"].locale


@pytest.fixture
def news_index(homes) -> NewsIndexPage:
    return add_page(homes["en"], NewsIndexPage, title="News", slug="news")
