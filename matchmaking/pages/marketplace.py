"""Rows of the marketplace: what stands in each, for somebody who is signed in and for everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from matchmaking.models import Offer
from network.localised import localised
from network.models import OrganisationStatus
from sessions_app.programme.queries import released_schedules


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An offer or need; names are language code to text, ``author`` is empty for who is not signed in.

    ``languages`` are those that its author speaks, empty when they are not known.
    """

    offer: Offer
    languages: list[str]
    author: str
    organisation: dict[str, str]
    typed_organisation: str
    organisation_url: str
    event: dict[str, str]
    event_url: str


def rows_of(offers: Sequence[Offer], *, with_authors: bool) -> list[Row]:
    """Return the rows of these offers; one query more, however many there are."""
    events = {offer.event for offer in offers if offer.event is not None}
    pages = {
        event_id: {body.key for body in schedule.organisations}
        for event_id, schedule in released_schedules(events).items()
    }
    return [_row(offer, pages.get(offer.event_id or 0, set()), with_authors) for offer in offers]


def _row(offer: Offer, pages: set[str], with_authors: bool) -> Row:
    event, body = offer.event, offer.organisation
    if body is not None and body.status != OrganisationStatus.PUBLISHED:
        body = None
    has_page = event is not None and body is not None and body.code in pages
    return Row(
        offer=offer,
        languages=getattr(offer, "spoken", None) or [],
        author=offer.person.name if with_authors else "",
        organisation=localised(body, "name") if body else {},
        typed_organisation=getattr(offer, "typed_organisation", None) or "",
        organisation_url=reverse("programme_organisation", args=(event.slug, body.code))
        if has_page and event and body
        else "",
        event=localised(event, "name") or {"": event.slug} if event else {},
        event_url=reverse("event_front", args=(event.slug,)) if event and event.is_public else "",
    )
