"""What the floors above put on a person's own page, so that the page need not know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from network.models import Person
from network.signals import account_page_asked


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that leads somewhere; ``lang`` is the title's language where it is not the page's."""

    title: str
    url: str
    detail: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A headed list on the person's own page."""

    key: str
    title: str
    entries: list[Entry]


def parts_of(person: Person) -> list[Part]:
    """Return what each floor has to show the person about herself; empty lists are left out."""
    answers: list[tuple[Any, Any]] = account_page_asked.send(sender=Person, person=person)
    return [part for _receiver, part in answers if part is not None and part.entries]
