"""Writes of API tokens: made, looked up by their secret, and revoked."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from network.models import Person
from network.services import record_audit
from sessions_app.events.models import ApiToken, Event, Scope

PREFIX = "plenum_"
# A token in steady use is written to once a minute, not at each call.
NOTED_EVERY = dt.timedelta(minutes=1)


class UnknownScope(ValueError):
    """A token needs at least one scope, and only such as exist."""


@transaction.atomic
def create_token(
    *,
    event: Event,
    actor: Person | None,
    name: str,
    scopes: Collection[str],
    expires_at: dt.datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make a token for a program; return it with its secret of 256 bits, which is kept nowhere.

    Raises UnknownScope.
    """
    if not scopes or not set(scopes) <= set(Scope.values):
        raise UnknownScope(", ".join(scopes))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        event=event,
        name=name,
        scopes=sorted(set(scopes)),
        digest=digest_of(secret),
        hint=secret[-4:],
        expires_at=expires_at,
        created_by=actor,
    )
    record_audit(
        actor=actor,
        action="api_token.created",
        subject=token,
        event_id=event.pk,
        changes={"scopes": (None, token.scopes)},
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: Person | None, now: dt.datetime | None = None) -> None:
    """End a token at once; revoking twice is revoking once."""
    revoked = ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True)
    if revoked.update(revoked_at=now or timezone.now()):
        record_audit(actor=actor, action="api_token.revoked", subject=token, event_id=token.event_id)


def find_token(secret: str, *, now: dt.datetime | None = None) -> ApiToken | None:
    """Return the valid token of this secret with its event, and note that it was used; None for any other."""
    moment = now or timezone.now()
    valid = Q(expires_at__isnull=True) | Q(expires_at__gt=moment)
    found = ApiToken.objects.filter(valid, digest=digest_of(secret), revoked_at__isnull=True)
    # The digest is unique, so no order is asked for; who made it is asked for by decisions alone.
    token = next(iter(found.select_related("event").order_by()[:1]), None)
    if token is not None and (token.last_used_at is None or token.last_used_at <= moment - NOTED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=moment)
    return token


def digest_of(secret: str) -> str:
    """Return what is kept of a secret: with 256 random bits a plain hash cannot be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()
