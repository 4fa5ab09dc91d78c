"""Who registers in the demo: invented people, made of the lists in ``attendees.toml``; knows no Django.

The same number always makes the same person.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cms.demo.content import code_of, read, texts

IN_ENGLISH = 0.06  # of the attendees read English


@dataclass(frozen=True, slots=True)
class Attendee:
    """An invented person; ``organisation`` is a key of ``organisations.toml``."""

    code: str
    name: str
    name_latin: str
    email: str
    phone: str
    organisation: str
    organisation_name: str
    post: str
    region: str
    locale: str


@cache
def attendees(count: int) -> tuple[Attendee, ...]:
    """Return so many different people."""
    return tuple(itertools.islice(_attendees(), count))


def _attendees() -> Iterator[Attendee]:
    lists, rolls = read("attendees.toml"), random.Random("attendees")  # noqa: S311 - invents, hides nothing
    organisations = [
        (key, item) for key, item in read("organisations.toml")["invented"].items() if key != "bulletin"
    ]
    seen: set[str] = set()
    while True:
        is_woman = rolls.random() < 0.46
        first = rolls.choice(lists["women" if is_woman else "men"])
        last = rolls.choice(lists["surnames"])
        name, latin = (
            f"{first[at]} {last[at]}{ending if is_woman else ''}" for at, ending in enumerate(("а", "a"))
        )
        if name not in seen:
            seen.add(name)
            yield _attendee(name, latin, rolls, *rolls.choice(organisations), rolls.choice(lists["posts"]))


def _attendee(
    name: str, latin: str, rolls: random.Random, key: str, organisation: Mapping[str, Any], post: list[str]
) -> Attendee:
    language = "en" if rolls.random() < IN_ENGLISH else "ru"
    email = f"{latin.lower().replace(' ', '.')}@attendees.example"
    return Attendee(
        code=code_of("attendee", email),
        name=latin if language == "en" else name,
        name_latin=latin,
        email=email,
        phone=f"+7900{rolls.randrange(10**7):07}",
        organisation=key,
        organisation_name=texts(organisation["name"])[language],
        post=texts(post)[language],
        region=organisation["region"],
        locale=language,
    )


def login_as_attendee(email: str) -> Attendee:
    """Return the log-in with this address as somebody who comes."""
    item = next(one for one in read("logins.toml")["login"] if one["email"] == email)
    organisation = read("organisations.toml")["team"]["plenum"]
    return Attendee(
        code=code_of("login", email),
        name=item["name"],
        name_latin=item["latin"],
        email=email,
        phone="+79005550100",
        organisation="plenum",
        organisation_name=texts(organisation["name"])["ru"],
        post=item["label"][1],
        region=organisation["region"],
        locale="ru",
    )
