"""Writes the demo's delegations through the services: one half finished, one that waits all or none."""

from __future__ import annotations

import datetime as dt

from cms.demo.content import read
from network.models import Person
from sessions_app.events.models import Event
from sessions_app.registration.models import Delegation, Registration, RegistrationSettings
from sessions_app.registration.services.delegating import Frame, add_lines, open_delegation
from sessions_app.registration.services.delegation_sending import send_delegation
from sessions_app.registration.services.submitting import submit


def load_delegations(event: Event, *, now: dt.datetime) -> None:
    """Write the event's delegations; people may be swapped in the forum until its registration closes."""
    settings = RegistrationSettings.objects.get(event=event)
    settings.change_until = settings.change_until or settings.closes_at
    settings.save(update_fields=["change_until"])
    for item in read(f"{event.slug}/delegations.toml")["delegation"]:
        head = Person.objects.filter(email=item["head"]).first()
        category = event.categories.filter(slug=item["category"]).first()
        if head is None or category is None:
            continue
        frame = Frame(
            category=category,
            organisation_name=item["organisation"],
            all_or_none=item.get("all_or_none", False),
        )
        delegation = open_delegation(event=event, head=head, frame=frame)
        add_lines(delegation=delegation, lines=item["sent"])
        send_delegation(delegation=delegation, actor=head, locale=head.locale, now=now)
        _finish(delegation, item.get("finished", 0), now=now)
        add_lines(delegation=delegation, lines=item.get("typed", []))


def _finish(delegation: Delegation, count: int, *, now: dt.datetime) -> None:
    """Let the first of the invited finish, each as the person whose address it is."""
    for registration in Registration.objects.filter(delegation=delegation, state="invited")[:count]:
        person = Person.objects.create_user(registration.email, None, name=registration.name, locale="ru")
        key = f"demo-{registration.pk}"
        submit(registration=registration, actor=person, key=key, digest=key, now=now)
