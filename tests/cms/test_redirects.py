"""Redirects: old addresses with and without a language, targets within the site and outside it."""

import pytest
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect

from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def add(client, old_path, target):
    client.force_login(PersonFactory(is_superuser=True))
    data = {
        "old_path": old_path,
        "redirect_link": target,
        "is_permanent": "on",
        "site": "",
        "redirect_page": "",
    }
    return client.post(reverse("wagtailredirects:add"), data)


@pytest.mark.parametrize("target", ["/ru/events/?x=1#top", "https://example.org/programme"])
@pytest.mark.parametrize("old", ["/en/old-place/", "/ru/old-place/"])
def test_an_old_address_leads_within_the_site_and_outside_it(client, old, target):
    assert add(client, old, target).status_code == 302
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, target)


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "//evil.example/", "/\\\\evil.example", "events", "ftp://x.example/"]
)
def test_other_targets_are_refused_in_words(client, target):
    page = add(client, "/en/old-place/", target)
    assert page.status_code == 200
    assert "such as /en/events/" in page.content.decode()
    assert not Redirect.objects.exists()


def test_an_old_address_without_language_leads_on_in_the_visitors_language(client):
    Redirect.objects.create(old_path="/old-place", redirect_link="/events/", is_permanent=False)
    answer = client.get("/old-place/", follow=True, headers={"accept-language": "ru"})
    assert [address for address, _status in answer.redirect_chain] == ["/events/", "/ru/events/"]
    assert client.get("/en/other-place/").status_code == 404
