"""Invitations through the pages of the back office."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from network.models import AuditEntry, OutboxMessage, OutboxState
from sessions_app.registration.backoffice.invitation_forms import addresses_in
from sessions_app.registration.models import Category, Invitation
from sessions_app.registration.queries import find_invitation
from sessions_app.registration.services.inviting import AT_MOST, Terms, invite, remind, revoke_invitation
from tests.backoffice.forms import text_of
from tests.factories import PersonFactory, make_open_event


@pytest.fixture
def address(url_of):
    return url_of("backoffice_invitations")


def invite_post(category: Category, **changes) -> dict:
    """Return a post of the form that invites."""
    return {"category": category.pk, "max_uses": "1", "skips_approval": "on", **changes}


def age(invitation: Invitation, days: int) -> None:
    """Let the invitation be sent so many days ago."""
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=timezone.now() - dt.timedelta(days=days))


def test_many_codes_are_made_at_once(desk, registrar, event, category, address):
    desk.post(address, invite_post(category, count="50", max_uses="3", name="Partners"))
    codes = list(Invitation.objects.values_list("code", flat=True))
    assert len(set(codes)) == 50
    assert all(len(code) >= 8 and not set(code) & set("0O1ILUV") for code in codes)
    assert set(Invitation.objects.values_list("max_uses", "created_by", "name")) == {
        (3, registrar.pk, "Partners")
    }
    assert not OutboxMessage.objects.filter(kind="mail").exists()
    assert len(AuditEntry.objects.get(action="invitation.created").changes["invitations"][1]) == 50


def test_each_pasted_address_gets_its_code_by_mail(desk, event, category, address):
    desk.post(
        address,
        invite_post(
            category, emails="anna@plenum.example, Boris <boris@plenum.example>\nANNA@plenum.example"
        ),
    )
    invitations = {one.email: one for one in Invitation.objects.all()}
    assert set(invitations) == {"anna@plenum.example", "boris@plenum.example"}
    letters = {
        message.payload["to"][0]: message.payload for message in OutboxMessage.objects.filter(kind="mail")
    }
    assert set(letters) == set(invitations)
    body = letters["anna@plenum.example"]["body"]
    assert f"/events/{event.slug}/register/?code={invitations['anna@plenum.example'].code}" in body
    assert invitations["boris@plenum.example"].code not in body


def test_the_letter_speaks_the_persons_language(event, category):
    PersonFactory(email="ivan@plenum.example", locale="ru")
    invite(
        event=event, terms=Terms(category), actor=None, emails=["ivan@plenum.example", "ann@plenum.example"]
    )
    subjects = {m.payload["to"][0]: m.payload["subject"] for m in OutboxMessage.objects.filter(kind="mail")}
    assert event.name_ru in subjects["ivan@plenum.example"]
    assert event.name_en in subjects["ann@plenum.example"]


def test_pieces_that_are_no_addresses_are_named_and_nothing_is_lost(desk, category, address):
    response = desk.post(address, invite_post(category, emails="anna@plenum.example\nboris@@x"))
    assert response.status_code == 422
    assert "These are no e-mail addresses: “boris@@x”." in text_of(response).replace("&quot;", '"')
    assert "anna@plenum.example" in response.content.decode()
    assert not Invitation.objects.exists()


def test_lists_are_read_as_people_have_them():
    text = "Anna Belova <anna@a.example>; boris@b.example,\tclara@c.example\n\n<dora@d.example>"
    assert addresses_in(text)[0] == ["anna@a.example", "boris@b.example", "clara@c.example", "dora@d.example"]


@pytest.mark.parametrize(
    "changes",
    [{}, {"emails": "a@b.example", "count": "2"}, {"count": "0"}, {"count": str(AT_MOST + 1)},
     {"count": "1", "expires_at": "2020-01-01T10:00"}, {"count": "1", "max_uses": "0"}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(desk, category, address, changes):
    assert desk.post(address, invite_post(category, **changes)).status_code == 422
    assert not Invitation.objects.exists()


def test_a_category_of_another_event_is_no_choice(desk, address):
    foreign = make_open_event()[1]
    assert desk.post(address, invite_post(foreign, count="1")).status_code == 422


def test_who_has_a_good_invitation_gets_no_second_one(desk, category, address):
    desk.post(address, invite_post(category, emails="anna@plenum.example"))
    again = desk.post(
        address, invite_post(category, emails="Anna@Plenum.example boris@plenum.example"), follow=True
    )
    assert "1 address has a good invitation already" in text_of(again)
    assert Invitation.objects.count() == 2
    revoke_invitation(invitation=Invitation.objects.get(email="anna@plenum.example"), actor=None)
    desk.post(address, invite_post(category, emails="anna@plenum.example"))
    assert Invitation.objects.filter(email="anna@plenum.example").count() == 2


def test_only_the_unused_are_reminded_and_not_twice_a_day(desk, event, category, url_of):
    emails = [f"{name}@plenum.example" for name in ("new", "quiet", "used", "over", "revoked")]
    made = {one.email.split("@")[0]: one for one in invite(
        event=event, terms=Terms(category), actor=None, emails=emails
    ).made}  # fmt: skip
    for name in ("quiet", "used", "over", "revoked"):
        age(made[name], 3)
    Invitation.objects.filter(pk=made["used"].pk).update(used=1)
    Invitation.objects.filter(pk=made["over"].pk).update(expires_at=timezone.now())
    revoke_invitation(invitation=made["revoked"], actor=None)
    OutboxMessage.objects.all().delete()
    page = desk.post(url_of("backoffice_invitations_remind"), follow=True)
    assert "1 reminder goes out." in text_of(page)
    assert OutboxMessage.objects.get(kind="mail").payload["to"] == ["quiet@plenum.example"]
    again = desk.post(url_of("backoffice_invitations_remind"), follow=True)
    assert "Nobody was reminded" in text_of(again)
    assert remind(event=event, actor=None, now=timezone.now() + dt.timedelta(days=2)) == 2


def test_a_revoked_code_opens_nothing(desk, event, category, url_of):
    invitation = invite(event=event, terms=Terms(category), actor=None, count=1).made[0]
    assert find_invitation(event, invitation.code.lower()) == invitation
    desk.post(url_of("backoffice_invitation_revoke", invitation.pk))
    assert find_invitation(event, invitation.code) is None
    assert "revoked" in text_of(desk.get(url_of("backoffice_invitations")))
    assert AuditEntry.objects.filter(action="invitation.revoked").count() == 1


def test_states_are_told_and_searched(desk, event, category, address):
    sent, other = invite(
        event=event, terms=Terms(category), actor=None, emails=["anna@plenum.example", "boris@plenum.example"]
    ).made
    Invitation.objects.filter(pk=other.pk).update(used=1)
    assert "used 1 of 1" in text_of(desk.get(address))
    assert [row["invitation"] for row in desk.get(address, {"state": "used"}).context["rows"]] == [other]
    assert [row["invitation"] for row in desk.get(address, {"q": "anna"}).context["rows"]] == [sent]
    assert [row["invitation"] for row in desk.get(address, {"q": sent.code.lower()}).context["rows"]] == [
        sent
    ]
    for odd in ({"state": "x"}, {"page": "x"}, {"page": "-3"}, {"q": "\x00"}):
        assert desk.get(address, odd).status_code == 200


def test_codes_are_handed_on_as_a_file(desk, event, category, url_of):
    open_one = invite(event=event, terms=Terms(category), actor=None, count=1).made[0]
    invite(event=event, terms=Terms(category), actor=None, emails=["anna@plenum.example"])
    lines = desk.get(url_of("backoffice_invitations_codes")).content.decode().splitlines()
    assert [line.split("\t")[0] for line in lines] == [open_one.code]


def test_invitations_of_another_event_are_not_found(desk, url_of):
    other, foreign = make_open_event()
    invitation = invite(event=other, terms=Terms(foreign), actor=None, count=1).made[0]
    assert desk.post(url_of("backoffice_invitation_revoke", invitation.pk)).status_code == 404
    assert Invitation.objects.get().revoked_at is None


def test_the_list_costs_the_same_with_one_and_three(
    desk, event, category, address, django_assert_num_queries
):
    invite(event=event, terms=Terms(category), actor=None, count=1)
    desk.get(address)
    with CaptureQueriesContext(connection) as one:
        desk.get(address)
    invite(event=event, terms=Terms(category), actor=None, count=2)
    with django_assert_num_queries(len(one)):
        desk.get(address)


def failed(invitation: Invitation) -> OutboxMessage:
    """Let the invitation's letter come back."""
    letter = OutboxMessage.objects.get(key=f"invitation:{invitation.pk}:sent")
    OutboxMessage.objects.filter(pk=letter.pk).update(state=OutboxState.FAILED)
    return letter


def test_an_invitation_that_came_back_is_told_found_and_sent_again(desk, event, category, address, url_of):
    invite(event=event, terms=Terms(category=category), actor=None, emails=["a@x.example", "b@x.example"])
    lost, other = Invitation.objects.get(email="a@x.example"), Invitation.objects.get(email="b@x.example")
    letter = failed(lost)
    assert "came back" in text_of(desk.get(address))
    page = text_of(desk.get(address, {"state": "failed"}))
    assert lost.code in page
    assert other.code not in page
    assert "invitation came back" in text_of(desk.get(url_of("backoffice_registration")))
    again = url_of("backoffice_invitation_again", lost.pk)
    desk.post(again)
    letter.refresh_from_db()
    assert letter.state == OutboxState.WAITING
    assert "Nothing that came back is left to send" in text_of(desk.post(again, follow=True))


def test_a_revoked_code_can_be_good_again(desk, event, category, url_of):
    invite(event=event, terms=Terms(category=category), actor=None, count=1)
    invitation = Invitation.objects.get()
    revoke_invitation(invitation=invitation, actor=None)
    desk.post(url_of("backoffice_invitation_restore", invitation.pk))
    assert find_invitation(event, invitation.code) == invitation
    assert AuditEntry.objects.get(action="invitation.restored").changes["revoked_at"][1] is None


def test_one_person_is_reminded_alone(desk, event, category, url_of):
    invite(event=event, terms=Terms(category=category), actor=None, emails=["a@x.example", "b@x.example"])
    for invitation in Invitation.objects.all():
        age(invitation, 2)
    one = Invitation.objects.get(email="a@x.example")
    desk.post(url_of("backoffice_invitation_remind", one.pk))
    assert [i.email for i in Invitation.objects.filter(reminded_at__isnull=False)] == ["a@x.example"]
