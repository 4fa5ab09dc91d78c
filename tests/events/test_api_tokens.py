"""Keys for programs: their secret is shown once, and each opens one event only."""

import datetime as dt
import re

import pytest
from django.http import Http404
from django.test import RequestFactory
from django.urls import ResolverMatch
from django.utils import timezone
from ninja.errors import HttpError

from network.models import AuditEntry
from sessions_app.events.api_tokens import TokenAuth, TokenThrottle
from sessions_app.events.models import ApiToken, Scope
from sessions_app.events.tokens import UnknownScope, create_token, find_token, revoke_token
from tests.factories import EventFactory, make_team_member

pytestmark = pytest.mark.django_db


def make(event, *scopes, **fields):
    return create_token(
        event=event, actor=None, name="Scanner", scopes=scopes or [Scope.ADMISSION_REDEEM], **fields
    )


def ask(secret, slug, scope=Scope.ADMISSION_REDEEM):
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {secret}"})
    request.resolver_match = ResolverMatch(lambda: None, (), {"slug": slug})
    return TokenAuth(scope)(request)


def test_only_a_hash_of_the_secret_is_kept():
    token, secret = make(EventFactory())
    kept = ApiToken.objects.values().get(pk=token.pk)
    assert len(secret) >= 43
    assert secret not in str(kept)
    assert find_token(secret) == token


def test_a_token_opens_its_event_with_its_scope():
    event, other = EventFactory(), EventFactory()
    token, secret = make(event)
    assert ask(secret, event.slug) == token
    with pytest.raises(Http404):
        ask(secret, other.slug)
    with pytest.raises(HttpError) as refused:
        ask(secret, event.slug, Scope.REGISTRATIONS_READ)
    assert refused.value.status_code == 403
    assert ask(secret + "x", event.slug) is None
    assert ask("", event.slug) is None


def test_revoked_and_expired_tokens_open_nothing():
    event = EventFactory()
    token, secret = make(event)
    revoke_token(token=token, actor=None)
    revoke_token(token=token, actor=None)
    assert find_token(secret) is None
    assert AuditEntry.objects.filter(action="api_token.revoked").count() == 1
    ended = timezone.now() + dt.timedelta(hours=1)
    _token, short = make(event, expires_at=ended)
    assert find_token(short, now=ended - dt.timedelta(seconds=1)) is not None
    assert find_token(short, now=ended) is None


def test_use_is_noted_once_a_minute(django_assert_num_queries):
    now = timezone.now()
    token, secret = make(EventFactory())
    with django_assert_num_queries(2):
        find_token(secret, now=now)
    with django_assert_num_queries(1):
        find_token(secret, now=now + dt.timedelta(seconds=59))
    token.refresh_from_db()
    assert token.last_used_at == now


def test_scopes_are_known_ones():
    for scopes in ([], ["everything"]):
        with pytest.raises(UnknownScope):
            create_token(event=EventFactory(), actor=None, name="x", scopes=scopes)


def test_each_token_is_counted_by_itself():
    event = EventFactory()
    throttle = TokenThrottle("1/min")
    requests = []
    for _n in range(2):
        request = RequestFactory().get("/")
        request.auth = make(event)[0]
        requests.append(request)
    assert [throttle.allow_request(request) for request in (*requests, requests[0])] == [True, True, False]


def test_the_organiser_makes_reads_once_and_revokes(client):
    event = EventFactory()
    client.force_login(make_team_member(event, "organiser"))
    address = f"/admin/tokens/{event.slug}/"
    made = client.post(address, {"name": "Gate", "scopes": ["admission.redeem"]})
    secret = re.search(r"plenum_[\w-]{43}", made.content.decode())[0]
    assert "no-store" in made["Cache-Control"]
    assert secret not in client.get(address).content.decode()
    token = find_token(secret)
    assert token is not None
    assert token.created_by is not None
    client.post(address, {"revoke": token.pk})
    assert find_token(secret) is None


@pytest.mark.parametrize("until", ["2001-01-01", "9999-12-31", "tomorrow"])
def test_a_wrong_form_makes_nothing_and_keeps_what_was_typed(client, until):
    event = EventFactory()
    client.force_login(make_team_member(event, "organiser"))
    answer = client.post(
        f"/admin/tokens/{event.slug}/", {"name": "North gate", "scopes": ["admission.redeem"], "until": until}
    )
    assert "North gate" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_another_events_token_cannot_be_revoked(client):
    event = EventFactory()
    token, secret = make(EventFactory())
    client.force_login(make_team_member(event, "organiser"))
    for key in (token.pk, "x", "9" * 30):
        assert client.post(f"/admin/tokens/{event.slug}/", {"revoke": key}).status_code == 404
    assert find_token(secret) is not None
