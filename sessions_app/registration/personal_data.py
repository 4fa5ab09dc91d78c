"""What registration keeps about a person, for her own copy and for erasing it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from network.account_page import Entry, Part
from network.localised import localised
from network.models import Person
from network.signals import account_page_asked, person_erased, personal_data_asked
from network.web.words import text_and_language
from sessions_app.events.models import Event
from sessions_app.events.webhooks.queries import deliveries_about
from sessions_app.registration.delegation_queries import lines_naming
from sessions_app.registration.links import file_path, status_path
from sessions_app.registration.models import AnswerFile, Delegation, Registration
from sessions_app.registration.queries import answers_of, mine
from sessions_app.registration.services.erasing import forget_registrations
from sessions_app.registration.states import State
from sessions_app.registration.tables.people import FIELDS
from sessions_app.registration.wording_of_states import look_of


@receiver(personal_data_asked)
def registration_data_of(person: Person, **_more: Any) -> dict[str, Any]:
    """Return the person's registrations with answers, messages and delegations."""
    return {
        "registrations": [
            {
                "event": registration.event.slug,
                "code": registration.code,
                "state": registration.state,
                "category": registration.category.slug if registration.category else None,
                "name": registration.name,
                "name_latin": registration.name_latin,
                "email": registration.email,
                "phone": registration.phone,
                "organisation": registration.organisation_name,
                "post": registration.post,
                "region": registration.region,
                "submitted_at": registration.submitted_at and registration.submitted_at.isoformat(),
                "answers": answers_of(registration),
                "files": [_file(file, registration.event) for file in registration.files.all()],
                "messages": [
                    {"at": message.created_at.isoformat(), "subject": message.subject}
                    for message in registration.messages.all()
                ],
                "told_to_programs": [
                    {
                        "at": delivery.created_at.isoformat(),
                        "what": delivery.kind,
                        "server": delivery.webhook.host,
                        "state": delivery.outbox.state,
                    }
                    for delivery in deliveries_about(registration.code)
                ],
            }
            for registration in mine(person).order_by("pk")
        ],
        "delegations": [
            {
                "event": delegation.event.slug,
                "organisation": delegation.organisation_name,
                "lines": delegation.members.count(),
            }
            for delegation in person.delegations.select_related("event")
        ],
        "named_in_delegations": [
            {
                "event": line.delegation.event.slug,
                "organisation": line.delegation.organisation_name,
                **{name: getattr(line, name) for name in FIELDS},
            }
            for line in lines_naming(person)
        ],
    }


def _file(file: AnswerFile, event: Event) -> dict[str, Any]:
    """Return what a file is and where its owner downloads it."""
    return {
        "question": file.question.key,
        "name": file.name,
        "bytes": file.size,
        "address": settings.BASE_URL + file_path(file, event),
    }


@receiver(account_page_asked)
def registrations_on_her_page(person: Person, **_more: Any) -> Part:
    """List the person's registrations, those to come first."""
    rows = mine(person).exclude(state=State.DRAFT).order_by("-pk")
    drafts = mine(person).filter(state=State.DRAFT).order_by("-changed_at")
    entries = [_entry(row, status_path(row)) for row in sorted(rows, key=lambda row: not row.is_live)]
    open_forms = [_entry(row, reverse("registration:register", args=(row.event.slug,))) for row in drafts]
    led = person.delegations.filter(withdrawn_at__isnull=True).select_related("event").order_by("-pk")
    groups = [_group(delegation) for delegation in led]
    return Part("registrations", _("My registrations"), [*entries, *open_forms, *groups])


def _group(delegation: Delegation) -> Entry:
    url = reverse("registration:delegation", args=(delegation.event.slug, delegation.code))
    return Entry(title=delegation.organisation_name, url=url, detail=_("delegation that you lead"))


def _entry(registration: Registration, url: str) -> Entry:
    language = (get_language() or "").split("-")[0]
    title, spoken = text_and_language(localised(registration.event, "name"), language)
    parts = [look_of(registration).word, registration.category.name if registration.category else ""]
    return Entry(
        title=title or registration.event.slug,
        url=url,
        detail=" · ".join(part for part in parts if part),
        lang=spoken if spoken != language else "",
    )


@receiver(person_erased)
def forget(person: Person, **_more: Any) -> None:
    """Take the person out of her registrations; numbers for the books stay without her name."""
    forget_registrations(person=person)
