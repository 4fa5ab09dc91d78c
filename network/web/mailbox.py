"""The demo's mailbox: what was sent, so that a newcomer can log in without a mail server."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SHOWN = 50
# Django's file mailer ends each message with this line.
BETWEEN = b"\n" + b"-" * 79 + b"\n"
CODE = re.compile(r"^[0-9]{6}$", re.MULTILINE)


@dataclass(frozen=True)
class Mail:
    """A mail as the mailbox shows it; ``at`` sorts, newest last."""

    at: float
    to: str
    subject: str
    text: str
    code: str


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show the newest mails of the demo; 404 outside of it."""
    if not (settings.DEMO or settings.DEBUG):
        raise Http404
    return render(request, "email/mailbox.html", {"mails": read_mails(Path(settings.VAR_DIR) / "mail")})


def read_mails(folder: Path) -> list[Mail]:
    """Return the newest mails of a folder of Django's file mailer, newest first."""
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)[:SHOWN]
    mails = [_mail(raw) for path in files for raw in path.read_bytes().split(BETWEEN) if raw.strip()]
    return sorted(mails, key=lambda mail: mail.at, reverse=True)[:SHOWN]


def _mail(raw: bytes) -> Mail:
    message = email.message_from_bytes(raw.lstrip(), _class=EmailMessage, policy=email.policy.default)
    body = message.get_body(("plain",))
    text = body.get_content() if body else ""
    found = CODE.search(text)
    date = message["Date"]
    return Mail(
        at=parsedate_to_datetime(str(date)).timestamp() if date else 0.0,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=text.strip(),
        code=found.group() if found else "",
    )
