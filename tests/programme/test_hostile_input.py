"""Whatever stands in an address or a text, pages answer and show it as text."""

import pytest

from sessions_app.programme.services.releasing import release_programme
from tests.factories import (
    PersonFactory,
    make_event,
    make_released_event,
)
from tests.programme.addresses import files_of, paths_of

pytestmark = pytest.mark.django_db


HOSTILE = [
    "programme/2026-13-45/",
    "programme/0000-00-00/",
    "programme/9999-12-31/",
    "programme/2026-09-14/?track=%00&room=%00",
    "programme/2026-09-14/?kind[]=x&language=" + "я" * 3000,
    "programme/2026-09-14/?print=2&print=1&kind=",
    "programme/search/?q=%00%00",
    "programme/search/?q=" + "%D1%84" * 3000,
    "programme/search/?q=*%20(%5B.%2B",
    "programme/search/?q=%F0%9F%98%80%E2%80%AE",
    "programme/search/?q=%FF%FE",
    "sessions/%00/",
    "sessions/..%2f..%2fetc/",
    "sessions/000000/",
    "people/зззззз/",
    "organisations/-/",
    "changes/0/",
    "agenda/?s=%00,%FF,,,<script>,ABCDEF",
    "agenda/?s=" + "ABCDEF," * 1200,
    "agenda/?s=ABCDEF&print=1",
]


@pytest.mark.parametrize("rest", HOSTILE)
def test_no_input_breaks_a_page(client, rest):
    event, _release = make_released_event()
    response = client.get(f"/en/events/{event.slug}/{rest}")
    assert response.status_code in (200, 404)
    assert b"<script>" not in response.content


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options", "head"])
def test_other_methods_are_refused_kindly(client, method):
    event, _release = make_released_event()
    for path in paths_of(event) + files_of(event):
        assert getattr(client, method)(path).status_code in (200, 302, 403, 405), path


def test_a_long_title_with_markup_is_shown_as_text(client):
    event = make_event()
    session = event.sessions.get()
    session.title_en = ("<script>alert(1)</script> <|csrf|> " + "Long " * 90)[:500]
    session.abstract_en = '<p onclick="x()">Hello</p><script>bad()</script><a href="javascript:bad()">x</a>'
    session.save()
    release_programme(event=event, actor=None, note="<b>note</b>")
    for path in paths_of(event):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page, path
        assert "bad()" not in page, path
        assert "onclick" not in page, path
        assert "<b>note" not in page, path
    client.force_login(PersonFactory())
    page = client.get(f"/en/events/{event.slug}/sessions/{session.code}/").content.decode()
    assert "&lt;|csrf|&gt;" in page
