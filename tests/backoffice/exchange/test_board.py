"""The board, and meetings arranged, moved, pinned, marked and cancelled by hand."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from matchmaking.models import (
    Block,
    ExchangeProfile,
    Meeting,
    MeetingRequest,
    Occupation,
    OccupationKind,
    RunKind,
    Slot,
    SolverRun,
    Table,
)
from matchmaking.services.asking import ask
from matchmaking.services.booking import book
from matchmaking.services.joining import set_own_time
from matchmaking.services.solving import run_solver
from network.delivery import deliver_due
from tests.backoffice.forms import text_of
from tests.factories import PersonFactory, make_exchange, make_participant

PAGES = ("exchange_board", "exchange_arrange", "exchange_import", "exchange_people", "exchange_guest")


@pytest.fixture
def people(exchange):
    return [make_participant(exchange, name=name) for name in ("Anna", "Boris", "Clara", "Dmitri")]


@pytest.fixture
def slots(exchange):
    return list(Slot.objects.filter(exchange=exchange))


@pytest.fixture
def tables(exchange):
    return list(Table.objects.filter(exchange=exchange))


@pytest.fixture
def meeting(people, slots, tables):
    """Anna and Boris at table 1 in the first slot."""
    return book(low=people[0], high=people[1], request=None, slot=slots[0], table=tables[0], actor=None)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_and_only_for_its_own_team(desk, url_of, name):
    assert desk.get(url_of(name)).status_code == 200
    foreign = make_exchange().event
    assert desk.get(reverse(f"backoffice_{name}", args=(foreign.slug,))).status_code == 404


def test_meetings_and_people_of_another_exchange_are_not_found(desk, url_of):
    other = make_exchange()
    one, two = make_participant(other), make_participant(other)
    foreign = book(low=one, high=two, request=None, slot=None, actor=None)
    assert desk.get(url_of("exchange_meeting", foreign.code)).status_code == 404
    assert desk.post(url_of("exchange_meeting", foreign.code), {}).status_code == 404
    assert desk.post(url_of("exchange_meeting_act", foreign.code), {"do": "pin"}).status_code == 404
    assert desk.get(url_of("exchange_person", one.code)).status_code == 404
    assert desk.post(url_of("exchange_leave", one.code)).status_code == 404
    foreign.refresh_from_db()
    assert (foreign.state, foreign.is_pinned) == ("booked", False)


def test_the_board_shows_the_two_at_their_table_and_time(desk, meeting, url_of):
    page = desk.get(url_of("exchange_board"))
    assert "Anna" in text_of(page)
    assert url_of("exchange_meeting", meeting.code) in page.content.decode()
    assert page.context["board"].booked == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_costs_the_same_however_many_meet(
    desk, exchange, slots, url_of, count, django_assert_max_num_queries
):
    for slot in slots[:count]:
        book(
            low=make_participant(exchange),
            high=make_participant(exchange),
            request=None,
            slot=slot,
            actor=None,
        )
    desk.get(url_of("exchange_board"))
    with django_assert_max_num_queries(18):
        desk.get(url_of("exchange_board"))


def test_a_meeting_is_moved_to_a_time_and_table(desk, meeting, slots, tables, url_of):
    answer = desk.post(
        url_of("exchange_meeting", meeting.code), {"slot": slots[3].pk, "table": tables[2].pk}, follow=True
    )
    meeting.refresh_from_db()
    assert (meeting.slot, meeting.table, meeting.sequence) == (slots[3], tables[2], 1)
    assert "Moved:" in text_of(answer)


def test_a_taken_table_is_refused_with_the_next_times(desk, people, meeting, slots, tables, url_of):
    book(low=people[2], high=people[3], request=None, slot=slots[3], table=tables[2], actor=None)
    answer = desk.post(url_of("exchange_meeting", meeting.code), {"slot": slots[3].pk, "table": tables[2].pk})
    assert answer.status_code == 409
    assert "This place is taken." in text_of(answer)
    meeting.refresh_from_db()
    assert (meeting.slot, meeting.table) == (slots[0], tables[0])


def test_a_time_when_one_is_not_free_is_not_offered(desk, people, meeting, slots, url_of):
    set_own_time(profile=people[0], busy=[slots[3].pk], actor=None)
    answer = desk.post(url_of("exchange_meeting", meeting.code), {"slot": slots[3].pk})
    assert answer.status_code == 422
    meeting.refresh_from_db()
    assert meeting.slot == slots[0]


def test_pin_and_unpin(desk, meeting, url_of):
    act = url_of("exchange_meeting_act", meeting.code)
    desk.post(act, {"do": "pin"})
    assert Meeting.objects.get().is_pinned
    desk.post(act, {"do": "unpin"})
    assert not Meeting.objects.get().is_pinned
    assert desk.post(act, {"do": "explode"}).status_code == 404


def test_cancelling_needs_a_reason_that_both_read(desk, people, meeting, url_of):
    act = url_of("exchange_meeting_act", meeting.code)
    desk.post(act, {"do": "cancel", "reason": ""})
    assert Meeting.objects.get().state == "booked"
    deliver_due()
    mail.outbox.clear()
    desk.post(act, {"do": "cancel", "reason": "The hall is closed."})
    deliver_due()
    assert Meeting.objects.get().state == "cancelled"
    assert len([letter for letter in mail.outbox if "The hall is closed." in letter.body]) == 2


def test_a_no_show_frees_both_and_offers_who_is_free_in_that_slot(
    log_in, matchmaker, people, meeting, slots, url_of
):
    anna, boris, clara, dmitri = people
    book(
        low=clara,
        high=make_participant(meeting.exchange, name="Elena"),
        request=None,
        slot=slots[0],
        actor=None,
    )
    with time_machine.travel(slots[0].start + dt.timedelta(minutes=5), tick=False):
        desk = log_in(matchmaker)
        desk.post(url_of("exchange_meeting_act", meeting.code), {"do": "no_show"})
        page = desk.get(url_of("exchange_meeting", meeting.code))
        assert {person.name for person, _others in page.context["instead"]} == {"Anna", "Boris"}
        offered = {other.name for _person, others in page.context["instead"] for other in others}
        assert offered == {"Dmitri"}
        desk.post(url_of("exchange_arrange"), {"one": anna.code, "other": dmitri.code, "slot": slots[0].pk})
    made = Meeting.objects.get(state="booked", low=anna, high=dmitri)
    assert (made.slot, made.origin) == (slots[0], "desk")
    assert Occupation.objects.filter(slot=slots[0], profile=boris).count() == 0


def test_a_no_show_is_put_right_unless_somebody_is_taken_by_now(desk, people, meeting, slots, url_of):
    act = url_of("exchange_meeting_act", meeting.code)
    desk.post(act, {"do": "no_show"})
    desk.post(act, {"do": "held"})
    assert Occupation.objects.filter(meeting=meeting).count() == 2
    desk.post(act, {"do": "no_show"})
    book(low=people[0], high=people[2], request=None, slot=slots[0], actor=None)
    assert "This place is taken." in text_of(desk.post(act, {"do": "held"}, follow=True))
    meeting.refresh_from_db()
    assert meeting.state == "no_show"


def test_two_are_found_by_name_code_or_e_mail_and_meet(desk, people, slots, tables, url_of):
    anna, boris, *_others = people
    page = desk.get(url_of("exchange_arrange"), {"one": "ann", "other": boris.person.email})
    assert page.context["one"] == anna
    assert str(slots[2].pk) in page.content.decode()
    post = {"one": anna.code, "other": boris.code, "slot": slots[2].pk, "table": tables[1].pk, "pin": "1"}
    desk.post(url_of("exchange_arrange"), post)
    made = Meeting.objects.get()
    assert (made.slot, made.table, made.is_pinned, made.origin) == (slots[2], tables[1], True, "desk")


def test_a_name_of_several_asks_for_the_code(desk, exchange, people, url_of):
    make_participant(exchange, name="Anna Second")
    answer = desk.get(url_of("exchange_arrange"), {"one": "Ann", "other": "Boris"})
    assert "Several are meant" in text_of(answer)
    assert "Nobody in the exchange is called so" in text_of(
        desk.get(url_of("exchange_arrange"), {"one": "Zoe", "other": "Boris"})
    )
    assert "Nobody meets herself" in text_of(
        desk.get(url_of("exchange_arrange"), {"one": "Boris", "other": "Boris"})
    )


@pytest.mark.parametrize("kept_apart", ["blocked", "met"])
def test_what_keeps_two_apart_is_told(desk, people, meeting, slots, url_of, kept_apart):
    anna, boris, clara, _dmitri = people
    other = boris if kept_apart == "met" else clara
    if kept_apart == "blocked":
        Block.objects.create(profile=clara, other=anna)
    post = {"one": anna.code, "other": other.code, "slot": slots[4].pk}
    answer = desk.post(url_of("exchange_arrange"), post)
    assert answer.status_code == 409
    said = "have a request or a meeting already" if kept_apart == "met" else "kept apart"
    assert said in text_of(answer)
    assert Meeting.objects.count() == 1


def test_an_open_request_of_the_two_counts_as_agreed(desk, people, slots, url_of):
    anna, boris, *_others = people
    ask(sender=boris, recipient=anna, actor=None)
    desk.post(url_of("exchange_arrange"), {"one": anna.code, "other": boris.code, "slot": slots[1].pk})
    request = MeetingRequest.objects.get()
    assert request.state == "accepted"
    assert request.meeting == Meeting.objects.get()


def test_somebody_new_is_taken_in_and_led_to_a_meeting(desk, exchange, url_of):
    answer = desk.post(
        url_of("exchange_guest"),
        {"name": "Greta Guest", "email": "greta@plenum.example", "organisation_name": "Walk-in Ltd"},
    )
    guest = ExchangeProfile.objects.get(name="Greta Guest")
    assert (guest.state, guest.organisation_name) == ("shown", "Walk-in Ltd")
    assert answer.url == f"{url_of('exchange_arrange')}?one={guest.code}"


def test_a_known_address_is_not_taken_in_twice(desk, people, url_of):
    desk.post(url_of("exchange_guest"), {"name": "Other Name", "email": people[0].person.email})
    assert ExchangeProfile.objects.count() == 4
    known = PersonFactory(name="Known Person")
    desk.post(url_of("exchange_guest"), {"name": "Typed Name", "email": known.email.upper()})
    assert ExchangeProfile.objects.get(person=known).name == "Known Person"


def test_people_are_searched_and_those_without_a_meeting_told_apart(desk, people, meeting, url_of):
    names = {
        person.name for person in desk.get(url_of("exchange_people"), {"alone": "1"}).context["page_obj"]
    }
    assert names == {"Clara", "Dmitri"}
    names = {person.name for person in desk.get(url_of("exchange_people"), {"q": "bor"}).context["page_obj"]}
    assert names == {"Boris"}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_people_costs_the_same_however_many(
    desk, exchange, url_of, count, django_assert_max_num_queries
):
    for _number in range(count):
        make_participant(exchange)
    desk.get(url_of("exchange_people"))
    with django_assert_max_num_queries(14):
        desk.get(url_of("exchange_people"))


def test_people_who_are_away_get_a_plan_without_them(desk, people, meeting, slots, url_of):
    post = {"person": [people[0].code], "begin": slots[0].pk, "end": slots[1].pk}
    answer = desk.post(url_of("exchange_people"), post)
    run = SolverRun.objects.get()
    assert answer.url == url_of("exchange_run", run.pk)
    assert run.kind == RunKind.REPAIR
    run_solver(run.pk)
    desk.post(url_of("exchange_run", run.pk), {"reason": "Anna comes later."})
    meeting.refresh_from_db()
    assert meeting.slot not in slots[:2]
    own = Occupation.objects.filter(profile=people[0], kind=OccupationKind.OWN)
    assert {row.slot for row in own} == set(slots[:2])


@pytest.mark.parametrize("post", [{"begin": 0, "end": 1}, {"person": ["ANNA"], "begin": 1, "end": 0}])
def test_who_is_away_and_when_is_asked_for(desk, people, meeting, slots, url_of, post):
    data = {**post, "begin": slots[post["begin"]].pk, "end": slots[post["end"]].pk}
    assert desk.post(url_of("exchange_people"), data).status_code == 422
    assert not SolverRun.objects.exists()


def test_a_participants_day_and_taking_her_out(desk, people, meeting, url_of):
    assert "Boris" in text_of(desk.get(url_of("exchange_person", people[0].code)))
    desk.post(url_of("exchange_leave", people[0].code))
    meeting.refresh_from_db()
    assert meeting.state == "cancelled"
    assert "Has left the exchange." in text_of(desk.get(url_of("exchange_person", people[0].code)))


def upload(text: str | bytes, name: str = "meetings.csv") -> dict:
    content = text.encode() if isinstance(text, str) else text
    return {"file": SimpleUploadedFile(name, content)}


def local(slot: Slot, pattern: str = "%Y-%m-%d %H:%M") -> str:
    return slot.start.astimezone(slot.exchange.event.zone).strftime(pattern)


def test_a_table_of_meetings_is_looked_at_and_then_arranged(desk, people, slots, tables, url_of):
    anna, boris, clara, dmitri = people
    text = (
        "Participant;Partner;Time;Table;Pinned\n"
        f"{anna.code};{boris.person.email};{local(slots[2])};{tables[1].number};yes\n"
        f"Clara;Dmitri;;;\n"
    )
    page = desk.post(url_of("exchange_import"), upload(text))
    assert "All 2 meetings can be arranged." in text_of(page)
    assert not Meeting.objects.exists()
    assert not deliver_due()
    desk.post(url_of("exchange_import"), {"token": page.context["upload"].pk})
    made = Meeting.objects.get(low=anna)
    assert (made.slot, made.table, made.is_pinned) == (slots[2], tables[1], True)
    assert Meeting.objects.filter(low=clara, high=dmitri).exists()


def test_a_sheet_in_russian_is_read_too(desk, people, slots, url_of):
    book_ = Workbook()
    zone = slots[2].exchange.event.zone
    book_.active.append(["Участник", "Партнёр", "Время"])
    book_.active.append(["Anna", "Boris", slots[2].start.astimezone(zone).replace(tzinfo=None)])
    content = io.BytesIO()
    book_.save(content)
    page = desk.post(url_of("exchange_import"), upload(content.getvalue(), "встречи.xlsx"))
    assert page.context["found"].wishes[0].slot == slots[2]


def test_errors_are_told_by_row_and_nothing_is_written(desk, exchange, people, slots, url_of):
    make_participant(exchange, name="Anna")
    set_own_time(profile=people[1], busy=[slots[0].pk], actor=None)
    text = (
        "participant,partner,time,table\n"
        "Clara,Dmitri,,\n"
        "Anna,Boris,,\n"
        "Nobody,Boris,2026-01-01 99:99,77\n"
        f"{people[1].code},Clara,{local(slots[0])},\n"
        "Clara,Dmitri,,\n"
    )
    page = desk.post(url_of("exchange_import"), upload(text))
    assert page.status_code == 422
    assert [(problem.line, problem.code) for problem in page.context["found"].problems] == [
        (3, "several"), (4, "unknown"), (4, "no_slot"), (4, "no_table"), (5, "taken"), (6, "met_already"),
    ]  # fmt: skip
    assert "row 5" in text_of(page)
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty"),
        ("name,firm\na,b\n", "no_columns"),
        (b"\x00\x01\x02\xff" * 9, None),
        ("participant,partner\n", None),
    ],
)
def test_files_that_are_no_such_table_are_refused(desk, url_of, content, code):
    page = desk.post(url_of("exchange_import"), upload(content or " "))
    assert page.status_code in (200, 422)
    found = page.context.get("found")
    assert found is None or not found.wishes
    if code:
        assert [problem.code for problem in found.problems] == [code]


def test_a_preview_that_does_not_apply_any_more_writes_nothing(desk, people, slots, url_of):
    text = f"participant,partner,time\nAnna,Boris,{local(slots[2])}\nClara,Dmitri,\n"
    token = desk.post(url_of("exchange_import"), upload(text)).context["upload"].pk
    set_own_time(profile=people[0], busy=[slots[2].pk], actor=None)
    answer = desk.post(url_of("exchange_import"), {"token": token})
    assert answer.status_code == 422
    assert not Meeting.objects.exists()
    assert desk.post(url_of("exchange_import"), {"token": "nonsense"}).status_code == 302
