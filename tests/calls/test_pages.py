"""The page of a call, the list on a person's own page, and what becomes of her seats with her account."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from calls.models import PanelMember, Seat
from network.models import AuditEntry, OutboxMessage, Person
from network.services import confirm_email, erase_account
from tests.factories import CallFactory, PanelMemberFactory, PersonFactory, make_team_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(client):
    person = PersonFactory(name="Vera <Example>", email="vera@plenum.example")
    confirm_email(person=person)
    client.force_login(person)
    return person


def page_of(client, call, language="en"):
    return client.get(f"/{language}/calls/{call.slug}/")


def test_the_public_reads_dates_in_the_events_zone_and_the_panel(client):
    call = CallFactory(title_en="Defence <b>", title_ru="Защита", event__timezone="Asia/Vladivostok")
    PanelMemberFactory(
        call=call,
        person__name="Nina <Chair>",
        seat=Seat.CHAIR,
        organisation_en="Union & Sons",
        organisation_ru="Союз",
    )
    page = page_of(client, call).text
    assert "Defence &lt;b&gt;" in page
    assert "Nina &lt;Chair&gt;" in page
    assert "Union &amp; Sons" in page
    assert "Vladivostok (UTC+10)" in page
    assert 'datetime="2026-09-15T01:00+10:00"' in page  # 18:00 in Moscow the day before
    assert "You sit on this panel" not in page
    assert "Not published yet" not in page
    russian = page_of(client, call, "ru").text
    assert "Защита" in russian
    assert "Союз" in russian


def test_a_title_in_one_language_says_which(client):
    call = CallFactory(title_en=None, title_ru="Защита")
    assert '<span lang="ru">Защита</span>' in page_of(client, call).text


def test_a_call_without_an_event_has_its_dates_in_utc(client):
    page = page_of(client, CallFactory(event=None)).text
    assert 'datetime="2026-09-14T15:00+00:00"' in page


def test_the_panel_and_the_secretary_see_what_is_not_published(client, vera):
    call = CallFactory(is_published=False)
    assert page_of(client, call).status_code == 404
    member = PanelMemberFactory(call=call, person=vera, seat=Seat.EXPERT)
    page = page_of(client, call)
    assert "Not published yet" in page.text
    assert "You sit on this panel" in page.text
    assert 'name="robots" content="noindex"' in page.text
    assert "no-store" in page["Cache-Control"]
    assert "Change the panel" not in page.text
    member.until = timezone.now()
    member.save()
    assert page_of(client, call).status_code == 404
    client.force_login(make_team_member(call.event, "commission_secretary"))
    assert "Change the panel" in page_of(client, call).text


@pytest.mark.parametrize("slug", ["nothing-here", "UPPER", "a_b"])
def test_an_unknown_call_is_not_found(client, slug):
    assert client.get(f"/en/calls/{slug}/").status_code == 404


@pytest.mark.parametrize(
    ("opens", "closes", "word"), [(1, 2, "opens later"), (-1, 1, "open"), (-2, -1, "closed")]
)
def test_the_page_says_whether_the_call_is_open(client, opens, closes, word):
    now = timezone.now()
    call = CallFactory(opens=now + dt.timedelta(days=opens), closes=now + dt.timedelta(days=closes))
    assert f"{word}</span>" in page_of(client, call).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_needs_the_same_queries_for_one_member_as_for_three(
    client, vera, django_assert_max_num_queries, count
):
    call = CallFactory()
    for _turn in range(count):
        PanelMemberFactory(call=call)
    page_of(client, call)
    with django_assert_max_num_queries(7):  # session, person, her team roles, call, panel, exchange, menu
        page_of(client, call)


def test_her_own_page_lists_the_panels_she_sits_on(client, vera):
    call = CallFactory(title_en="Defence <b>", is_published=False, event__name_en="Forum & Co")
    member = PanelMemberFactory(call=call, person=vera, seat=Seat.CHAIR)
    page = client.get("/en/me/").text
    assert "Panels you sit on" in page
    assert f'href="/en/calls/{call.slug}/"' in page
    assert "Defence &lt;b&gt;" in page
    assert "chair · Forum &amp; Co" in page
    member.until = timezone.now()
    member.save()
    assert "Panels you sit on" not in client.get("/en/me/").text


@pytest.mark.parametrize("count", [1, 3])
def test_her_own_page_needs_the_same_queries_for_one_panel_as_for_three(
    client, vera, django_assert_max_num_queries, count
):
    for _turn in range(count):
        PanelMemberFactory(person=vera)
    client.get("/en/me/")
    with django_assert_max_num_queries(13):  # the parts of every floor together
        client.get("/en/me/")


def test_her_copy_of_her_data_holds_all_her_seats(client, vera):
    ended = PanelMemberFactory(person=vera, organisation_en="Union")
    ended.until = ended.since + dt.timedelta(days=1)
    ended.save()
    PanelMemberFactory(person=vera, call=CallFactory(event=None), seat=Seat.CHAIR)
    seats = json.loads(client.get("/en/me/privacy/data.json").content)["panel_seats"]
    assert [(seat["seat"], seat["event"], bool(seat["to"])) for seat in seats] == [
        ("member", ended.call.event.slug, True),
        ("chair", None, False),
    ]
    assert seats[0]["organisation"] == {"en": "Union"}


def seat(person, *, closed, published=True, public=True):
    now = timezone.now()
    closes = now + dt.timedelta(days=-1 if closed else 1)
    call = CallFactory(
        opens=now - dt.timedelta(days=9), closes=closes, is_published=published, event__is_public=public
    )
    return PanelMemberFactory(call=call, person=person, since=now - dt.timedelta(days=8))


@pytest.mark.parametrize(
    ("closed", "published", "public", "stays"),
    [
        (True, True, True, True),
        (False, True, True, False),
        (True, False, True, False),
        (True, True, False, False),
    ],
)
def test_who_decided_stays_known_and_all_other_seats_end_with_the_account(closed, published, public, stays):
    vera = PersonFactory(name="Vera")
    member = seat(vera, closed=closed, published=published, public=public)
    erase_account(person=vera)
    member.refresh_from_db()
    assert (member.until is None) is stays
    assert Person.objects.get(pk=vera.pk).name == ("Vera" if stays else "")
    assert AuditEntry.objects.filter(action="panel.seat_ended").exists() is not stays
    assert not OutboxMessage.objects.exists()
    assert PanelMember.objects.count() == 1
