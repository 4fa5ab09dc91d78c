"""Error pages help, in both languages; the one for our own failures needs nothing that may be broken."""

import pytest
from django.test import RequestFactory

from network.web import errors


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_missing_page_says_so_in_the_readers_language(client, language):
    answer = client.get(f"/{language}/nothing-here/")
    assert answer.status_code == 404
    assert f'<html lang="{language}"' in answer.content.decode()


@pytest.mark.parametrize(("view", "status"), [(errors.server_error, 500), (errors.unavailable, 503)])
def test_a_failure_of_ours_is_told_without_a_database(view, status):
    # No database mark: a query would raise. No middleware either: the request is bare.
    answer = view(RequestFactory().get("/ru/events/", headers={"cookie": "theme=dark"}))
    page = answer.content.decode()
    assert answer.status_code == status
    assert '<html lang="ru" data-theme="dark">' in page
    assert 'href="/ru/events/"' in page
    assert "<script" not in page


@pytest.mark.django_db
def test_a_form_without_its_token_is_answered_with_what_to_do(client):
    client.handler.enforce_csrf_checks = True
    answer = client.post("/en/reader/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "reload the page" in answer.content.decode().lower()
