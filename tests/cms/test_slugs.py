"""Titles of any script give slugs in Latin letters, and never an empty one."""

from __future__ import annotations

import pytest

from cms.links import slug_from
from cms.models import StandardPage
from tests.cms.builders import add_page


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Форум 2026", "forum-2026"),
        ("Форум", "forum"),
        ("Plenum & friends", "plenum-friends"),
        ("§§§", "sss"),
        ("…!?", "page"),
        ("   ", "page"),
        ("🎉", "tada"),
    ],
)
def test_slug_from(title, slug):
    assert slug_from(title) == slug


def test_slug_is_bounded():
    assert 0 < len(slug_from("Щ" * 5000)) <= 200


def test_pages_with_one_title_get_different_slugs(homes):
    slugs = [add_page(homes["en"], StandardPage, title="Форум").slug for _ in range(3)]
    assert slugs == ["forum", "forum-2", "forum-3"]


def test_title_without_letters_still_has_an_address(homes, client):
    page = add_page(homes["en"], StandardPage, title="!!!")
    assert page.slug
    assert client.get(page.url).status_code == 200


def test_a_slug_that_is_given_is_kept(homes):
    assert add_page(homes["en"], StandardPage, title="Форум", slug="own").slug == "own"
