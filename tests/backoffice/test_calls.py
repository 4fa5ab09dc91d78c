"""The commission secretary writes calls of her events and appoints their panels; of others she finds nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from calls.models import Call, PanelMember
from network.models import OutboxMessage, Person
from tests.backoffice.forms import text_of
from tests.factories import CallFactory, PanelMemberFactory, PersonFactory, make_team_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(event):
    return make_team_member(event, "commission_secretary", name="Sonya Secretary")


@pytest.fixture
def desk(secretary, log_in):
    """The secretary's browser."""
    return log_in(secretary)


def call_post(**changes):
    return {
        "title_en": "Defence of projects",
        "title_ru": "Защита проектов",
        "kind": "defence",
        "slug": "",
        "opens": "2026-09-01T09:00",
        "closes": "2026-09-14T18:00",
    } | changes


def appoint_post(**changes):
    return {
        "person": "",
        "email": "",
        "name": "",
        "seat": "member",
        "organisation_en": "",
        "organisation_ru": "",
    } | changes


def panel_of(call):
    return reverse("backoffice_panel", args=(call.pk,))


def test_the_home_page_leads_the_secretary_to_her_calls(event, desk):
    page = desk.get("/admin/").text
    assert f"{reverse('calls:index')}?event={event.slug}" in page
    assert "There is nothing to do here yet" not in page
    assert reverse("backoffice_hub", args=(event.slug,)) not in page


def test_the_list_shows_calls_of_her_events_only(event, foreign, desk):
    CallFactory(event=event, title_en="Own defence")
    CallFactory(event=foreign, title_en="Foreign defence")
    CallFactory(event=None, title_en="Nobody's contest")
    for url in (reverse("calls:index"), f"{reverse('calls:index')}?event={event.slug}"):
        page = text_of(desk.get(url))
        assert "Own defence" in page
        assert "Foreign defence" not in page
        assert "Nobody" not in page
    assert "Own defence" not in text_of(desk.get(f"{reverse('calls:index')}?event={foreign.slug}"))
    assert desk.get(f"{reverse('calls:index')}?event=%00").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_list_and_panel_need_the_same_queries_for_one_and_three(
    event, desk, secretary, django_assert_max_num_queries, count
):
    calls = [CallFactory(event=event) for _turn in range(count)]
    for _turn in range(count):
        PanelMemberFactory(call=calls[0], appointed_by=secretary)
    desk.get(reverse("calls:index"))
    with django_assert_max_num_queries(11):
        desk.get(reverse("calls:index"))
    with django_assert_max_num_queries(11):
        desk.get(panel_of(calls[0]))


def test_a_new_call_has_its_dates_on_the_events_clocks_and_an_address_from_its_title(event, desk):
    answer = desk.post(f"{reverse('calls:add')}?event={event.slug}", call_post(title_en=""))
    call = Call.objects.get()
    assert answer["Location"] == reverse("calls:edit", args=(call.pk,))
    assert (call.event, call.slug, call.is_published) == (event, "zashchita-proektov", False)
    assert call.opens == dt.datetime(2026, 9, 1, 6, tzinfo=dt.UTC)
    assert call.closes == dt.datetime(2026, 9, 14, 15, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"title_en": "", "title_ru": ""}, "Give the title in at least one language."),
        ({"closes": "2026-09-01T09:00"}, "The call must close after it opens."),
        ({"opens": ""}, "Give date and time."),
        ({"opens": "soon"}, "Write date and time"),
        ({"slug": "Русский адрес"}, "Use small Latin letters"),
        ({"slug": "taken"}, "Another call has this address already."),
        ({"kind": "raffle"}, "raffle is not one of the available choices"),
    ],
)
def test_a_wrong_call_is_refused_with_what_was_entered(event, desk, changes, complaint):
    CallFactory(slug="taken")
    answer = desk.post(f"{reverse('calls:add')}?event={event.slug}", call_post(**changes))
    assert answer.status_code == 200
    assert complaint in text_of(answer)
    assert "2026-09-14T18:00" in answer.text or "closes" in changes
    assert Call.objects.count() == 1


def test_a_call_is_edited_and_published(event, desk):
    call = CallFactory(event=event, is_published=False)
    url = reverse("calls:edit", args=(call.pk,))
    assert desk.get(url).status_code == 200
    assert desk.post(url, call_post(slug=call.slug, is_published="on")).status_code == 302
    call.refresh_from_db()
    assert (call.title_en, call.is_published) == ("Defence of projects", True)


def test_another_events_calls_are_not_found(foreign, desk):
    member = PanelMemberFactory(call=CallFactory(event=foreign))
    call = member.call
    for url in (
        reverse("calls:edit", args=(call.pk,)),
        panel_of(call),
        reverse("backoffice_end_seat", args=(call.pk, member.pk)),
        f"{reverse('calls:add')}?event={foreign.slug}",
    ):
        assert desk.get(url).status_code == 404, url
        assert (
            desk.post(url, call_post() | {"reason": "x", "email": "a@plenum.example"}).status_code == 404
        ), url
    member.refresh_from_db()
    assert member.until is None


def test_a_seat_of_another_call_is_not_found_under_this_one(event, foreign, desk):
    own, member = CallFactory(event=event), PanelMemberFactory(call=CallFactory(event=foreign))
    url = reverse("backoffice_end_seat", args=(own.pk, member.pk))
    assert desk.post(url, {"reason": "x"}).status_code == 404
    member.refresh_from_db()
    assert member.until is None


def test_a_call_without_an_event_is_the_operators(operator_desk, desk):
    url = f"{reverse('calls:add')}?without_event=1"
    assert "For no event" in text_of(operator_desk.get(reverse("calls:add")))
    assert operator_desk.post(url, call_post()).status_code == 302
    call = Call.objects.get()
    assert call.event is None
    assert call.opens == dt.datetime(2026, 9, 1, 9, tzinfo=dt.UTC)
    assert desk.get(panel_of(call)).status_code == 404


def test_a_person_is_appointed_by_choosing_her(event, desk, secretary):
    call, vera = CallFactory(event=event), PersonFactory(name="Vera")
    answer = desk.post(panel_of(call), appoint_post(person=vera.pk, seat="chair", organisation_en="Union"))
    assert answer.status_code == 302
    member = PanelMember.objects.get()
    assert (member.person, member.seat, member.appointed_by) == (vera, "chair", secretary)
    page = text_of(desk.get(panel_of(call)))
    assert "Vera" in page
    assert "Chair · Union" in page
    assert "appointed by Sonya Secretary" in page
    assert OutboxMessage.objects.count() == 1


def test_a_person_is_appointed_by_e_mail_and_added_when_she_is_new(event, desk):
    call = CallFactory(event=event)
    answer = desk.post(panel_of(call), appoint_post(email="nina@plenum.example"))
    assert answer.status_code == 422
    assert "give the full name too" in text_of(answer)
    assert "nina@plenum.example" in answer.text
    desk.post(panel_of(call), appoint_post(email="nina@plenum.example", name="Nina New"))
    assert PanelMember.objects.get().person == Person.objects.get(
        email="nina@plenum.example", name="Nina New"
    )


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({}, "Choose a person, or give an e-mail"),
        ({"person": "99999"}, "Select a valid choice"),
        ({"person": "x'"}, "Select a valid choice"),
        ({"person": "9" * 30}, "Select a valid choice"),
        ({"email": "nobody"}, "valid email address"),
        (
            {"email": "a@plenum.example", "name": "A", "seat": "guest"},
            "guest is not one of the available choices",
        ),
    ],
)
def test_a_wrong_appointment_is_refused(event, desk, changes, complaint):
    call = CallFactory(event=event)
    answer = desk.post(panel_of(call), appoint_post(**changes))
    assert answer.status_code == 422
    assert complaint in text_of(answer)
    assert not PanelMember.objects.exists()
    assert not Person.objects.filter(email="a@plenum.example").exists()


def test_nobody_is_appointed_twice_or_with_a_closed_account(event, desk):
    call = CallFactory(event=event)
    member, closed = PanelMemberFactory(call=call), PersonFactory(is_active=False)
    answer = desk.post(panel_of(call), appoint_post(person=member.person_id))
    assert "sits on the panel already" in text_of(answer)
    answer = desk.post(panel_of(call), appoint_post(email=closed.email))
    assert "account is closed" in text_of(answer)
    assert PanelMember.objects.count() == 1


def test_a_seat_is_ended_with_a_reason_and_stays_on_the_page_as_ended(event, desk):
    member = PanelMemberFactory(call=CallFactory(event=event), person__name="Vera")
    url = reverse("backoffice_end_seat", args=(member.call_id, member.pk))
    assert "Vera (member) leaves the panel at once" in text_of(desk.get(url))
    assert desk.post(url, {"reason": " "}).status_code == 422
    assert desk.post(url, {"reason": "Conflict of interest"}).status_code == 302
    member.refresh_from_db()
    assert member.until is not None
    page = text_of(desk.get(panel_of(member.call)))
    assert "Ended seats" in page
    assert "Vera" in page
    assert "This seat has ended already" in text_of(desk.get(url))
    assert "had ended already" in text_of(desk.post(url, {"reason": "Again"}, follow=True))


@pytest.mark.parametrize(
    "role", ["programme_editor", "registrar", "door_steward", "matchmaker", "media_editor"]
)
def test_other_roles_do_not_find_calls(event, log_in, role):
    call, client = CallFactory(event=event), log_in(make_team_member(event, role))
    assert client.get(panel_of(call)).status_code == 404
    assert client.get(reverse("calls:index")).status_code == 302
    assert client.get(reverse("calls:add")).status_code in (302, 403)
    assert client.post(reverse("calls:edit", args=(call.pk,)), call_post()).status_code in (302, 404)
    call.refresh_from_db()
    assert call.title_en != "Defence of projects"


def test_the_secretary_chooses_people_but_neither_organisations_nor_venues(event, desk):
    vera = PersonFactory(name="Vera")
    assert desk.get(reverse("person_chooser:choose")).status_code == 200
    assert desk.get(reverse("person_chooser:chosen", args=(vera.pk,))).status_code == 200
    for name in ("organisation_chooser:choose", "organisation_chooser:create", "venue_chooser:choose"):
        assert desk.get(reverse(name)).status_code in (302, 403), name
