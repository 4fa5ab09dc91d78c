"""What stays in the marketplace after its event: for everybody to find, without anybody's address."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from matchmaking.models import Block, ExchangeProfile, Offer, ProfileState
from network.models import Person, Topic
from network.search import name_contains
from sessions_app.events.models import Event

MOST_WORDS = 8
SEARCHED = ("text", "organisation__name_en", "organisation__name_ru")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader of the marketplace looks for; empty fields ask for nothing."""

    text: str = ""
    kind: str = ""
    topic: int | None = None
    region: str = ""
    cooperation: str = ""


def is_after(event: Event, *, now: dt.datetime | None = None) -> bool:
    """Tell whether the event's last day is over on its own clocks; one query."""
    last = event.days.aggregate(last=Max("date"))["last"]
    return _is_past(last, event, now or timezone.now())


def _is_past(last: dt.date | None, event: Event, now: dt.datetime) -> bool:
    return last is not None and last < now.astimezone(event.zone).date()


def listed(*, now: dt.datetime | None = None) -> QuerySet[Offer]:
    """Return what everybody may read, the newest first; one query before the one that reads it.

    An offer is shown once its event is over, at once without an event; not when its time is up, its author
    cannot log in any more, or does not show herself in the event's exchange, or the event is hidden.
    """
    moment = now or timezone.now()
    kept = Offer.objects.filter(stays_listed=True, person__is_active=True)
    events = Event.objects.filter(is_public=True, pk__in=kept.order_by().values("event"))
    over = [
        event.pk
        for event in events.annotate(last=Max("days__date")).only("timezone")
        if _is_past(event.last, event, moment)
    ]
    profiles = _profiles()
    return (
        kept.filter(Q(event=None) | Q(event__in=over))
        .filter(Q(expires_on=None) | Q(expires_on__gte=timezone.localdate(moment)))
        .exclude(Exists(profiles.exclude(state=ProfileState.SHOWN)))
        .annotate(
            typed_organisation=Subquery(profiles.values("organisation_name")[:1]),
            spoken=Subquery(profiles.values("languages")[:1]),
        )
        .order_by("-created_at", "-pk")
    )


def _profiles() -> QuerySet[ExchangeProfile]:
    return ExchangeProfile.objects.filter(exchange__event=OuterRef("event"), person=OuterRef("person"))


def with_all(rows: QuerySet[Offer]) -> QuerySet[Offer]:
    """Fetch along what a row shows."""
    return rows.select_related("person", "organisation", "event").prefetch_related("topics")


def narrowed(rows: QuerySet[Offer], wanted: Wanted) -> QuerySet[Offer]:
    """Keep what has all that is wanted; every word must stand in the text or in the organisation's name.

    What names no region is for all of them.
    """
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.topic is not None:
        rows = rows.filter(topics=wanted.topic)
    if wanted.cooperation:
        rows = rows.filter(cooperation=wanted.cooperation)
    if wanted.region:
        # SQLite has no "contains" for lists; a code in quotes stands nowhere else in such a text.
        rows = rows.annotate(region_codes=Cast("regions", TextField()))
        rows = rows.filter(Q(regions=[]) | Q(region_codes__contains=f'"{wanted.region}"'))
    for word in wanted.text.split()[:MOST_WORDS]:
        rows = rows.filter(name_contains(SEARCHED, word))
    return rows


def stays_from(event: Event) -> bool:
    """Tell whether anything of this event is listed now; one query for most events, three for those with something."""
    kept = Offer.objects.filter(event=event, stays_listed=True)
    return kept.exists() and listed().filter(event=event).exists()


def topics_of(rows: QuerySet[Offer]) -> list[Topic]:
    """Return the topics of what is listed, by name."""
    links = Offer.topics.through.objects.filter(offer__in=rows.order_by().values("pk"))
    return sorted(Topic.objects.filter(pk__in=links.values("topic")), key=str)


def regions_of(rows: QuerySet[Offer]) -> list[str]:
    """Return the regions that something listed is for."""
    found = rows.exclude(regions=[]).order_by().values_list("regions", flat=True)
    return sorted({str(code) for codes in found for code in codes})


def kept_by(person: Person) -> QuerySet[Offer]:
    """Return what the person wants to stay in the marketplace, listed already or not, the newest first."""
    return Offer.objects.filter(person=person, stays_listed=True).order_by("-created_at", "-pk")


def can_be_written_to(offer: Offer, writer: Person) -> bool:
    """Tell whether the writer may send the author a letter: not to herself, and to nobody who blocked her."""
    author = offer.person
    if author.pk == writer.pk or not author.email or not writer.email:
        return False
    return not Block.objects.filter(profile__person=author, other__person=writer).exists()
