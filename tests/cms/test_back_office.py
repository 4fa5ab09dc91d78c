"""Who may edit pages, and what strangers get."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from cms.models import Menu, StandardPage
from sessions_app.events.models import TeamRoleName
from tests.cms.builders import add_page
from tests.factories import EventFactory, OrganisationFactory, PersonFactory, make_team_member


@pytest.fixture
def editor(db):
    person = PersonFactory()
    person.groups.add(Group.objects.get(name="Editors"))
    return person


@pytest.fixture
def draft(homes):
    return add_page(homes["en"], StandardPage, title="Draft words", slug="draft", live=False)


def addresses(page) -> list[str]:
    return [
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        reverse("wagtailadmin_pages:view_draft", args=[page.pk]),
        reverse("wagtailadmin_pages:history", args=[page.pk]),
        reverse("wagtailadmin_pages:copy", args=[page.pk]),
    ]


def test_editors_write_and_publish_pages_in_their_own_design(client, editor, homes):
    client.force_login(editor)
    add = reverse("wagtailadmin_pages:add", args=["cms", "standardpage", homes["ru"].pk])
    data = {"title": "Как добраться", "lead": "", "body": streamfield([]), "action-publish": "1"}
    client.post(add, nested_form_data(data))
    page = StandardPage.objects.get()
    assert (page.slug, page.live) == ("kak-dobratsya", True)
    assert "Как добраться" in client.get("/ru/kak-dobratsya/").content.decode()


@pytest.mark.parametrize(
    "name", ["wagtailimages:index", "wagtaildocs:index", "wagtailredirects:index", "menus:index"]
)
def test_editors_have_pictures_documents_redirects_and_menus(client, editor, name):
    client.force_login(editor)
    assert client.get(reverse(name)).status_code == 200


def test_editors_make_menus(client, editor, homes):
    client.force_login(editor)
    items = inline_formset([{"title": "Home", "page": str(homes["en"].pk), "link": "", "ORDER": "1"}])
    data = {"place": "main", "locale": str(homes["en"].locale_id), "items": items}
    response = client.post(reverse("menus:add"), nested_form_data(data))
    assert response.status_code == 302, response.context["form"].errors
    assert Menu.objects.get().items.get().title == "Home"


@pytest.mark.parametrize("role", [None, TeamRoleName.DOOR_STEWARD])
def test_others_see_no_draft_preview_copy_or_history(client, draft, role):
    person = make_team_member(EventFactory(), role) if role else PersonFactory()
    client.force_login(person)
    for address in addresses(draft):
        response = client.get(address)
        assert response.status_code in {302, 403, 404}, address
        assert "Draft words" not in response.content.decode()


def test_strangers_see_no_draft(client, draft):
    for address in addresses(draft):
        assert client.get(address).status_code in {302, 403, 404}


def test_the_back_office_shows_our_mark(client, editor):
    client.force_login(editor)
    html = client.get(reverse("wagtailadmin_home")).content.decode()
    assert 'aria-label="Plenum"' in html
    assert "cms/img/favicon.svg" in html


def test_an_organisation_is_found_by_name_and_chosen_for_a_block(client, editor, homes):
    OrganisationFactory(name_en="Chosen body", name_ru="Избранный институт", city_en="Kazan")
    OrganisationFactory(name_en="Another one", name_ru="Другая")
    client.force_login(editor)
    html = client.get(reverse("choose_organisation:choose")).json()["html"]
    for word in ("Chosen body", "Another one", "Kazan", "City"):
        assert word in html
    found = client.get(reverse("choose_organisation:choose_results"), {"q": "ИЗБРАННЫЙ"}).content.decode()
    assert "Chosen body" in found
    assert "Another one" not in found
