"""A released programme as a file in one of the exchange formats."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation

from sessions_app.programme.models import SessionKind
from sessions_app.programme.schedule import model
from sessions_app.programme.schedule.formats.ics_writer import write_ics
from sessions_app.programme.schedule.formats.json_writer import write_json
from sessions_app.programme.schedule.formats.xml_writer import write_xml

FORMATS = {"xml": "application/xml", "json": "application/json", "ics": "text/calendar"}


def calendar_domain() -> str:
    """Return the domain in calendar UIDs; it must never change for a deployment."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def session_url(schedule: model.Schedule, session: model.Session) -> str:
    """Return the public address of a session's page, without a language."""
    return f"{settings.BASE_URL}/events/{schedule.slug}/sessions/{session.code}/"


def kind_names(language: str) -> dict[model.SessionKind, str]:
    """Return the kinds of sessions as readers of the language call them."""
    with translation.override(language):
        return {kind: str(SessionKind(kind.value).label) for kind in model.SessionKind}


def export(
    schedule: model.Schedule,
    format: str,
    *,
    language: str | None = None,
    sessions: Iterable[model.Session] | None = None,
    name: str | None = None,
    contact: str = "",
) -> bytes:
    """Return the schedule in ``format`` (xml, json or ics), in the event's main language unless another is named.

    ``sessions`` restricts a calendar to some of the schedule's sessions, removed ones included;
    ``contact`` is the organisers' e-mail address that calendars show.
    """
    language = language or schedule.languages[0]
    if format == "ics":
        return write_ics(
            schedule,
            language=language,
            sessions=None if sessions is None else list(sessions),
            name=name,
            domain=calendar_domain(),
            url_for=lambda session: session_url(schedule, session),
            contact=contact,
            kind_names=kind_names(language),
        )
    writer = {"xml": write_xml, "json": write_json}[format]
    return writer(schedule, language=language, url_for=lambda session: session_url(schedule, session))
