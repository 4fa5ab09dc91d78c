"""Texts and addresses of a file made fit to be stored, each mending named with its line."""

from __future__ import annotations

import re

from sessions_app.programme.schedule import texts
from sessions_app.programme.schedule.formats.messages import Findings

LONGEST_TITLE = 500  # characters, of titles and subtitles
LONGEST_NAME = 200  # of people, tracks, organisations, link titles
LONGEST_WORDS = 120  # of rooms and licences
LONGEST_LANGUAGE = 12  # of language tags
LONGEST_TEXT = 50_000  # of abstracts and descriptions
UNTITLED = "…"

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_LANGUAGE_NAMES = {
    "english": "en",
    "deutsch": "de",
    "german": "de",
    "french": "fr",
    "russian": "ru",
    "английский": "en",
    "русский": "ru",
}


class Cleaner:
    """Cleans the texts of the entry in ``line``."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self.line = 0

    def title(self, field: str, text: str, title: str) -> str:
        """Return a title: one line of at most 500 characters."""
        return self._line_of(field, text, title, LONGEST_TITLE)

    def name(self, field: str, text: str, title: str) -> str:
        """Return a name: one line of at most 200 characters."""
        return self._line_of(field, text, title, LONGEST_NAME)

    def words(self, field: str, text: str, title: str) -> str:
        """Return a short name: one line of at most 120 characters."""
        return self._line_of(field, text, title, LONGEST_WORDS)

    def text(self, field: str, text: str, title: str) -> str:
        """Return a text of the plain kind or of the safe subset of HTML."""
        if not text.strip():
            return ""
        text = self._cut(field, text, title, LONGEST_TEXT)
        self._name_control(field, text, title)
        cleaned, removed = texts.clean_text(text)
        if removed:
            self._findings.add(
                "html_removed", self.line, field=field, title=title, removed=", ".join(removed)
            )
        return cleaned

    def address(self, url: str, title: str, *, mail: bool = False) -> str:
        """Return a safe address, "" for none and for what is none."""
        if not url.strip():
            return ""
        safe = texts.safe_address(url, mail=mail)
        if not safe:
            self._findings.add("link_dropped", self.line, url=url, title=title)
        return safe

    def language(self, text: str) -> str:
        """Return a language tag, "" for what is none."""
        text = text.strip()
        known = _LANGUAGE_NAMES.get(text.lower())
        if known or not _LANGUAGE.fullmatch(text) or len(text) > LONGEST_LANGUAGE:
            return known or ""
        primary, *rest = text.replace("_", "-").split("-")
        return "-".join([primary.lower(), *rest])

    def untitled(self) -> str:
        """Name that a title is missing and return what stands for it."""
        self._findings.add("title_missing", self.line, title=UNTITLED)
        return UNTITLED

    def _line_of(self, field: str, text: str, title: str, limit: int) -> str:
        self._name_control(field, text, title)
        return self._cut(field, texts.one_line(text), title, limit)

    def _cut(self, field: str, text: str, title: str, limit: int) -> str:
        if len(text) <= limit:
            return text
        self._findings.add("text_cut", self.line, field=field, title=title, length=len(text), limit=limit)
        return text[: limit - 1].rstrip() + "…"

    def _name_control(self, field: str, text: str, title: str) -> None:
        if texts.has_control(text):
            self._findings.add("characters_removed", self.line, field=field, title=title)
