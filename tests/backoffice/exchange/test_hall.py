"""What hangs and lies in the hall: the screen, cards for tables, sheets for participants."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from matchmaking.links import screen_link
from matchmaking.models import Exchange, Slot
from matchmaking.services.booking import book
from matchmaking.services.marking import mark_meeting
from matchmaking.services.setting_up import renew_screen_address, save_exchange
from matchmaking.states import MeetingState
from network.models import AuditEntry
from network.paper.printing import CannotPrint
from tests.factories import make_exchange, make_participant

pytestmark = pytest.mark.django_db


def text_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


@pytest.fixture
def hall(desk, event):
    """Let two people meet at table 1 in the first slot and one of them again in the second."""
    exchange = event.exchange
    slots = list(exchange.slots.all())
    anna, boris, clara = (
        make_participant(exchange, name=name) for name in ("Anna Orlova", "Борис Иванов", "Clara Stein")
    )
    tables = list(exchange.tables.order_by("number"))
    first = book(low=anna, high=boris, request=None, slot=slots[0], table=tables[0], actor=None)
    book(low=anna, high=clara, request=None, slot=slots[1], table=tables[1], actor=None)
    return exchange, slots, first


def test_every_table_in_use_gets_a_card_and_names_only_when_asked(desk, hall, url_of):
    exchange, slots, _first = hall
    url = url_of("exchange_hall")
    day = slots[0].date.isoformat()
    answer = desk.post(url, {"kind": "cards", "day": day})
    assert answer["Content-Type"] == "application/pdf"
    pages = text_of(answer.content)
    assert len(pages) == exchange.tables.filter(is_active=True).count()
    assert "Anna Orlova" not in "".join(pages)
    named = text_of(desk.post(url, {"kind": "cards", "day": day, "with_names": "on"}).content)
    assert "Anna Orlova" in named[0]
    assert "Борис Иванов" in named[0]
    assert "Clara Stein" in named[1]


def test_every_participant_with_meetings_gets_a_sheet(desk, hall, url_of):
    make_participant(hall[0], name="Nobody Yet")
    pages = text_of(desk.post(url_of("exchange_hall"), {"kind": "sheets"}).content)
    assert len(pages) == 3
    assert "Anna Orlova" in pages[0]
    assert "Борис Иванов" in pages[0]
    assert "Clara Stein" in pages[0]
    assert "Anna Orlova" in pages[1]
    assert "Anna Orlova" in pages[2]
    assert "Nobody Yet" not in "".join(pages)


def test_nothing_to_print_is_said(desk, event, url_of):
    answer = desk.post(url_of("exchange_hall"), {"kind": "sheets"})
    assert answer.status_code == 422
    assert "nothing to print" in answer.content.decode()


@pytest.mark.parametrize(
    "data", [{}, {"kind": "x"}, {"kind": "cards", "day": "2026-13-45"}, {"kind": "cards", "day": "'"}]
)
def test_bad_input_is_refused_in_words(desk, hall, url_of, data):
    assert desk.post(url_of("exchange_hall"), data).status_code == 422


def screen(client, exchange: Exchange, **query: str):
    return client.get(f"/en{screen_link(exchange)}".replace("/en/en/", "/en/"), query)


def set_clock(exchange: Exchange, slot: Slot, minutes: int) -> None:
    """Move all slots so that ``slot`` began so many minutes ago."""
    shift = timezone.now() - dt.timedelta(minutes=minutes) - slot.start
    for one in exchange.slots.all():
        Slot.objects.filter(pk=one.pk).update(start=one.start + shift, end=one.end + shift)


def test_the_screen_shows_now_and_next_without_names_unless_the_exchange_says_so(client, hall):
    exchange, slots, _first = hall
    Exchange.objects.filter(pk=exchange.pk).update(phase="live")
    set_clock(exchange, slots[0], 10)
    page = screen(client, exchange).content.decode()
    assert "data-on" in page
    assert "Anna Orlova" not in page
    Exchange.objects.filter(pk=exchange.pk).update(screen_names=True)
    page = screen(client, exchange).content.decode()
    assert "Anna Orlova" in page
    assert "Clara Stein" in page  # next, at table 2
    assert '<div class="qr"><svg' in page
    only = screen(client, exchange, **{"from": "2", "to": "2"}).content.decode()
    assert "Борис Иванов" not in only
    assert "Clara Stein" in only


def test_a_no_show_frees_its_table_on_the_screen(client, hall):
    exchange, slots, first = hall
    Exchange.objects.filter(pk=exchange.pk).update(phase="live", screen_names=True)
    set_clock(exchange, slots[0], 10)
    first.refresh_from_db()
    mark_meeting(meeting=first, state=MeetingState.NO_SHOW, actor=None)
    page = screen(client, exchange).content.decode()
    assert "Борис Иванов" not in page


def test_before_and_after_the_exchange_it_says_so(client, hall):
    exchange, _slots, _first = hall
    Exchange.objects.filter(pk=exchange.pk).update(phase="plan")
    assert "not open now" in screen(client, exchange).content.decode()
    Exchange.objects.filter(pk=exchange.pk).update(phase="live")
    set_clock(exchange, list(exchange.slots.all())[-1], 600)
    assert "no more meetings" in screen(client, exchange).content.decode()


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00"])
def test_a_wrong_address_is_not_found(client, hall, token):
    url = reverse("matchmaking:screen", args=(hall[0].event.slug, "TOKEN")).replace("TOKEN", token)
    assert client.get(url).status_code == 404


def test_an_address_opens_its_own_exchange_only(client, hall):
    other = make_exchange()
    url = screen_link(hall[0]).replace(hall[0].event.slug, other.event.slug)
    assert client.get(url).status_code == 404


def test_a_replaced_address_opens_nothing_and_says_so_and_the_new_one_opens(
    client, desk, matchmaker, hall, url_of
):
    exchange, _slots, _first = hall
    Exchange.objects.filter(pk=exchange.pk).update(phase="live", screen_names=True)
    assert screen(client, exchange).status_code == 200
    assert "New address" in desk.get(url_of("exchange_hall")).content.decode()
    url = url_of("exchange_screen_address")
    assert "Replace the address" in desk.get(url).content.decode()
    assert screen(client, exchange).status_code == 200  # to look at the question changes nothing
    answer = desk.post(url, follow=True)
    old, new = exchange, Exchange.objects.get(pk=exchange.pk)
    assert screen_link(new) in answer.content.decode()
    assert screen_link(old) not in answer.content.decode()
    gone = screen(client, old)
    assert gone.status_code == 404
    assert "has a new address" in gone.content.decode()
    assert "Anna" not in gone.content.decode()
    assert "Cache-Control" in gone.headers
    assert screen(client, new).status_code == 200
    entry = AuditEntry.objects.get(action="exchange.screen_address_renewed")
    assert (entry.object_name, entry.actor) == (str(exchange), matchmaker)


def test_every_older_address_stays_void(client, hall):
    exchange = hall[0]
    links = []
    for _turn in range(3):
        links.append(screen_link(exchange))
        exchange = renew_screen_address(exchange=exchange, actor=None)
    assert [client.get(link).status_code for link in links] == [404, 404, 404]
    assert client.get(screen_link(exchange)).status_code == 200


def test_the_address_is_the_same_each_time_it_is_looked_up(hall, monkeypatch):
    link = screen_link(hall[0])
    monkeypatch.setattr("django.core.signing.time.time", lambda: 1.0)
    assert screen_link(hall[0]) == link


def test_saving_a_form_that_was_open_meanwhile_does_not_bring_the_old_address_back(client, hall):
    stale = Exchange.objects.get(pk=hall[0].pk)
    old = screen_link(stale)
    renew_screen_address(exchange=hall[0], actor=None)
    save_exchange(exchange=stale, hours=list(stale.hours.all()), actor=None)
    assert client.get(old).status_code == 404


@pytest.mark.parametrize(
    "query", [{"from": "x"}, {"from": "99999999"}, {"to": "-1"}, {"from": "٣"}, {"from": "9", "to": "2"}]
)
def test_odd_numbers_in_the_address_do_no_harm(client, hall, query):
    assert screen(client, hall[0], **query).status_code == 200


def test_the_screen_asks_three_times_however_many_tables_there_are(
    client, hall, django_assert_max_num_queries
):
    exchange, slots, _first = hall
    Exchange.objects.filter(pk=exchange.pk).update(phase="live")
    set_clock(exchange, slots[0], 10)
    screen(client, exchange)
    with django_assert_max_num_queries(5):
        screen(client, exchange)


def test_a_participant_prints_her_own_meetings_in_her_language(client, hall):
    exchange, _slots, first = hall
    client.force_login(first.low.person)
    answer = client.get(f"/ru/events/{exchange.event.slug}/exchange/mine/paper/")
    pages = text_of(answer.content)
    assert len(pages) == 1
    assert "Борис Иванов" in pages[0]
    assert "По состоянию на" in pages[0]
    alone = make_participant(exchange)
    client.force_login(alone.person)
    assert client.get(f"/en/events/{exchange.event.slug}/exchange/mine/paper/").status_code == 302


def test_a_busy_printer_says_so_and_leads_back(client, hall, monkeypatch):
    def busy(*_args, **_values):
        raise CannotPrint("busy")

    monkeypatch.setattr("matchmaking.views.mine.print_pdf", busy)
    monkeypatch.setattr("matchmaking.backoffice.hall.print_pdf", busy)
    client.force_login(hall[2].low.person)
    answer = client.get(f"/en/events/{hall[0].event.slug}/exchange/mine/paper/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert f"/en/events/{hall[0].event.slug}/exchange/mine/" in answer.content.decode()


def test_a_busy_printer_at_the_desk_keeps_the_form(desk, hall, url_of, monkeypatch):
    def busy(*_args, **_values):
        raise CannotPrint("busy")

    monkeypatch.setattr("matchmaking.backoffice.hall.print_pdf", busy)
    answer = desk.post(url_of("exchange_hall"), {"kind": "sheets"})
    assert answer.status_code == 503
    assert "busy" in answer.content.decode()
