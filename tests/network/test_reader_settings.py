"""What a reader sets for herself is kept in her browser and stands on the first byte of a page."""

import pytest

from network.web.reader import CHOICES

pytestmark = pytest.mark.django_db


def test_settings_are_kept_as_cookies_and_written_onto_the_page(client):
    answer = client.post("/en/reader/", {"theme": "dark", "text": "large", "next": "/en/privacy/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/en/privacy/"
    page = client.get("/en/privacy/").content.decode()
    assert ' data-theme="dark" data-text="large">' in page


def test_the_empty_choice_takes_a_setting_back(client):
    client.cookies["theme"] = "dark"
    answer = client.post("/en/reader/", {"theme": ""})
    assert answer.cookies["theme"].value == ""
    assert answer.cookies["theme"]["max-age"] == 0


@pytest.mark.parametrize("name", CHOICES)
def test_a_forged_cookie_never_reaches_the_page(client, name):
    client.cookies[name] = '"><script>alert(1)</script>'
    page = client.get("/en/privacy/").content.decode()
    assert "alert(1)" not in page


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"]
)
def test_keeping_settings_leads_to_no_other_site(client, address):
    answer = client.post("/en/reader/", {"theme": "dark", "next": address})
    assert answer["Location"] == "/en/reader/"


def test_an_unknown_value_is_refused_with_the_form(client):
    answer = client.post("/en/reader/", {"theme": "pink"})
    assert answer.status_code == 200
    assert "theme" not in answer.cookies
