"""Writes the forum's calls with their panels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from calls.models import Call, PanelMember
from cms.demo.content import FORUM, code_of, read, texts
from network.localised import localised, set_localised
from network.models import Organisation, Person
from sessions_app.events.models import Event


def load_calls(organisations: Mapping[str, Organisation], *, now: dt.datetime) -> None:
    """Write the forum's calls; belongs after the log-ins, one of which sits on the panel."""
    event = Event.objects.get(slug=FORUM)
    for item in _items():
        call = Call(event=event, slug=item["slug"], kind=item["kind"], is_published=item["published"])
        set_localised(call, "title", texts(item["title"]))
        call.opens, call.closes = _moment(event, item["opens"], now), _moment(event, item["closes"], now)
        call.save()
        for entry in item["panel"]:
            seat, _, key = entry.partition(":")
            _appoint(call, seat, key, item["appointed"], organisations, now)


def move_calls(event: Event, *, now: dt.datetime) -> None:
    """Write the dates of the forum's calls afresh, around ``now``."""
    for item in _items():
        for call in Call.objects.filter(event=event, slug=item["slug"]):
            call.opens, call.closes = _moment(event, item["opens"], now), _moment(event, item["closes"], now)
            call.save(update_fields=["opens", "closes"])


def _items() -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = read(f"{FORUM}/calls.toml")["call"]
    return items


def _moment(event: Event, item: Mapping[str, Any], now: dt.datetime) -> dt.datetime:
    date = now.astimezone(event.zone).date() + dt.timedelta(days=item["offset"])
    return dt.datetime.combine(date, item["time"], event.zone).astimezone(dt.UTC)


def _appoint(
    call: Call,
    seat: str,
    key: str,
    appointed: Mapping[str, Any],
    organisations: Mapping[str, Organisation],
    now: dt.datetime,
) -> None:
    has_login = "@" in key
    person = Person.objects.get(code=code_of("login" if has_login else "person", key))
    posts = {name: item for section in read("people.toml").values() for name, item in section.items()}
    organisation = organisations["plenum" if has_login else posts[key]["org"]]
    member = PanelMember(
        call=call,
        person=person,
        seat=seat,
        appointed_by=Person.objects.get(code=code_of("login", appointed["by"])),
        since=now - dt.timedelta(days=appointed["days_ago"]),
    )
    set_localised(member, "organisation", localised(organisation, "name"))
    member.save()
