"""Letters: one plain-text template each, from which the text, the HTML and the subject of a mail are made.

The first line of the rendered template is the subject; blank lines part the paragraphs. A paragraph
of six digits becomes a large code, one that is an address becomes a button, the rest stays text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from network.models import Person

CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True)
class Paragraph:
    """A part of a letter; ``kind`` is "code", "link" or "text"."""

    kind: str
    text: str


@dataclass(frozen=True)
class Letter:
    """A rendered letter in one language."""

    subject: str
    text: str
    html: str

    def with_text(self, old: str, new: str) -> Letter:
        """Return the letter with a text put in the place of another; ``new`` is not escaped for HTML."""
        return Letter(*(part.replace(old, new) for part in (self.subject, self.text, self.html)))


def compose(template: str, context: Mapping[str, Any], *, language: str) -> Letter:
    """Render ``templates/email/<template>.txt`` in the language."""
    with translation.override(language):
        values = {"base_url": settings.BASE_URL, **context}
        rendered = render_to_string(f"email/{template}.txt", values)
    return from_text(rendered, language=language)


def from_text(written: str, *, language: str) -> Letter:
    """Make a letter of plain text: its first line is the subject, blank lines part the paragraphs."""
    with translation.override(language):
        subject, _break, body = written.strip().partition("\n")
        paragraphs = [_paragraph(part) for part in re.split(r"\n\s*\n", body) if part.strip()]
        text = "\n\n".join(paragraph.text for paragraph in paragraphs) + "\n"
        html = render_to_string(
            "email/letter.html",
            {
                "subject": subject,
                "paragraphs": paragraphs,
                "language": language,
                "base_url": settings.BASE_URL,
            },
        )
    return Letter(subject=" ".join(subject.split()), text=text, html=html)


def to_message(letter: Letter, *, to: str) -> EmailMultiAlternatives:
    """Return the letter as a mail to one address, as text and as HTML."""
    message = EmailMultiAlternatives(letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [to])
    message.attach_alternative(letter.html, "text/html")
    return message


def language_for(email: str) -> str:
    """Return the language of whoever has the address, or that of the page she is looking at."""
    known = (
        Person.objects.filter(email__iexact=email).exclude(locale="").values_list("locale", flat=True).first()
    )
    languages = dict(settings.LANGUAGES)
    active = (translation.get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return next((code for code in (known, active) if code in languages), settings.LANGUAGE_CODE)


def _paragraph(part: str) -> Paragraph:
    text = "\n".join(line.strip() for line in part.strip().splitlines())
    if CODE.fullmatch(text):
        return Paragraph("code", text)
    if text.startswith(("https://", "http://")) and " " not in text and "\n" not in text:
        return Paragraph("link", text)
    return Paragraph("text", text)
