"""Delegations: invited together, swapped at once, never more places than there are, nobody betrayed."""

import datetime as dt

import pytest
from django.utils import timezone

from network.models import Affiliation, AffiliationRight, OutboxMessage
from network.services import erase_account
from sessions_app.registration.delegation_queries import checked, sent_lines, state_counts_of, state_of
from sessions_app.registration.errors import Closed, Full, NotOpenToYou, NotYours, WrongState
from sessions_app.registration.models import (
    Category,
    Delegation,
    DelegationMember,
    Entry,
    Place,
    Quota,
    Registration,
    WaitingEntry,
)
from sessions_app.registration.personal_data import registration_data_of
from sessions_app.registration.services.deciding import approve
from sessions_app.registration.services.delegating import (
    AllOrNoneNotHere,
    Frame,
    NotInHerName,
    TooManyLines,
    add_lines,
    open_delegation,
    save_lines,
)
from sessions_app.registration.services.delegation_places import (
    RemindedToday,
    remind_members,
    remove_member,
    swap_member,
    withdraw_delegation,
)
from sessions_app.registration.services.delegation_sending import FaultyLines, send_delegation
from sessions_app.registration.services.registering import Details, cancel, save_draft
from sessions_app.registration.services.submitting import submit
from sessions_app.registration.tables.people import FIELDS
from tests.factories import OrganisationFactory, PersonFactory, make_open_event, make_registration

pytestmark = pytest.mark.django_db


def line(number: int, **fields: str) -> dict[str, str]:
    given = {"name": f"Member {number}", "email": f"member{number}@plenum.example", **fields}
    return {**dict.fromkeys(FIELDS, ""), **given}


def make_delegation(event, category, *, size=0, head=None, **fields) -> Delegation:
    head = head or PersonFactory()
    frame = Frame(category=category, organisation_name="Cluster North", **fields)
    delegation = open_delegation(event=event, head=head, frame=frame)
    add_lines(delegation=delegation, lines=[line(number) for number in range(1, size + 1)])
    return delegation


def send(delegation, **more) -> int:
    return send_delegation(delegation=delegation, actor=delegation.head, **more)


def states(delegation) -> list[str]:
    return [state_of(one) for one in sent_lines(delegation)]


def promised(category) -> tuple[int, int]:
    quota = Quota.objects.get(pk=category.quota_id)
    return quota.taken, Place.objects.filter(quota=quota).count()


def finish(registration: Registration, person=None) -> Registration:
    person = person or PersonFactory(email=registration.email)
    return submit(registration=registration, actor=person, key=f"k{registration.pk}", digest="d")


def letters(kind: str) -> list[str]:
    mails = OutboxMessage.objects.filter(kind="mail", key__contains=f":{kind}:")
    return sorted(mail.payload["to"][0] for mail in mails)


def test_as_many_as_there_are_places_are_invited_in_the_order_of_the_lines():
    event, category = make_open_event(places=2)
    delegation = make_delegation(event, category, size=3)
    assert send(delegation) == 3
    assert states(delegation) == ["invited", "invited", "waiting"]
    assert promised(category) == (2, 2)
    assert letters("invited") == ["member1@plenum.example", "member2@plenum.example"]
    assert letters("waiting") == ["member3@plenum.example"]
    assert send(delegation) == 0
    assert Registration.objects.count() == 3


def test_all_or_none_waits_until_there_are_places_for_all_of_them():
    event, category = make_open_event(places=3)
    single = make_registration(event, category)
    delegation = make_delegation(event, category, size=3, all_or_none=True)
    send(delegation)
    assert states(delegation) == ["waiting"] * 3
    assert WaitingEntry.objects.filter(delegation=delegation, state="waiting").count() == 1
    cancel(registration=single, actor=single.person)
    assert states(delegation) == ["invited"] * 3
    assert promised(category) == (3, 3)


def test_a_group_that_became_smaller_needs_fewer_places():
    event, category = make_open_event(places=2)
    for leave in ("head", "member"):
        delegation = make_delegation(event, category, head=PersonFactory(), all_or_none=True)
        lines = [line(n, email=f"{leave}{n}@plenum.example") for n in range(3)]
        add_lines(delegation=delegation, lines=lines)
        send(delegation)
        assert states(delegation) == ["waiting"] * 3
        member = sent_lines(delegation)[0]
        if leave == "head":
            remove_member(member=member, actor=delegation.head)
        else:
            cancel(registration=member.registration, actor=None)
        assert states(delegation) == ["cancelled", "invited", "invited"]
        withdraw_delegation(delegation=delegation, actor=delegation.head)
    assert promised(category) == (0, 0)


def test_without_a_waiting_list_too_many_write_nothing():
    event, category = make_open_event(places=2)
    Category.objects.update(has_waiting_list=False)
    category.refresh_from_db()
    delegation = make_delegation(event, category, size=3)
    with pytest.raises(Full):
        send(delegation)
    assert (Registration.objects.count(), promised(category), letters("invited")) == (0, (0, 0), [])


def test_one_bad_line_writes_nothing():
    event, category = make_open_event()
    delegation = make_delegation(event, category, size=2)
    bad = [line(3, email="nonsense"), line(4, name=""), line(1), line(5, email="")]
    add_lines(delegation=delegation, lines=bad)
    codes = [[fault.code for fault in row.faults] for row in checked(delegation)]
    assert codes == [[], [], ["bad_email"], ["no_name"], ["repeated"], ["no_email"]]
    before = OutboxMessage.objects.count()
    with pytest.raises(FaultyLines) as caught:
        send(delegation)
    assert caught.value.count == 4
    assert (Registration.objects.count(), OutboxMessage.objects.count()) == (0, before)
    assert Delegation.objects.get().sent_at is None


def test_who_is_registered_by_herself_is_told_and_the_head_is_not():
    event, category = make_open_event(places=3)
    own = make_registration(event, category, person=PersonFactory(email="member2@plenum.example"))
    delegation = make_delegation(event, category, size=2)
    send(delegation)
    assert states(delegation) == ["invited", "invited"]
    assert delegation.members.get(email="member2@plenum.example").registration is None
    told = OutboxMessage.objects.filter(key__startswith="delegation:").get()
    assert told.payload["to"] == [own.email]
    assert promised(category) == (2, 2)
    remove_member(member=delegation.members.get(email=own.email), actor=delegation.head)
    assert states(delegation) == ["invited", "cancelled"]
    own.refresh_from_db()
    assert own.state == "confirmed"


def test_the_place_that_somebody_registered_leaves_goes_to_the_next_line():
    event, category = make_open_event(places=2)
    make_registration(event, category, person=PersonFactory(email="member1@plenum.example"))
    delegation = make_delegation(event, category, size=2)
    send(delegation)
    assert states(delegation) == ["invited", "invited"]
    assert promised(category) == (2, 2)


def test_only_who_has_the_address_finishes_and_keeps_the_place():
    event, category = make_open_event(places=1)
    delegation = make_delegation(event, category, size=1)
    send(delegation)
    invited = Registration.objects.get()
    with pytest.raises(NotYours):
        finish(invited, PersonFactory())
    details = Details(name="Anna Li", email="other@plenum.example")
    save_draft(event=event, person=PersonFactory(), draft=invited, details=details, category=None, answers={})
    invited.refresh_from_db()
    assert (invited.name, invited.email, invited.person) == ("Anna Li", "member1@plenum.example", None)
    assert finish(invited).state == "confirmed"
    assert promised(category) == (1, 1)


def test_where_the_organiser_decides_an_invitation_holds_no_place():
    event, category = make_open_event(places=1)
    Category.objects.update(entry=Entry.APPROVAL)
    category.refresh_from_db()
    with pytest.raises(AllOrNoneNotHere):
        make_delegation(event, category, all_or_none=True)
    delegation = make_delegation(event, category, size=2)
    send(delegation)
    assert states(delegation) == ["invited", "invited"]
    assert promised(category) == (0, 0)
    first = Registration.objects.order_by("pk").first()
    assert finish(first).state == "pending"
    assert approve(registration=first, actor=None).state == "confirmed"
    assert promised(category) == (1, 1)


def test_a_swap_gives_the_place_to_the_new_person_though_others_wait():
    event, category = make_open_event(places=1)
    delegation = make_delegation(event, category, size=1)
    send(delegation)
    old = finish(Registration.objects.get())
    waiting = make_registration(event, category)
    member = delegation.members.get()
    swap_member(member=member, line=line(9), actor=delegation.head)
    old.refresh_from_db()
    new = Registration.objects.get(email="member9@plenum.example")
    assert (old.state, new.state) == ("cancelled", "invited")
    assert Registration.objects.get(pk=waiting.pk).state == "waiting"
    assert promised(category) == (1, 1)
    assert new.places.count() == 1
    assert letters("cancelled") == [old.email]
    assert "member9@plenum.example" in letters("invited")


def test_a_swap_on_the_waiting_list_keeps_the_turn():
    event, category = make_open_event(places=0, offer_hours=0)
    delegation = make_delegation(event, category, size=1)
    send(delegation)
    later = make_registration(event, category)
    swap_member(member=delegation.members.get(), line=line(9), actor=delegation.head)
    turns = WaitingEntry.objects.filter(state="waiting").order_by("number")
    assert [turn.registration.email for turn in turns] == ["member9@plenum.example", later.email]


def test_a_swap_with_somebody_registered_frees_the_place_and_says_nothing():
    event, category = make_open_event(places=2, offer_hours=0)
    make_registration(event, category, person=PersonFactory(email="member9@plenum.example"))
    delegation = make_delegation(event, category, size=1)
    send(delegation)
    waiting = make_registration(event, category)
    swap_member(member=delegation.members.get(), line=line(9), actor=delegation.head)
    assert states(delegation) == ["invited"]
    assert Registration.objects.get(pk=waiting.pk).state == "confirmed"
    assert promised(category) == (2, 2)


def test_the_same_address_is_put_right_until_she_has_finished():
    event, category = make_open_event(places=1)
    delegation = make_delegation(event, category, size=1)
    send(delegation)
    member = delegation.members.get()
    swap_member(member=member, line=line(1, name="Anna Li"), actor=delegation.head)
    assert Registration.objects.get().name == "Anna Li"
    finish(Registration.objects.get())
    with pytest.raises(WrongState):
        swap_member(member=member, line=line(1, name="Somebody"), actor=delegation.head)


def test_after_the_deadline_only_the_team_changes():
    event, category = make_open_event(places=2, change_until=timezone.now() + dt.timedelta(days=1))
    delegation = make_delegation(event, category, size=2)
    send(delegation)
    late = timezone.now() + dt.timedelta(days=2)
    member = delegation.members.first()
    for step in (
        lambda **more: swap_member(member=member, line=line(9), **more),
        lambda **more: remove_member(member=member, **more),
        lambda **more: withdraw_delegation(delegation=delegation, **more),
        lambda **more: send_delegation(delegation=delegation, **more),
    ):
        with pytest.raises(Closed):
            step(actor=delegation.head, now=late)
    assert states(delegation) == ["invited", "invited"]
    remove_member(member=member, actor=PersonFactory(), by_team=True, now=late)
    assert states(delegation) == ["cancelled", "invited"]


def test_withdrawing_takes_everybody_back_and_what_was_never_sent_is_deleted():
    event, category = make_open_event(places=2, offer_hours=0)
    delegation = make_delegation(event, category, size=2)
    send(delegation)
    waiting = make_registration(event, category)
    assert withdraw_delegation(delegation=delegation, actor=delegation.head) == 2
    assert states(delegation) == ["cancelled", "cancelled"]
    assert Registration.objects.get(pk=waiting.pk).state == "confirmed"
    with pytest.raises(WrongState):
        add_lines(delegation=delegation, lines=[line(5)])
    draft = make_delegation(event, category, size=1)
    withdraw_delegation(delegation=draft, actor=draft.head)
    assert not Delegation.objects.filter(pk=draft.pk).exists()


def test_a_reminder_goes_once_a_day_to_those_who_have_not_finished():
    event, category = make_open_event()
    delegation = make_delegation(event, category, size=2)
    send(delegation)
    finish(Registration.objects.get(email="member1@plenum.example"))
    assert remind_members(delegation=delegation, actor=delegation.head) == 1
    with pytest.raises(RemindedToday):
        remind_members(delegation=delegation, actor=delegation.head)
    assert letters("reminder") == ["member2@plenum.example"]
    later = timezone.now() + dt.timedelta(days=1, minutes=1)
    assert remind_members(delegation=delegation, actor=delegation.head, now=later) == 1


def test_an_organisation_is_named_only_by_those_who_act_for_it():
    event, category = make_open_event()
    head, organisation = PersonFactory(), OrganisationFactory()
    frame = Frame(category=category, organisation=organisation)
    tie = Affiliation.objects.create(person=head, organisation=organisation, right=AffiliationRight.NONE)
    with pytest.raises(NotInHerName):
        open_delegation(event=event, head=head, frame=frame)
    tie.right = AffiliationRight.CONTACT
    tie.save()
    assert open_delegation(event=event, head=head, frame=frame).organisation_name == organisation.name


def test_a_category_that_is_not_hers_or_not_open_opens_nothing():
    event, category = make_open_event()
    Category.objects.update(visibility="code")
    category.refresh_from_db()
    with pytest.raises(NotOpenToYou):
        make_delegation(event, category)
    Category.objects.update(visibility="public", closes_at=timezone.now() - dt.timedelta(hours=1))
    with pytest.raises(Closed):
        make_delegation(event, Category.objects.get())


def test_lines_are_kept_as_typed_and_only_her_own():
    event, category = make_open_event()
    delegation, other = make_delegation(event, category, size=1), make_delegation(event, category, size=1)
    mine, foreign = delegation.members.get(), other.members.get()
    long = "x" * 500
    changed = {mine.pk: line(1, email=" Nonsense ", name=long), foreign.pk: line(1, name="Mine")}
    added = save_lines(delegation=delegation, changed=changed, added=[line(2), dict.fromkeys(FIELDS, "")])
    mine.refresh_from_db()
    foreign.refresh_from_db()
    assert (mine.email, len(mine.name), foreign.name, len(added)) == ("Nonsense", 200, "Member 1", 1)
    save_lines(delegation=delegation, changed={}, removed=[mine.pk, foreign.pk])
    assert DelegationMember.objects.filter(pk=foreign.pk).exists()
    assert delegation.members.count() == 1
    with pytest.raises(TooManyLines):
        add_lines(delegation=delegation, lines=[line(n) for n in range(500)])
    assert delegation.members.count() == 1


@pytest.mark.parametrize("sent", [False, True])
def test_erasing_the_head_hands_what_was_sent_to_the_team_and_deletes_the_rest(sent):
    event, category = make_open_event()
    head = PersonFactory()
    delegation = make_delegation(event, category, size=1, head=head)
    if sent:
        send(delegation)
    assert registration_data_of(person=head)["delegations"][0]["lines"] == 1
    erase_account(person=head)
    left = Delegation.objects.filter(pk=delegation.pk)
    assert [found.head for found in left] == ([None] if sent else [])


def test_a_member_gets_a_copy_of_her_lines_and_erasing_her_deletes_them():
    event, category = make_open_event(places=2)
    delegation = make_delegation(event, category, size=2)
    send(delegation)
    person = PersonFactory(email="member1@plenum.example")
    finish(Registration.objects.get(email=person.email), person)
    named = registration_data_of(person=person)["named_in_delegations"]
    assert [entry["name"] for entry in named] == ["Member 1"]
    erase_account(person=person)
    assert [one.email for one in delegation.members.all()] == ["member2@plenum.example"]
    assert promised(category) == (1, 1)


@pytest.mark.parametrize("size", [1, 3])
def test_counting_states_of_many_delegations_is_one_query(size, django_assert_num_queries):
    event, category = make_open_event()
    found = []
    for number in range(size):
        delegation = make_delegation(event, category)
        add_lines(delegation=delegation, lines=[line(number), line(number + 10)])
        send(delegation)
        found.append(delegation)
    with django_assert_num_queries(1):
        counts = state_counts_of(found)
    assert [dict(counts[one.pk]) for one in found] == [{"invited": 2}] * size
