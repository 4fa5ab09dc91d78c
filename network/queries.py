"""Reads of people: what of them may be shown to whom, and all that is kept about one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from network.localised import localised
from network.models import Affiliation, AffiliationRight, AuditEntry, Consent, Person
from network.permissions import acts_for
from network.signals import personal_data_asked

# The consent without which no contact data is shown, whatever an affiliation lists.
SHOW_CONTACTS = "show_contacts"
PUBLIC_FIELDS = ("post", "email")
CONTACT_FIELDS = frozenset({"email"})


def has_consent(person: Person, purpose: str) -> bool:
    """Tell whether the person's consent to the purpose is given and not withdrawn."""
    return Consent.objects.filter(person=person, purpose=purpose, withdrawn_at__isnull=True).exists()


def visible_fields(
    affiliation: Affiliation, viewer: Person | AnonymousUser, on: dt.date | None = None
) -> dict[str, str]:
    """Return which of the affiliation's fields the viewer may see, with their values; empty ones are left out.

    The person herself and owners of the organisation see all. Everybody else sees the fields that she
    listed as public; contact data among them only while the affiliation holds and her consent stands.
    """
    day = on or timezone.now().date()
    values = {"post": affiliation.post, "email": affiliation.person.email or ""}
    filled = {field: values[field] for field in PUBLIC_FIELDS if values[field]}
    if viewer == affiliation.person or acts_for(
        viewer, affiliation.organisation, AffiliationRight.OWNER, day
    ):
        return filled
    shown = {field: value for field, value in filled.items() if field in affiliation.public_fields}
    if not CONTACT_FIELDS & shown.keys():
        return shown
    holds = (affiliation.since or day) <= day <= (affiliation.until or day)
    if holds and has_consent(affiliation.person, SHOW_CONTACTS):
        return shown
    return {field: value for field, value in shown.items() if field not in CONTACT_FIELDS}


def personal_data(person: Person) -> dict[str, Any]:
    """Return all that the platform keeps about a person as plain JSON, every floor's part by its title."""
    data: dict[str, Any] = {
        "person": {
            "code": person.code,
            "name": person.name,
            "name_latin": person.name_latin,
            "email": person.email,
            "biography": localised(person, "biography"),
            "language": person.locale,
            "joined": person.date_joined.isoformat(),
            "last_log_in": person.last_login.isoformat() if person.last_login else None,
        },
        "email_addresses": list(
            EmailAddress.objects.filter(user=person).values("email", "verified", "primary").order_by("email")
        ),
        "second_factors": list(
            Authenticator.objects.filter(user=person).order_by("type").values_list("type", flat=True)
        ),
        "affiliations": [_affiliation(tie) for tie in person.affiliations.select_related("organisation")],
        "consents": [_consent(consent) for consent in person.consents.order_by("given_at")],
        "actions": [
            {"at": entry.at.isoformat(), "action": entry.action, "object": entry.object_name}
            for entry in AuditEntry.objects.filter(actor=person).order_by("at")
        ],
    }
    answers: list[tuple[Any, Any]] = personal_data_asked.send(sender=Person, person=person)
    for _receiver, part in answers:
        data |= part
    return data


def _affiliation(tie: Affiliation) -> dict[str, Any]:
    return {
        "organisation": tie.organisation.name,
        "post": tie.post,
        "right": tie.right,
        "from": tie.since.isoformat() if tie.since else None,
        "to": tie.until.isoformat() if tie.until else None,
        "public_fields": tie.public_fields,
    }


def _consent(consent: Consent) -> dict[str, Any]:
    return {
        "purpose": consent.purpose,
        "text_version": consent.text_version,
        "given_at": consent.given_at.isoformat(),
        "withdrawn_at": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
    }
