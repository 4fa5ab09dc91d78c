"""Affiliations give rights for a time; contact data is shown by consent, field by field."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from network.models import Affiliation, AffiliationRight, AuditEntry, Consent
from network.permissions import acts_for
from network.queries import SHOW_CONTACTS, visible_fields
from network.services import give_consent, withdraw_consent
from tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2027, 3, 1)
NOW = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)


def affiliate(**fields):
    fields.setdefault("post", "Director")
    fields.setdefault("public_fields", ["post", "email"])
    if "person" not in fields:
        fields["person"] = PersonFactory(email="vera@plenum.example")
    if "organisation" not in fields:
        fields["organisation"] = OrganisationFactory()
    return Affiliation.objects.create(**fields)


@pytest.mark.parametrize(
    ("held", "asked", "answer"),
    [
        (AffiliationRight.OWNER, AffiliationRight.EDITOR, True),
        (AffiliationRight.EDITOR, AffiliationRight.EDITOR, True),
        (AffiliationRight.CONTACT, AffiliationRight.EDITOR, False),
        (AffiliationRight.NONE, AffiliationRight.CONTACT, False),
    ],
)
def test_a_right_carries_the_smaller_ones(held, asked, answer):
    tie = affiliate(right=held)
    assert acts_for(tie.person, tie.organisation, asked, DAY) is answer


@pytest.mark.parametrize(
    ("since", "until", "answer"),
    [
        (None, None, True),
        (DAY, DAY, True),
        (DAY + dt.timedelta(days=1), None, False),
        (None, DAY - dt.timedelta(days=1), False),
    ],
)
def test_a_right_holds_from_its_first_to_its_last_day(since, until, answer):
    tie = affiliate(right=AffiliationRight.OWNER, since=since, until=until)
    assert acts_for(tie.person, tie.organisation, AffiliationRight.EDITOR, DAY) is answer


def test_nobody_acts_for_another_organisation_or_without_an_account():
    tie = affiliate(right=AffiliationRight.OWNER)
    assert not acts_for(tie.person, OrganisationFactory(), AffiliationRight.CONTACT, DAY)
    assert not acts_for(AnonymousUser(), tie.organisation, AffiliationRight.NONE, DAY)
    tie.person.is_active = False
    assert not acts_for(tie.person, tie.organisation, AffiliationRight.CONTACT, DAY)


def test_contact_data_needs_a_listed_field_a_standing_affiliation_and_a_consent():
    tie = affiliate()
    stranger = PersonFactory()
    assert visible_fields(tie, stranger, DAY) == {"post": "Director"}
    give_consent(person=tie.person, purpose=SHOW_CONTACTS, text_version="1", now=NOW)
    assert visible_fields(tie, stranger, DAY) == {"post": "Director", "email": "vera@plenum.example"}
    assert visible_fields(tie, AnonymousUser(), DAY) == visible_fields(tie, stranger, DAY)
    tie.until = DAY - dt.timedelta(days=1)
    assert visible_fields(tie, stranger, DAY) == {"post": "Director"}
    tie.until, tie.public_fields = None, ["email"]
    assert visible_fields(tie, stranger, DAY) == {"email": "vera@plenum.example"}
    withdraw_consent(person=tie.person, purpose=SHOW_CONTACTS, now=NOW)
    assert visible_fields(tie, stranger, DAY) == {}


def test_the_person_and_the_owners_of_the_organisation_see_all():
    tie = affiliate(public_fields=[])
    owner = affiliate(
        person=PersonFactory(), organisation=tie.organisation, right=AffiliationRight.OWNER
    ).person
    editor = affiliate(
        person=PersonFactory(), organisation=tie.organisation, right=AffiliationRight.EDITOR
    ).person
    everything = {"post": "Director", "email": "vera@plenum.example"}
    assert visible_fields(tie, tie.person, DAY) == everything
    assert visible_fields(tie, owner, DAY) == everything
    assert visible_fields(tie, editor, DAY) == {}


def test_a_consent_is_given_once_per_version_and_keeps_its_history():
    person = PersonFactory()
    first = give_consent(person=person, purpose="news", text_version="1", now=NOW)
    assert give_consent(person=person, purpose="news", text_version="1", now=NOW) == first
    second = give_consent(person=person, purpose="news", text_version="2", now=NOW + dt.timedelta(days=1))
    first.refresh_from_db()
    assert (first.withdrawn_at, second.withdrawn_at) == (NOW + dt.timedelta(days=1), None)
    assert withdraw_consent(person=person, purpose="news", now=NOW + dt.timedelta(days=2)) is True
    assert withdraw_consent(person=person, purpose="news", now=NOW + dt.timedelta(days=2)) is False
    assert Consent.objects.filter(withdrawn_at__isnull=False).count() == 2
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "consent.given",
        "consent.given",
        "consent.withdrawn",
    ]
