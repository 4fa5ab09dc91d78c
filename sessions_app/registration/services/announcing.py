"""Tells webhooks what became of registrations: codes and states, no names and no answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sessions_app.events.models import WebhookKind
from sessions_app.events.webhooks.announcing import Happening, announce
from sessions_app.registration.models import Registration
from sessions_app.registration.states import State


def announce_moved(
    registrations: Sequence[Registration], *, before: State, after: State, now: dt.datetime | None = None
) -> None:
    """Tell that registrations of one event came in, were cancelled, or changed their state otherwise."""
    kind = WebhookKind.REGISTRATION_STATE_CHANGED
    if after is State.CANCELLED:
        kind = WebhookKind.REGISTRATION_CANCELLED
    elif before is State.DRAFT:
        kind = WebhookKind.REGISTRATION_CREATED
    previous = None if before is State.DRAFT else before.value
    _announce(kind, [(one, {"previous_state": previous}) for one in registrations], now)


def announce_edited(
    edited: Sequence[tuple[Registration, Collection[str]]], *, now: dt.datetime | None = None
) -> None:
    """Tell that registrations of one event say something else: the names of the fields, not what stands in them."""
    told = [(registration, {"changed": sorted(fields)}) for registration, fields in edited]
    _announce(WebhookKind.REGISTRATION_EDITED, told, now)


def announce_erased(registration: Registration, *, now: dt.datetime | None = None) -> None:
    """Tell that whose registration it was is forgotten here, so that others forget her, too."""
    _announce(WebhookKind.REGISTRATION_ERASED, [(registration, {})], now)


def _announce(
    kind: WebhookKind, told: Sequence[tuple[Registration, Mapping[str, Any]]], now: dt.datetime | None
) -> None:
    if not told:
        return

    def happenings() -> list[Happening]:
        return [
            Happening(
                key=f"registration:{one.pk}:{one.version}:{kind.value}",
                subject=one.code,
                data={"registration": _said(one), **more},
            )
            for one, more in told
        ]

    announce(event_id=told[0][0].event_id, kind=kind, happenings=happenings, now=now)


def _said(registration: Registration) -> dict[str, Any]:
    return {
        "code": registration.code,
        "state": registration.state,
        "category": registration.category.slug if registration.category else None,
        "delegation": registration.delegation.code if registration.delegation else None,
        "version": registration.version,
    }
