"""An exchange set up through the pages of the back office: rules, hours, tables, phases."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from matchmaking.models import Exchange, Meeting, Slot, Table
from matchmaking.services.booking import book
from matchmaking.wording import PHASE_NAMES
from network.models import AuditEntry
from tests.backoffice.forms import rows, text_of
from tests.factories import make_event, make_exchange, make_participant, make_team_member

PAGES = ("exchange", "exchange_setup", "exchange_tables")


def setup_post(*hours: tuple[dt.date, str, str], **changes) -> dict:
    """Return a valid post of the set-up with these hours."""
    data = {
        "preset": "hybrid", "asking": "anybody", "slot_minutes": "25", "pause_minutes": "5",
        "open_requests": "20", "answer_hours": "48",
        "morning_letter_at": "07:00", "reminder_minutes": "15", "makes_room": "on", "settled_minutes": "30",
    }  # fmt: skip
    lines = [{"date": day.isoformat(), "opens": opens, "closes": closes} for day, opens, closes in hours]
    return {**data, **rows("hours", *lines, {"date": "", "opens": "", "closes": ""}), **changes}


@pytest.fixture
def booked(exchange):
    """A meeting in the first slot, at some table."""
    low, high = make_participant(exchange), make_participant(exchange)
    slot = Slot.objects.filter(exchange=exchange).first()
    return book(low=low, high=high, request=None, slot=slot, actor=None)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens(desk, url_of, name):
    assert desk.get(url_of(name)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_the_team_of_another_event_does_not_find_them(desk, name):
    other = make_exchange().event
    assert desk.get(reverse(f"backoffice_{name}", args=(other.slug,))).status_code == 404
    assert desk.post(reverse(f"backoffice_{name}", args=(other.slug,)), {}).status_code in (404, 405)


@pytest.mark.parametrize("role", ["registrar", "programme_editor", "door_steward"])
def test_other_roles_of_the_event_do_not_find_them(event, log_in, url_of, role):
    client = log_in(make_team_member(event, role))
    assert client.get(url_of("exchange_setup")).status_code == 404


def test_who_runs_one_exchange_is_led_to_it(desk, url_of):
    assert desk.get(reverse("backoffice_exchanges")).url == url_of("exchange")


def test_the_start_page_leads_to_the_exchange(desk, url_of):
    assert url_of("exchange") in desk.get("/admin/").content.decode()


def test_an_event_without_an_exchange_leads_to_its_set_up_and_gets_one(db, log_in):
    event = make_event(sessions=1)
    client = log_in(make_team_member(event, "matchmaker"))
    setup = reverse("backoffice_exchange_setup", args=(event.slug,))
    assert client.get(reverse("backoffice_exchange", args=(event.slug,))).url == setup
    assert client.get(setup).status_code == 200
    first, second = (day.date for day in event.days.all()[:2])
    answer = client.post(
        setup,
        setup_post((first, "10:00", "12:00"), (first, "13:00", "15:00"), (second, "10:00", "11:00")),
        follow=True,
    )
    exchange = Exchange.objects.get(event=event)
    assert "2 days, 10 slots, 0 tables: room for 0 meetings" in text_of(answer)
    starts = [slot.start.astimezone(event.zone) for slot in Slot.objects.filter(exchange=exchange)]
    assert [f"{start:%H:%M}" for start in starts[:5]] == ["10:00", "10:30", "11:00", "11:30", "13:00"]


def test_the_room_is_told_in_words(desk, url_of):
    assert "1 day, 6 slots, 3 tables: room for 18 meetings" in text_of(desk.get(url_of("exchange_setup")))


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ([("10:00", "12:00"), ("11:00", "13:00")], "overlap"),
        ([("12:00", "10:00")], "The end must come after the beginning."),
        ([("12:00", "")], "Fill in the whole row, or empty it."),
    ],
)
def test_hours_that_make_no_sense_are_told_at_the_row_and_nothing_is_lost(desk, event, url_of, hours, said):
    before = list(Slot.objects.values_list("start", flat=True))
    day = event.days.first().date
    answer = desk.post(
        url_of("exchange_setup"),
        setup_post(*((day, *pair) for pair in hours), introduction_en="Bring your cards"),
    )
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "Bring your cards" in answer.content.decode()
    assert list(Slot.objects.values_list("start", flat=True)) == before


def test_hours_that_the_clocks_skip_are_refused(db, log_in):
    zone, day = "Europe/Berlin", dt.date(2027, 3, 28)
    event = make_event(sessions=1, timezone=zone, dates=[day])
    client = log_in(make_team_member(event, "matchmaker"))
    url = reverse("backoffice_exchange_setup", args=(event.slug,))
    answer = client.post(url, setup_post((day, "02:30", "05:00")))
    assert answer.status_code == 422
    assert "does not exist on that day" in text_of(answer)


def test_slots_with_meetings_do_not_go(desk, booked, event, url_of):
    day = event.days.first().date
    answer = desk.post(url_of("exchange_setup"), setup_post((day, "11:00", "13:00")))
    assert answer.status_code == 409
    assert "1 meeting stands there, so nothing was changed." in text_of(answer)
    booked.refresh_from_db()
    assert Slot.objects.filter(pk=booked.slot_id).exists()
    assert booked.state == "booked"


@pytest.mark.parametrize(
    ("link", "said"), [("http://a.example/{code}", "https://"), ("https://a.example/room", "share one room")]
)
def test_a_video_room_needs_a_safe_address_of_its_own(desk, event, url_of, link, said):
    post = setup_post((event.days.first().date, "10:00", "13:00"), room_link=link)
    answer = desk.post(url_of("exchange_setup"), post)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_reminders_and_what_happens_when_all_is_full_are_settings(desk, event, exchange, url_of):
    day = event.days.first().date
    post = setup_post(
        (day, "10:00", "13:00"), morning_letter_at="", reminder_minutes="0", settled_minutes="60"
    )
    del post["makes_room"]
    assert desk.post(url_of("exchange_setup"), post).status_code == 302
    exchange.refresh_from_db()
    assert (exchange.morning_letter_at, exchange.reminder_minutes) == (None, 0)
    assert (exchange.makes_room, exchange.settled_minutes) == (False, 60)
    changes = AuditEntry.objects.filter(action="exchange.changed").latest("pk").changes
    assert {"morning_letter_at", "reminder_minutes", "makes_room", "settled_minutes"} <= changes.keys()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reminder_minutes", "121"), ("reminder_minutes", "-1"), ("reminder_minutes", ""),
        ("settled_minutes", "9"), ("settled_minutes", "2881"), ("morning_letter_at", "25:00"),
    ],
)  # fmt: skip
def test_reminders_that_make_no_sense_are_refused_at_their_field(desk, event, url_of, field, value):
    post = setup_post((event.days.first().date, "10:00", "13:00"), **{field: value})
    answer = desk.post(url_of("exchange_setup"), post)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_the_set_up_says_what_each_phase_opens(desk, url_of):
    said = text_of(desk.get(url_of("exchange_setup")))
    assert "What each phase opens" in said
    assert all(str(name).casefold() in said.casefold() for name in PHASE_NAMES.values())


def test_who_saves_second_is_told_what_the_first_one_changed(desk, event, url_of):
    page = desk.get(url_of("exchange_setup"))
    seen = page.context["form"]["seen"].value()
    day = event.days.first().date
    desk.post(url_of("exchange_setup"), setup_post((day, "10:00", "13:00"), open_requests="7"))
    answer = desk.post(
        url_of("exchange_setup"), setup_post((day, "10:00", "13:00"), answer_hours="9", seen=seen)
    )
    assert answer.status_code == 409
    exchange = Exchange.objects.get(event=event)
    assert (exchange.open_requests, exchange.answer_hours) == (7, 48)


def test_saving_the_rules_leaves_the_phase_that_somebody_set_meanwhile(desk, exchange, event, url_of):
    from matchmaking.services.setting_up import save_exchange, set_phase
    from matchmaking.states import Phase

    read_before = Exchange.objects.get(pk=exchange.pk)
    set_phase(exchange=exchange, phase=Phase.LIVE, actor=None)
    save_exchange(exchange=read_before, hours=list(exchange.hours.all()), actor=None)
    exchange.refresh_from_db()
    assert exchange.phase == "live"


def test_one_button_goes_on_to_the_next_phase_and_says_what_it_opens(desk, matchmaker, exchange, url_of):
    page = text_of(desk.get(url_of("exchange")))
    assert "Go on to: Live" in page
    assert "Nobody asks any more: you alone add and move meetings." in page
    answer = desk.post(url_of("exchange_phase"), {"phase": "live"}, follow=True)
    exchange.refresh_from_db()
    assert exchange.phase == "live"
    assert "Live: The plan is out." in text_of(answer)
    assert AuditEntry.objects.get(action="exchange.phase").actor == matchmaker
    assert desk.post(url_of("exchange_phase"), {"phase": "nonsense"}).status_code == 404


def test_many_tables_are_added_at_once_and_numbered_on(desk, exchange, url_of):
    post = {"count": "20", "zone_en": "Hall B", "zone_ru": "Зал Б", "is_quiet": "on"}
    answer = desk.post(url_of("exchange_tables"), post, follow=True)
    assert "Added: tables 4 to 23." in text_of(answer)
    made = Table.objects.filter(exchange=exchange, number__gt=3)
    assert {(table.zone_ru, table.is_quiet, table.step_free) for table in made} == {("Зал Б", True, False)}


@pytest.mark.parametrize("count", ["0", "501", "many", ""])
def test_no_or_too_many_tables_are_refused(desk, exchange, url_of, count):
    assert desk.post(url_of("exchange_tables"), {"count": count}).status_code == 422
    assert Table.objects.filter(exchange=exchange).count() == 3


def test_a_table_with_meetings_is_not_removed_and_none_of_those_marked_with_it(desk, booked, url_of):
    keys = list(Table.objects.values_list("pk", flat=True))
    answer = desk.post(url_of("exchange_tables_act"), {"table": keys, "do": "remove"}, follow=True)
    assert "1 meeting stands there" in text_of(answer)
    assert Table.objects.count() == 3
    free = [key for key in keys if key != booked.table_id]
    desk.post(url_of("exchange_tables_act"), {"table": free, "do": "remove"})
    assert list(Table.objects.values_list("pk", flat=True)) == [booked.table_id]


def test_a_table_out_of_use_keeps_its_meetings_and_says_so(desk, booked, url_of):
    answer = desk.post(url_of("exchange_tables_act"), {"table": [booked.table_id], "do": "rest"}, follow=True)
    assert "1 meeting still stands there: nobody was moved." in text_of(answer)
    assert not Table.objects.get(pk=booked.table_id).is_active
    assert Meeting.objects.get(pk=booked.pk).table_id == booked.table_id
    desk.post(url_of("exchange_tables_act"), {"table": [booked.table_id], "do": "use"})
    assert Table.objects.get(pk=booked.table_id).is_active


def test_a_table_is_changed_and_its_number_stays_its_own(desk, url_of):
    one, other = Table.objects.all()[:2]
    url = url_of("exchange_table", one.pk)
    assert desk.post(url, {"number": str(other.number)}).status_code == 422
    assert desk.post(url, {"number": "77", "zone_en": "Foyer", "is_active": "on"}).status_code == 302
    one.refresh_from_db()
    assert (one.number, one.zone_en, one.step_free) == (77, "Foyer", False)


def test_tables_of_another_exchange_are_not_found(desk, url_of):
    foreign = Table.objects.filter(exchange=make_exchange()).first()
    assert desk.get(url_of("exchange_table", foreign.pk)).status_code == 404
    assert desk.get(url_of("exchange_table", 2**80)).status_code == 404
    desk.post(url_of("exchange_tables_act"), {"table": [foreign.pk, "x", "9" * 40], "do": "remove"})
    assert Table.objects.filter(pk=foreign.pk).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_tables_costs_the_same_however_many(
    desk, exchange, url_of, count, django_assert_max_num_queries
):
    Table.objects.filter(exchange=exchange).exclude(pk__in=Table.objects.values("pk")[:count]).delete()
    desk.get(url_of("exchange_tables"))
    with django_assert_max_num_queries(14):
        desk.get(url_of("exchange_tables"))
