"""Making an event from an exchange file."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from network.localised import set_localised
from network.models import Person
from network.services import record_audit
from sessions_app.events.models import Event, Venue
from sessions_app.programme.schedule import model
from sessions_app.programme.schedule.formats.deviations import Reading
from sessions_app.programme.services.importing import ImportPlan, ImportRefusedError, apply_import


class EventNotMadeError(Exception):
    """The file does not say enough to make an event, or the address is not allowed."""


@transaction.atomic
def create_event_from_schedule(
    *, slug: str, reading: Reading, actor: Person | None, dry_run: bool = False
) -> tuple[Event, ImportPlan]:
    """Make a public event from a schedule, with all its sessions; with ``dry_run`` undo it at the end.

    Raises ImportRefusedError for a file with errors, EventNotMadeError for an unusable address.
    """
    schedule = reading.schedule
    if schedule is None or reading.errors:
        raise ImportRefusedError(reading.errors)
    event = Event(slug=slug, timezone=schedule.zone, is_public=True)
    supported = [code for code, _name in settings.LANGUAGES]
    event.languages = [code for code in schedule.languages if code in supported] or [settings.LANGUAGE_CODE]
    set_localised(event, "name", _fitting(schedule.title, event.languages[0], slug))
    if schedule.venue:
        venue = Venue()
        set_localised(venue, "name", _fitting(schedule.venue, event.languages[0], ""))
        venue.save()
        event.venue = venue
    try:
        event.full_clean(exclude=["venue"])
    except ValidationError as error:
        raise EventNotMadeError(
            "; ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
        ) from error
    event.save()
    record_audit(actor=actor, action="event.created", subject=event, event_id=event.pk)
    plan = apply_import(event=event, reading=reading, actor=actor)
    if dry_run:
        transaction.set_rollback(True)
    return event, plan


def _fitting(texts: model.Localised, main: str, default: str) -> dict[str, str]:
    supported = [code for code, _name in settings.LANGUAGES]
    fitting = {code: text[:300] for code, text in texts.items() if code in supported}
    return fitting or {main: next(iter(texts.values()), default)[:300] or default}
