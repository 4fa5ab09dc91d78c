"""Proof that an e-mail belongs to whoever fills in a form."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from sessions_app.registration.models.registrations import Registration

MAX_TRIES = 3


class EmailProof(models.Model):
    """The newest code that was sent for a form; only its keyed digest is kept, and it works once.

    ``expires_at`` is UTC and is compared with the database's clock.
    """

    registration = models.OneToOneField(Registration, models.CASCADE, related_name="proof")
    email = models.EmailField()
    digest = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(tries__lte=MAX_TRIES), name="proof_tries_bounded"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("sent_at")), name="proof_expires_after_sending"
            ),
        ]

    def __str__(self) -> str:
        return self.email
