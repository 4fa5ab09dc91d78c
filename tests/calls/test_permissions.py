"""A seat on the panel gives its rights for one call, as long as it lasts; calls are not found by others."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.http import Http404

from calls.models import CallKind, PanelMember, Seat
from calls.permissions import has_seat, may_manage
from calls.queries import for_viewer, get_call, managed_by, panel_of, seats_of
from sessions_app.events.models import TeamRoleName
from tests.factories import CallFactory, PanelMemberFactory, PersonFactory, make_team_member

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 9, 10, 12, tzinfo=dt.UTC)


def end(member):
    member.until = NOW
    member.save()


def test_a_live_seat_counts_for_its_own_call_and_kind():
    member = PanelMemberFactory(seat=Seat.EXPERT)
    assert has_seat(member.person, member.call)
    assert has_seat(member.person, member.call, seats=[Seat.EXPERT, Seat.CHAIR])
    assert not has_seat(member.person, member.call, seats=[Seat.CHAIR, Seat.MEMBER])
    assert not has_seat(member.person, CallFactory())
    assert not has_seat(PersonFactory(), member.call)
    assert not has_seat(AnonymousUser(), member.call)


def test_an_ended_seat_and_a_closed_account_count_no_more():
    member, other = PanelMemberFactory(), PanelMemberFactory()
    end(member)
    assert not has_seat(member.person, member.call)
    other.person.is_active = False
    other.person.save()
    assert not has_seat(other.person, other.call)


def test_nobody_decides_by_other_rights():
    call = CallFactory()
    assert not has_seat(PersonFactory(is_staff=True, is_superuser=True), call)
    assert not has_seat(make_team_member(call.event, TeamRoleName.COMMISSION_SECRETARY), call)


@pytest.mark.parametrize("role", list(TeamRoleName))
def test_calls_are_run_by_secretaries_and_organisers_of_their_event(role):
    call, other = CallFactory(), CallFactory()
    person = make_team_member(call.event, role)
    runs = role in (TeamRoleName.COMMISSION_SECRETARY, TeamRoleName.ORGANISER)
    assert may_manage(person, call) is runs
    assert list(managed_by(person)) == ([call] if runs else [])
    assert not may_manage(person, other)


def test_a_call_without_an_event_is_run_by_operators_alone():
    call = CallFactory(event=None)
    secretary = make_team_member(CallFactory().event, TeamRoleName.COMMISSION_SECRETARY)
    root = PersonFactory(is_staff=True, is_superuser=True)
    assert not may_manage(secretary, call)
    assert call not in managed_by(secretary)
    assert may_manage(root, call)
    assert call in managed_by(root)
    assert get_call(call.slug, AnonymousUser()) == call


def found(call, viewer):
    try:
        return get_call(call.slug, viewer) == call
    except Http404:
        return False


@pytest.mark.parametrize(
    ("published", "public", "stranger", "editor"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (False, True, False, False),
        (False, False, False, False),
    ],
)
def test_what_is_not_public_is_found_by_panel_and_secretary_alone(published, public, stranger, editor):
    call = CallFactory(is_published=published, event__is_public=public)
    sitting, left = PanelMemberFactory(call=call), PanelMemberFactory(call=call)
    end(left)
    assert found(call, AnonymousUser()) is stranger
    assert found(call, PersonFactory()) is stranger
    assert found(call, left.person) is stranger
    assert found(call, PanelMemberFactory().person) is stranger  # a seat elsewhere
    assert found(call, make_team_member(call.event, TeamRoleName.PROGRAMME_EDITOR)) is editor
    assert found(call, make_team_member(CallFactory().event, TeamRoleName.COMMISSION_SECRETARY)) is stranger
    assert found(call, sitting.person)
    assert found(call, make_team_member(call.event, TeamRoleName.COMMISSION_SECRETARY))
    assert found(call, PersonFactory(is_staff=True, is_superuser=True))


def test_the_panel_is_printed_by_seat_and_name_without_those_who_left():
    call = CallFactory()
    for name, seat in (("Б", Seat.MEMBER), ("А", Seat.EXPERT), ("В", Seat.CHAIR), ("А", Seat.MEMBER)):
        PanelMemberFactory(call=call, person__name=name, seat=seat)
    end(PanelMemberFactory(call=call, person__name="Ушла"))
    rows = [(row.seat, row.name) for row in panel_of(call)]
    assert rows == [(Seat.CHAIR, "В"), (Seat.MEMBER, "А"), (Seat.MEMBER, "Б"), (Seat.EXPERT, "А")]


@pytest.mark.parametrize("count", [1, 3])
def test_lists_need_the_same_queries_for_one_and_three(django_assert_num_queries, count):
    person = PersonFactory()
    seats = [PanelMemberFactory(person=person) for _turn in range(count)]
    call = seats[0].call
    for _turn in range(count - 1):
        PanelMemberFactory(call=call)
    with django_assert_num_queries(1):
        assert [str(member.call.event) for member in seats_of(person)].__len__() == count
    with django_assert_num_queries(1):
        assert len(panel_of(call)) == count
    with django_assert_num_queries(2):  # the viewer's team roles, then the calls
        assert len([str(call.event) for call in for_viewer(person).select_related("event")]) == count


def refused(**changes):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        CallFactory(**changes)
    return str(caught.value)


def test_the_database_keeps_what_a_call_promises():
    call = CallFactory()
    assert "slug" in refused(slug=call.slug)
    assert "call_closes_after_it_opens" in refused(opens=call.closes, closes=call.closes)
    assert "call_kind_known" in refused(kind="raffle")
    assert {kind for kind, _label in CallKind.choices} == {"defence", "contest", "support"}


def test_the_database_keeps_one_live_seat_per_person_and_call():
    member = PanelMemberFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        PanelMemberFactory(call=member.call, person=member.person, seat=Seat.CHAIR)
    end(member)
    again = PanelMemberFactory(call=member.call, person=member.person, seat=Seat.CHAIR)
    assert PanelMember.objects.filter(call=member.call).count() == 2
    with pytest.raises(IntegrityError, match="panel_seat_known"), transaction.atomic():
        PanelMemberFactory(seat="guest")
    again.until = again.since - dt.timedelta(seconds=1)
    with pytest.raises(IntegrityError, match="panel_seat_ends_after_start"), transaction.atomic():
        again.save()
