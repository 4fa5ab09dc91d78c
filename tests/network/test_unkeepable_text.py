"""A NUL in a text, which PostgreSQL refuses, is the sender's mistake and not the server's."""

import pytest
from django.db import DataError, connection
from django.test import RequestFactory

from network.models import Person
from network.web.errors import UnkeepableTextMiddleware

pytestmark = pytest.mark.django_db


def test_what_the_database_cannot_look_for_is_answered_with_400():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps a NUL")
    middleware = UnkeepableTextMiddleware(lambda _request: None)
    with pytest.raises((DataError, ValueError), match="NUL") as refused:
        Person.objects.filter(name="\x00").exists()
    answer = middleware.process_exception(RequestFactory().get("/en/"), refused.value)
    assert answer is not None
    assert answer.status_code == 400


def test_other_mistakes_stay_what_they_are():
    middleware = UnkeepableTextMiddleware(lambda _request: None)
    assert middleware.process_exception(RequestFactory().get("/en/"), ValueError("something else")) is None
