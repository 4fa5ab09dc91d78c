"""Content lines of iCalendar: unfolded with their line numbers, written within 75 octets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from icalendar.parser import Contentline

from sessions_app.programme.schedule.formats.messages import Findings, Refused

_ESCAPE = re.compile(r"\\([\\;,nN])")

LONGEST_LINE = 75  # octets

# What our own feeds say beside the standard, so that they can be read back.
KIND = "X-PLENUM-KIND"  # the kind's own name; the category names it in the reader's language
VENUE = "X-PLENUM-VENUE"
PERSON = "X-PLENUM-PERSON"
NAMES_BETWEEN = ", "


@dataclass(frozen=True, slots=True)
class Property:
    """One content line; ``value`` is as written, ``text`` unescaped."""

    value: str
    parameters: Mapping[str, str]
    line: int

    @property
    def text(self) -> str:
        """The value of a property of type TEXT."""
        return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], self.value)


@dataclass(slots=True)
class Component:
    """A calendar or an event with its own properties by upper-case name."""

    name: str
    line: int
    properties: dict[str, list[Property]] = field(default_factory=dict)
    events: list[Component] = field(default_factory=list)

    def first(self, name: str) -> Property | None:
        """Return the first property of that name."""
        found = self.properties.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        """Return the text of the first property of that name, "" without one."""
        found = self.first(name)
        return found.text if found else ""


def parsed_calendar(text: str, findings: Findings) -> Component:
    """Return the calendar with its events, several calendars of one file as one; refuse what is none."""
    calendar: Component | None = None
    open_components: list[Component] = []
    for line, content in _unfolded(text):
        if not content.strip():
            continue
        try:
            name, parameters, value = Contentline(content).raw_parts()  # type: ignore[no-untyped-call]
        except (ValueError, IndexError) as error:
            findings.add("line_skipped", line, reason=error)
            continue
        name = name.upper()
        if name == "BEGIN":
            component = Component(value.strip().upper(), line)
            if component.name == "VCALENDAR" and not open_components:
                calendar = component = calendar or component
            elif component.name == "VEVENT" and calendar and len(open_components) == 1:
                calendar.events.append(component)
            open_components.append(component)
        elif name == "END":
            if not open_components or open_components[-1].name != value.strip().upper():
                findings.add("not_well_formed", line, reason=f"END:{value}")
                raise Refused
            open_components.pop()
        elif open_components:
            texts = {key.upper(): _parameter(given) for key, given in parameters.items()}
            properties = open_components[-1].properties
            properties.setdefault(name, []).append(Property(value, texts, line))
    if calendar is None:
        findings.add("not_a_schedule", 1, reason="BEGIN:VCALENDAR")
        raise Refused
    if open_components:
        findings.add("not_well_formed", open_components[-1].line, reason=f"BEGIN:{open_components[-1].name}")
        raise Refused
    return calendar


def written(name: str, value: str) -> bytes:
    """Return a content line folded to 75 octets, with CRLF; ``value`` is escaped already."""
    line = f"{name}:{value}".encode()
    if len(line) <= LONGEST_LINE:
        return line + b"\r\n"
    parts = []
    start, room = 0, LONGEST_LINE
    while len(line) - start > room:
        end = start + room
        while line[end] & 0xC0 == 0x80:
            end -= 1
        parts.append(line[start:end])
        start, room = end, LONGEST_LINE - 1
    parts.append(line[start:])
    return b"\r\n ".join(parts) + b"\r\n"


def escaped(text: str) -> str:
    """Return a text as a value of type TEXT."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\n", "\\n")


def quoted(text: str) -> str:
    """Return a text as the value of a parameter; quotation marks become apostrophes."""
    return '"' + " ".join(text.replace('"', "'").split()) + '"'


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    content, start = "", 0
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if line[:1] in (" ", "\t") and start:
            content += line[1:]
            continue
        if start:
            yield start, content
        content, start = line, number
    if start:
        yield start, content


def _parameter(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
