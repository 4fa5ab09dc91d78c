"""Mail goes through the outbox: written with the change, sent after it."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class OutboxMailer(BaseEmailBackend):
    """Writes each message into the outbox instead of sending it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Enqueue the messages; return how many."""
        import uuid

        from network.services import enqueue

        for message in email_messages:
            enqueue(
                kind="mail",
                key=f"mail:{uuid.uuid4()}",
                payload={
                    "subject": message.subject,
                    "body": message.body,
                    "from": message.from_email,
                    "to": list(message.to),
                },
            )
        return len(email_messages)
