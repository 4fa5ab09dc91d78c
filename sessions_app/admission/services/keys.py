"""Signing keys of an event: made when first needed, rotated, their private half sealed."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.utils import timezone

from network.models import Person
from network.sealing import seal, unseal
from network.services import record_audit
from sessions_app.admission.models import SigningKey
from sessions_app.events.models import Event

PURPOSE = "plenum ticket keys"


@transaction.atomic(savepoint=False)
def key_in_use(*, event: Event) -> SigningKey:
    """Return the key that signs the event's new tickets, made when there is none yet."""
    found = SigningKey.objects.filter(event=event, retired_at__isnull=True).first()
    if found is not None and private_key(found) is not None:
        return found
    return rotate_key(event=event, actor=None)


@transaction.atomic
def rotate_key(*, event: Event, actor: Person | None) -> SigningKey:
    """Sign with a new key from now on; tickets of the old one stay valid until they are revoked."""
    Event.objects.select_for_update().get(pk=event.pk)
    newest = SigningKey.objects.filter(event=event).order_by("-number").first()
    SigningKey.objects.filter(event=event, retired_at__isnull=True).update(retired_at=timezone.now())
    private = Ed25519PrivateKey.generate()
    key = SigningKey.objects.create(
        event=event,
        number=(newest.number if newest else 0) + 1,
        public=private.public_key().public_bytes_raw(),
        sealed=seal(private.private_bytes_raw(), purpose=PURPOSE),
    )
    record_audit(
        actor=actor,
        action="admission.key_rotated",
        subject=key,
        event_id=event.pk,
        changes={"number": (newest.number if newest else None, key.number)},
    )
    return key


def private_key(key: SigningKey) -> Ed25519PrivateKey | None:
    """Return the private half; None when the platform's secret has changed since it was sealed."""
    raw = unseal(key.sealed, purpose=PURPOSE)
    return None if raw is None else Ed25519PrivateKey.from_private_bytes(raw)
