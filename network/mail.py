"""Mail goes through the outbox: written with the change, sent after its commit."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
import smtplib
import uuid
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from email.message import MIMEPart
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailAttachment, EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from network.bounces import return_address
from network.delivery import Undeliverable, deliverer
from network.models import OutboxMessage
from network.services import enqueue, enqueue_many

# What a header cannot hold wrongly: one plain address, as nearly all letters have it.
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
SURROGATE = re.compile("[\ud800-\udfff]")


class OutboxMailer(BaseEmailBackend):
    """Writes each message into the outbox instead of sending it."""

    @transaction.atomic
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Enqueue the messages; return how many."""
        for message in email_messages:
            enqueue_mail(message, key=f"mail:{uuid.uuid4()}")
        return len(email_messages)


def enqueue_mail(message: EmailMessage, *, key: str) -> OutboxMessage:
    """Write a mail into the current transaction; one with the same ``key`` is sent once only.

    Raises ValueError when a header is not well-formed, for example holds a line break.
    """
    return enqueue(kind="mail", key=key, payload=_checked(message))


def enqueue_mails(messages: Mapping[str, EmailMessage]) -> dict[str, uuid.UUID]:
    """Write many mails (key to mail) in few statements, as ``enqueue_mail`` does.

    Returns the outbox rows' ids by key of those whose key had not been used before.
    """
    return enqueue_many(kind="mail", messages={key: _checked(message) for key, message in messages.items()})


def _checked(message: EmailMessage) -> dict[str, Any]:
    """Return a mail's payload; raise ValueError when a header is not well-formed."""
    if not _is_plainly_well_formed(message):
        message.message()
    return to_payload(message)


def _is_plainly_well_formed(message: EmailMessage) -> bool:
    """Tell, without building the mail, that it can be built: to plain addresses, with nothing uncommon in it."""
    if message.extra_headers or message.attachments or message.cc or message.reply_to:
        return False
    if message.from_email != settings.DEFAULT_FROM_EMAIL or message.encoding:
        return False
    alternatives = getattr(message, "alternatives", ())
    texts = [str(message.subject), str(message.body), *(str(content) for content, _type in alternatives)]
    return (
        str(message.subject).isprintable()  # no line break, and no half of a character
        and all(PLAIN_ADDRESS.fullmatch(str(address)) for address in message.to)
        and not any(SURROGATE.search(text) for text in texts)
    )


def to_payload(message: EmailMessage) -> dict[str, Any]:
    """Return all of a message as plain JSON; ``from_payload`` reads it back."""
    return {
        "subject": str(message.subject),
        "body": str(message.body),
        "subtype": message.content_subtype,
        "encoding": message.encoding,
        "from": str(message.from_email),
        "to": [str(address) for address in message.to],
        "cc": [str(address) for address in message.cc],
        "bcc": [str(address) for address in message.bcc],
        "reply_to": [str(address) for address in message.reply_to],
        "headers": {name: str(value) for name, value in message.extra_headers.items()},
        "alternatives": [
            [str(content), mimetype] for content, mimetype in getattr(message, "alternatives", ())
        ],
        "attachments": [_attachment_to_json(attachment) for attachment in message.attachments],
    }


def from_payload(payload: dict[str, Any], *, key: str) -> EmailMultiAlternatives:
    """Return the message of a payload; its Message-ID follows from ``key``.

    Mail programs and servers drop a second message with the same Message-ID.
    """
    headers = dict(payload.get("headers", {}))
    if not any(name.lower() == "message-id" for name in headers):
        headers["Message-ID"] = message_id(key)
    message = EmailMultiAlternatives(
        subject=payload["subject"],
        body=payload["body"],
        from_email=payload["from"],
        to=payload["to"],
        cc=payload.get("cc"),
        bcc=payload.get("bcc"),
        reply_to=payload.get("reply_to"),
        headers=headers,
        attachments=[_attachment_from_json(entry) for entry in payload.get("attachments", ())],
    )
    message.content_subtype = payload.get("subtype", "plain")
    message.encoding = payload.get("encoding")
    for content, mimetype in payload.get("alternatives", ()):
        message.attach_alternative(content, mimetype)
    return message


def message_id(key: str) -> str:
    """Return the Message-ID that belongs to an outbox key, always the same one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


@deliverer("mail", attempts=8)
def send_mail(message: OutboxMessage) -> None:
    """Send a mail of the outbox; raise Undeliverable when the server refuses it for good."""
    if not message.payload:
        raise Undeliverable("payload purged")
    mail = from_payload(message.payload, key=message.key)
    if back := return_address(message.pk):
        mail.extra_headers.setdefault("From", mail.from_email)
        mail.from_email = back  # of the envelope
    try:
        mail.send(using="delivery")
    except smtplib.SMTPRecipientsRefused as error:
        codes = sorted({code for code, _text in error.recipients.values()})
        if all(500 <= code < 600 for code in codes):
            raise Undeliverable("recipient refused " + " ".join(map(str, codes))) from None
        raise


def _attachment_to_json(attachment: EmailAttachment | MIMEPart) -> dict[str, Any]:
    if isinstance(attachment, MIMEPart):
        return {"part": b64encode(attachment.as_bytes()).decode()}
    name, content, mimetype = attachment
    entry = {"name": name, "type": mimetype}
    if isinstance(content, str):
        return {**entry, "text": content}
    if isinstance(content, EmailMessage):
        content = content.message()
    raw = content.as_bytes() if hasattr(content, "as_bytes") else bytes(content)
    return {**entry, "data": b64encode(raw).decode()}


def _attachment_from_json(entry: dict[str, Any]) -> Any:
    if "part" in entry:
        part: Any = MIMEPart
        policy = email.policy.default.clone(message_factory=part)
        return email.message_from_bytes(b64decode(entry["part"]), policy=policy)
    if "text" in entry:
        return EmailAttachment(entry["name"], entry["text"], entry["type"])
    content: Any = b64decode(entry["data"])
    if entry["type"] == "message/rfc822":
        content = email.message_from_bytes(content, policy=email.policy.default)
    return EmailAttachment(entry["name"], content, entry["type"])
