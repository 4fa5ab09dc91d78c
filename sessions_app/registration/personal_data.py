"""What registration keeps about a person, for her own copy and for erasing it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
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
from sessions_app.registration.models import AnswerFile, Delegation, Invitation, Registration
from sessions_app.registration.queries import answers_of, mine, proven_addresses
from sessions_app.registration.services.erasing import forget_registrations
from sessions_app.registration.states import State
from sessions_app.registration.tables.people import FIELDS
from sessions_app.registration.team_queries import trail_of
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
                "language": registration.locale,
                "reason": registration.reason,
                "delegation": registration.delegation.organisation_name if registration.delegation else None,
                "submitted_at": registration.submitted_at and registration.submitted_at.isoformat(),
                "confirmed_at": registration.confirmed_at and registration.confirmed_at.isoformat(),
                "ended_at": registration.ended_at and registration.ended_at.isoformat(),
                "places": [
                    {"place": str(place.quota), "since": place.taken_at.isoformat()}
                    for place in registration.places.select_related("quota")
                ],
                "waiting_lists": [
                    {
                        "place": str(entry.quota),
                        "number": entry.number,
                        "state": entry.state,
                        "since": entry.entered_at.isoformat(),
                        "offered_until": entry.offer_until and entry.offer_until.isoformat(),
                    }
                    for entry in registration.entries.select_related("quota").order_by("pk")
                ],
                "answers": answers_of(registration),
                "files": [_file(file, registration.event) for file in registration.files.all()],
                "messages": [
                    {"at": message.created_at.isoformat(), "kind": message.kind, "subject": message.subject}
                    for message in registration.messages.all()
                ],
                "changes": [
                    {"at": entry.at.isoformat(), "action": entry.action, "changes": entry.changes}
                    for entry in trail_of(registration).order_by("at", "pk")
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
            for registration in mine(person).select_related("delegation").order_by("pk")
        ],
        "invitations": [
            {
                "event": invitation.event.slug,
                "category": invitation.category.slug,
                "email": invitation.email,
                "name": invitation.name,
                "code": invitation.code,
                "sent_at": invitation.sent_at and invitation.sent_at.isoformat(),
                "reminded_at": invitation.reminded_at and invitation.reminded_at.isoformat(),
            }
            for invitation in invitations_to(person)
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


def invitations_to(person: Person) -> QuerySet[Invitation]:
    """Return the invitations that were sent to an address which is proven to be hers."""
    sent = Invitation.objects.filter(email__in=proven_addresses(person))
    return sent.select_related("event", "category").order_by("pk")


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
    own = list(mine(person).order_by("-pk"))
    rows = [row for row in own if row.state != State.DRAFT]
    drafts = sorted(
        (row for row in own if row.state == State.DRAFT), key=lambda row: row.changed_at, reverse=True
    )
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
