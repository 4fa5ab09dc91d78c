"""Calls are written, people appointed and seats ended: each with its audit row and its letter."""

import datetime as dt

import pytest

from calls.models import Call, PanelMember, Seat
from calls.permissions import has_seat
from calls.services import (
    CannotSit,
    ReasonNeeded,
    SeatEnded,
    SeatTaken,
    appoint_by_email,
    appoint_panel_member,
    call_slug,
    end_seat,
    save_call,
)
from network.models import AuditEntry, OutboxMessage, Person
from tests.factories import CallFactory, EventFactory, PanelMemberFactory, PersonFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 9, 10, 12, tzinfo=dt.UTC)


def letters():
    return [
        (row.payload["to"], row.payload["subject"], row.payload["body"])
        for row in OutboxMessage.objects.all()
    ]


def test_a_call_is_saved_with_what_changed():
    actor, event = PersonFactory(), EventFactory()
    call = Call(event=event, slug="defence", title_en="Defence", opens=NOW, closes=NOW + dt.timedelta(days=1))
    save_call(call=call, actor=actor)
    call.is_published = True
    save_call(call=call, actor=actor)
    save_call(call=call, actor=actor)
    created, changed = AuditEntry.objects.order_by("pk")
    assert (created.action, created.event_id_ref, created.actor) == ("call.created", event.pk, actor)
    assert (changed.action, changed.changes) == ("call.changed", {"is_published": [False, True]})


def test_a_title_of_any_script_makes_a_free_address():
    assert call_slug("Защита проектов") == "zashchita-proektov"
    CallFactory(slug="zashchita-proektov")
    assert call_slug("Защита проектов") == "zashchita-proektov-2"


def appoint(call, person, **more):
    return appoint_panel_member(
        call=call, person=person, seat=more.pop("seat", Seat.MEMBER), actor=None, now=NOW, **more
    )


def test_who_is_appointed_sits_there_and_is_told_in_her_language():
    actor = PersonFactory()
    call = CallFactory(
        title_en="Defence <1>", title_ru="Защита <1>", event__name_ru="Форум", is_published=False
    )
    vera = PersonFactory(name="Вера", email="vera@plenum.example", locale="ru")
    member = appoint_panel_member(
        call=call,
        person=vera,
        seat=Seat.CHAIR,
        actor=actor,
        organisation={"ru": "Союз", "en": "Union"},
        now=NOW,
    )
    assert (member.since, member.until, member.appointed_by) == (NOW, None, actor)
    assert (member.organisation_en, member.organisation_ru) == ("Union", "Союз")
    assert has_seat(vera, call, seats=[Seat.CHAIR])
    [(to, subject, body)] = letters()
    assert to == ["vera@plenum.example"]
    assert "Защита <1>" in subject
    assert "Вера" in body
    assert "Форум" in body
    assert f"/ru/account/login/?next=%2Fru%2Fcalls%2F{call.slug}%2F" in body
    entry = AuditEntry.objects.get(action="panel.appointed")
    assert (entry.event_id_ref, entry.object_id, entry.actor) == (call.event_id, str(call.pk), actor)
    assert entry.changes["panel"][1].startswith("Вера, ")


def test_without_a_language_the_letter_is_written_in_the_events_main_one():
    call = CallFactory(title_ru="Защита", title_en="Defence", event__languages=["ru", "en"])
    appoint(call, PersonFactory(locale=""))
    appoint(CallFactory(event=None, title_en="Contest"), PersonFactory(locale=""))
    subjects = sorted(subject for _to, subject, _body in letters())
    assert ["Contest" in subjects[0], "Защита" in "".join(subjects)] == [True, True]


def test_a_person_without_e_mail_is_appointed_in_silence():
    appoint(CallFactory(), PersonFactory(email=None))
    assert letters() == []
    assert PanelMember.objects.count() == 1


def test_nobody_sits_twice_on_a_panel():
    member = PanelMemberFactory()
    with pytest.raises(SeatTaken):
        appoint(member.call, member.person, seat=Seat.CHAIR)
    assert PanelMember.objects.count() == 1
    assert not AuditEntry.objects.exists()
    assert letters() == []


def test_a_closed_account_gets_no_seat():
    with pytest.raises(CannotSit):
        appoint(CallFactory(), PersonFactory(is_active=False))
    assert not PanelMember.objects.exists()


def by_email(call, email, name=""):
    return appoint_by_email(call=call, email=email, name=name, seat=Seat.EXPERT, actor=None, now=NOW)


def test_an_e_mail_finds_who_is_here_and_adds_who_is_not():
    vera, call = PersonFactory(email="vera@plenum.example"), CallFactory()
    assert by_email(call, "VERA@plenum.example", "Somebody else").person == vera
    new = by_email(call, "new@plenum.example", "Nina New").person
    assert (new.name, new.email, new.has_usable_password()) == ("Nina New", "new@plenum.example", False)
    assert [to for to, *_rest in letters()] == [["vera@plenum.example"], ["new@plenum.example"]]
    assert Person.objects.get(pk=vera.pk).name == vera.name


def test_an_ended_seat_says_why_and_the_person_is_told_without_the_reason():
    member, actor = PanelMemberFactory(person__locale="en", call__title_en="Defence"), PersonFactory()
    ended = end_seat(member=member, actor=actor, reason=" Conflict of interest ", now=NOW)
    assert ended.until == NOW
    assert not has_seat(member.person, member.call)
    entry = AuditEntry.objects.get(action="panel.seat_ended")
    assert (entry.reason, entry.actor, entry.event_id_ref) == (
        "Conflict of interest",
        actor,
        member.call.event_id,
    )
    [(to, subject, body)] = letters()
    assert to == [member.person.email]
    assert "Defence" in subject
    assert "Conflict" not in body


def test_a_seat_ends_once_and_for_a_reason():
    member = PanelMemberFactory()
    with pytest.raises(ReasonNeeded):
        end_seat(member=member, actor=None, reason="  ", now=NOW)
    end_seat(member=member, actor=None, reason="Left", now=NOW)
    with pytest.raises(SeatEnded):
        end_seat(member=member, actor=None, reason="Left again", now=NOW + dt.timedelta(days=1))
    member.refresh_from_db()
    assert member.until == NOW
    assert AuditEntry.objects.filter(action="panel.seat_ended").count() == 1


def test_who_left_can_be_appointed_again_and_is_told_again():
    member = PanelMemberFactory()
    end_seat(member=member, actor=None, reason="A slip", now=NOW)
    again = appoint(member.call, member.person)
    assert again.pk != member.pk
    assert len(letters()) == 2
