"""A person's own agenda: stars and the address of its calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction

from network.codes import new_token
from network.models import Person
from network.services import record_audit
from sessions_app.events.models import Event
from sessions_app.programme.models import Session, Star


@transaction.atomic
def star_session(*, person: Person, event: Event, code: str) -> bool:
    """Put the session on the agenda; False when the event has no such session."""
    session = Session.objects.filter(event=event, code=code).first()
    if session is None:
        return False
    Star.objects.get_or_create(person=person, session=session)
    return True


@transaction.atomic
def unstar_session(*, person: Person, event: Event, code: str) -> None:
    """Take the session off the agenda; nothing happens when it is not there."""
    Star.objects.filter(person=person, session__event=event, session__code=code).delete()


@transaction.atomic
def merge_stars(*, person: Person, codes_by_event: Mapping[str, Iterable[str]]) -> int:
    """Add stars kept in a browser (event slug to session codes) to the agenda; return how many were new.

    Unknown events and codes are passed over: the browser may remember what is long gone.
    """
    added = 0
    for slug, codes in codes_by_event.items():
        sessions = Session.objects.filter(event__slug=slug, event__is_public=True, code__in=list(codes)[:500])
        for session in sessions:
            added += Star.objects.get_or_create(person=person, session=session)[1]
    return added


@transaction.atomic
def agenda_token(*, person: Person) -> str:
    """Return the token of the person's calendar feed, made at the first asking."""
    locked = Person.objects.select_for_update().get(pk=person.pk)
    if not locked.agenda_token:
        locked.agenda_token = new_token()
        locked.save(update_fields=["agenda_token"])
    person.agenda_token = locked.agenda_token
    return locked.agenda_token


@transaction.atomic
def renew_agenda_token(*, person: Person) -> str:
    """Give the feed a new address; the old one opens nothing from now on."""
    person.agenda_token = new_token()
    person.save(update_fields=["agenda_token"])
    record_audit(actor=person, action="agenda.address_renewed", subject=person)
    return person.agenda_token
