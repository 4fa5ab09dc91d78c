"""Writes the demo's organisations, people and log-ins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from cms.demo.content import code_of, read, texts
from network.localised import set_localised
from network.models import Affiliation, Organisation, OrganisationKind, Person
from sessions_app.events.models import Event, TeamRole
from sessions_app.programme.models import Session, Star

CLUSTER_TEXT = {
    "en": "A pilot innovative territorial cluster; its field: {field}.",
    "ru": "Пилотный инновационный территориальный кластер. Специализация: {field}.",
}


def load_organisations() -> dict[str, Organisation]:
    """Write all organisations; return them by their key in the file."""
    found: dict[str, Organisation] = {}
    for section, items in read("organisations.toml").items():
        for key, item in items.items():
            row = Organisation(
                code=code_of("organisation", key),
                kind=item.get("kind", OrganisationKind.CLUSTER),
                region=item.get("region", ""),
            )
            row.latitude, row.longitude = item.get("at", (None, None))
            about = texts(item.get("about"))
            if section == "clusters":
                fields = texts(item["field"])
                about = {code: text.format(field=fields[code]) for code, text in CLUSTER_TEXT.items()}
            for field, value in (
                ("name", texts(item["name"])),
                ("short_name", texts(item.get("short"))),
                ("city", texts(item.get("city"))),
                ("about", about),
            ):
                set_localised(row, field, value)
            row.save()
            found[key] = row
    return found


def people_in_files() -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    """Yield key, entry and whether the person is a reported one."""
    for section, items in read("people.toml").items():
        for key, item in items.items():
            yield key, item, section == "reported"


def load_people(organisations: Mapping[str, Organisation]) -> dict[str, Person]:
    """Write the people named in programmes; they have no e-mail. Return them by their key in the file."""
    nobody = make_password(None)
    found: dict[str, Person] = {}
    ties = []
    for key, item, is_reported in people_in_files():
        row = Person(
            code=code_of("person", key), name=item["name"], name_latin=item["latin"], password=nobody
        )
        set_localised(row, "biography", texts(item.get("about")))
        row.save()
        found[key] = row
        if not is_reported:
            ties.append(
                Affiliation(
                    person=row, organisation=organisations[item["org"]], post=texts(item["post"])["ru"]
                )
            )
    Affiliation.objects.bulk_create(ties)
    return found


def load_logins(organisations: Mapping[str, Organisation]) -> None:
    """Write one log-in per role, with a verified address, its team roles and its stars."""
    content = read("logins.toml")
    # One hash for all: the password is printed on the screen anyway, and each hash costs half a second.
    password = make_password(content["password"])
    for item in content["login"]:
        is_operator = item.get("superuser", False)
        person = Person.objects.create(
            code=code_of("login", item["email"]),
            email=item["email"],
            name=item["name"],
            name_latin=item["latin"],
            locale=item.get("locale", ""),
            password=password,
            is_staff=is_operator,
            is_superuser=is_operator,
        )
        EmailAddress.objects.create(user=person, email=item["email"], verified=True, primary=True)
        Affiliation.objects.create(person=person, organisation=organisations["plenum"], post=item["label"][1])
        if "group" in item:
            person.groups.add(Group.objects.get(name=item["group"]))
        for slug, role in item.get("roles", {}).items():
            TeamRole.objects.create(event=Event.objects.get(slug=slug), person=person, role=role)
        load_stars(person, item.get("stars", {}))


def load_stars(person: Person, stars: Mapping[str, list[str]]) -> None:
    """Put the named sessions on the person's agenda."""
    for slug, keys in stars.items():
        codes = [code_of(slug, key) for key in keys]
        sessions = Session.objects.filter(event__slug=slug, code__in=codes)
        Star.objects.bulk_create(
            (Star(person=person, session=session) for session in sessions), ignore_conflicts=True
        )
