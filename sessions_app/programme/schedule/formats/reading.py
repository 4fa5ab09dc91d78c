"""Reads an exchange file of any known format; the one entrance for uploads, pastes and commands."""

from __future__ import annotations

from collections.abc import Callable

from sessions_app.programme.schedule.formats.assembly import Context
from sessions_app.programme.schedule.formats.deviations import Reading
from sessions_app.programme.schedule.formats.ics_reader import read_ics
from sessions_app.programme.schedule.formats.json_reader import read_json
from sessions_app.programme.schedule.formats.messages import Findings
from sessions_app.programme.schedule.formats.table_reader import read_csv, read_xlsx
from sessions_app.programme.schedule.formats.xml_reader import read_xml

LARGEST = 20 * 1024 * 1024  # bytes

_READERS: dict[str, Callable[[bytes, Context], Reading]] = {
    "xml": read_xml,
    "json": read_json,
    "ics": read_ics,
    "csv": read_csv,
    "xlsx": read_xlsx,
}
FORMATS = tuple(_READERS)


def read(
    data: bytes,
    *,
    format: str = "auto",  # the word that people and commands use
    slug: str | None = None,
    zone: str | None = None,
    language: str = "en",
) -> Reading:
    """Return what a file says: a schedule with what was mended, or errors and no schedule.

    ``format`` is one of ``FORMATS`` or "auto" (by content). ``slug`` is the event's, by
    default the file's own; made-up keys depend on it. ``zone`` is taken where the file
    names none. Texts are in ``language`` where the file does not say otherwise.
    """
    findings = Findings()
    name = detect(data) if format == "auto" else format
    if name not in _READERS:
        findings.add("unknown_format", format=format)
    elif len(data) > LARGEST:
        megabytes = 1024 * 1024
        findings.add("too_large", size=-(-len(data) // megabytes), limit=LARGEST // megabytes)
    elif not data.strip(b"\xef\xbb\xbf \t\r\n"):
        findings.add("empty")
    if findings.refused:
        return Reading(format=name, schedule=None, deviations=findings.sorted())
    return _READERS[name](data, Context(slug=slug, zone=zone, language=language))


def detect(data: bytes) -> str:
    """Return the format that the first bytes show; anything else is a table of text."""
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", errors="replace").encode().lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<"):
        return "xml"
    if head.startswith((b"{", b"[")):
        return "json"
    return "ics" if head[:15].upper() == b"BEGIN:VCALENDAR" else "csv"
