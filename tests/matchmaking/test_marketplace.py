"""Offers and needs that stay after an event: who reads what, who writes to whom, and what the author decides."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from matchmaking.models import Exchange, ExchangeProfile, Offer, ProfileState
from matchmaking.services.joining import block
from matchmaking.services.marketplace import LETTERS_A_DAY
from network.models import AuditEntry, OutboxMessage
from network.services import erase_account
from network.web.pages import forget_pages
from sessions_app.events.models import EventDay
from sessions_app.registration.errors import Busy
from tests.factories import (
    OrganisationFactory,
    PersonFactory,
    make_exchange,
    make_participant,
    make_released_event,
)
from tests.matchmaking.visiting import client_of, offer, text_of, topic

pytestmark = pytest.mark.django_db

MARKET = "/en/offers/"
KEY = "6a0cbb3e-6c4f-4a34-9d4c-1b4ab6f0f5a1"


def end(event) -> None:
    for number, day in enumerate(event.days.order_by("date")):
        EventDay.objects.filter(pk=day.pk).update(date=timezone.localdate() - dt.timedelta(days=10 - number))


@pytest.fixture
def kept(exchange, anna) -> Offer:
    """Return what Anna keeps of an event that is over."""
    end(exchange.event)
    return keep(anna, "offer", "Steel casting")


def keep(profile, kind, text, *topics, **fields) -> Offer:
    made = offer(profile, kind, text, *topics)
    Offer.objects.filter(pk=made.pk).update(stays_listed=True, **fields)
    made.refresh_from_db()
    return made


def page(made) -> str:
    return f"{MARKET}{made.code}/"


def listing(query="", client=None) -> str:
    answer = (client or Client()).get(MARKET + query)
    assert answer.status_code == 200
    return answer.content.decode()


def event_menu(path: str) -> str:
    """Return the menu of an event's pages, as somebody sees it who has not seen the page before."""
    forget_pages()
    found = re.search(
        r'<nav class="nav" aria-label="Event">.*?</nav>', Client().get(path).content.decode(), re.DOTALL
    )
    assert found
    return found.group()


def letters() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(key__startswith="marketplace:"))


def write(client, made, message="Let us talk", key=KEY):
    return client.post(page(made), {"message": message, "key": key})


def test_everybody_reads_what_stays_and_only_who_is_signed_in_learns_the_name(kept, anna):
    stranger = client_of(PersonFactory())
    for address in (MARKET, page(kept)):
        public, known = (one.get(address).content.decode() for one in (Client(), stranger))
        assert "Steel casting" in public
        assert anna.organisation_name in public
        assert anna.person.name not in public
        assert anna.person.name in known
        assert anna.person.email not in public + known


@pytest.mark.parametrize(
    "change",
    [
        {"stays_listed": False},
        {"expires_on": timezone.localdate() - dt.timedelta(days=1)},
    ],
)
def test_what_does_not_stay_or_is_past_is_shown_nowhere(kept, change):
    Offer.objects.filter(pk=kept.pk).update(**change)
    assert "Steel casting" not in listing()
    assert Client().get(page(kept)).status_code == 404
    assert write(client_of(PersonFactory()), kept).status_code == 404
    assert letters() == []


def test_the_last_day_still_counts(kept):
    Offer.objects.filter(pk=kept.pk).update(expires_on=timezone.localdate())
    assert "Steel casting" in listing()


def test_nothing_is_shown_before_the_event_is_over_but_to_its_author(exchange, anna):
    made = keep(anna, "offer", "Steel casting")
    assert "Steel casting" not in listing()
    assert client_of(PersonFactory()).get(page(made)).status_code == 404
    assert "It is not on the marketplace now" in text_of(client_of(anna).get(page(made)))
    end(exchange.event)
    assert "Steel casting" in listing()


def test_what_is_kept_without_an_event_is_shown_at_once(anna):
    Offer.objects.create(person=anna.person, kind="need", text="A foundry", stays_listed=True)
    assert "A foundry" in listing()


def test_a_hidden_event_a_profile_that_left_and_an_author_who_is_gone_are_not_shown(exchange, kept, anna):
    type(exchange.event).objects.filter(pk=exchange.event.pk).update(is_public=False)
    assert "Steel casting" not in listing()
    type(exchange.event).objects.filter(pk=exchange.event.pk).update(is_public=True)
    assert "Steel casting" in listing()
    ExchangeProfile.objects.update(state=ProfileState.LEFT)
    assert "Steel casting" not in listing()
    ExchangeProfile.objects.update(state=ProfileState.SHOWN)
    erase_account(person=anna.person)
    assert "Steel casting" not in listing()


def test_filters_narrow_and_their_nonsense_does_not(kept, boris):
    casting = topic("casting")
    keep(
        boris, "need", "Кузница рядом", casting, regions=["RU-KLU"], cooperation="supply",
    )  # fmt: skip
    Offer.objects.filter(pk=kept.pk).update(regions=["DE"], cooperation="project")
    for query in ("kind=need", f"topic={casting.pk}", "region=RU-KLU", "cooperation=supply", "q=кузница"):
        found = listing(f"?{query}")
        assert "Кузница рядом" in found, query
        assert "Steel casting" not in found, query
    for query in (
        "kind=x",
        "topic=x",
        "topic=99999999999999999999",
        "region=%22",
        "page=-4",
        "page=x",
        "page=999",
    ):
        assert "Steel casting" in listing(f"?{query}"), query
    assert "Take a filter away" in listing("?q=nothing+of+the+kind")


def test_an_organisation_leads_to_its_page_where_the_programme_has_one_and_a_draft_is_not_named():
    event = make_released_event()[0]
    end(event)
    body = event.sessions.get().roles.first().organisation
    profile = make_participant(make_exchange(event), organisation=body, organisation_name="As typed")
    made = keep(profile, "offer", "Steel casting", organisation=body)
    link = f"/en/events/{event.slug}/organisations/{body.code}/"
    for address in (MARKET, page(made)):
        assert f'href="{link}"' in Client().get(address).content.decode()
    assert Client().get(link).status_code == 200
    type(body).objects.filter(pk=body.pk).update(status="draft")
    html = listing()
    assert link not in html
    assert "As typed" in html
    assert f'href="/en/events/{event.slug}/"' in html


def test_what_names_no_region_is_for_all(kept, boris):
    keep(boris, "need", "A foundry", regions=["RU-KLU"])
    assert "Steel casting" in listing("?region=RU-KLU")


@pytest.mark.parametrize("query", ["q=" + "a" * 50_000, "q=%00", "q=a%00b&topic=%00", "page=%00"])
def test_hostile_addresses_are_answered(kept, query):
    listing(f"?{query}")


def test_twenty_on_a_page_the_newest_first_with_the_filters_in_the_links(kept, anna):
    for number in range(20):
        keep(anna, "offer", f"Thing {number:02}")
    first, second = listing("?kind=offer"), listing("?kind=offer&page=2")
    assert first.index("Thing 19") < first.index("Thing 00")
    assert "Steel casting" not in first
    assert "?page=2&amp;kind=offer" in first
    assert "Steel casting" in second


def test_markup_in_texts_is_printed_as_it_was_written(kept, anna):
    evil = "<script>alert(1)</script>"
    Offer.objects.filter(pk=kept.pk).update(text=evil)
    ExchangeProfile.objects.update(organisation_name=f"<b>{evil}")
    for address in (MARKET, page(kept)):
        html = client_of(PersonFactory()).get(address).content.decode()
        assert evil not in html
        assert "&lt;script&gt;alert(1)" in html
        assert "&lt;b&gt;" in html


def test_the_list_costs_as_much_for_three_as_for_one(kept, boris, exchange, django_assert_num_queries):
    listing()
    with CaptureQueriesContext(connection) as one:
        listing()
    for number in range(2):
        body = OrganisationFactory()
        third = make_participant(exchange, name=f"Third {number}", organisation=body)
        made = keep(third, "need", f"Foundry {number}", topic(f"t{number}"), regions=["RU-KLU"])
        Offer.objects.filter(pk=made.pk).update(organisation=body)
    with django_assert_num_queries(len(one)):
        assert "Foundry 1" in listing()


def test_the_author_gets_one_letter_that_answers_to_the_writer(kept, anna):
    writer = PersonFactory(name="Wanda Writer")
    client = client_of(writer)
    assert writer.email in text_of(client.get(page(kept)))
    for _again in range(2):
        assert write(client, kept, "123456\n\nhttps://evil.example/").headers["Location"] == page(kept)
    (noted,) = letters()
    assert noted.payload["to"] == [anna.person.email]
    assert noted.payload["reply_to"] == [writer.email]
    assert noted.payload["subject"] == "An answer to an offer"
    assert "> 123456" in noted.payload["body"]
    assert "Wanda Writer" in noted.payload["body"]
    assert 'href="https://evil.example/"' not in noted.payload["alternatives"][0][0]
    assert AuditEntry.objects.filter(action="offer.written_to", actor=writer).count() == 1


def test_too_long_empty_or_forbidden_text_is_refused_and_kept(kept):
    client = client_of(PersonFactory())
    for message in ("", "x" * 2001, "a\x00b"):
        answer = write(client, kept, message)
        assert answer.status_code == 422
        assert KEY in answer.content.decode()
    assert write(client, kept, "x" * 2000, key="nonsense").status_code == 302
    assert len(letters()) == 1


def test_a_writer_sends_a_few_letters_a_day(kept):
    client = client_of(PersonFactory())
    for number in range(LETTERS_A_DAY):
        assert write(client, kept, key=KEY[:-2] + f"{number:02}").status_code == 302
    refused = write(client, kept, "My long text", key=KEY[:-2] + "99")
    assert refused.status_code == 429
    assert "My long text" in refused.content.decode()
    assert len(letters()) == LETTERS_A_DAY
    assert write(client_of(PersonFactory()), kept, key=KEY).status_code == 302
    OutboxMessage.objects.update(created_at=timezone.now() - dt.timedelta(hours=25))
    assert write(client, kept, key=KEY[:-2] + "98").status_code == 302


def test_visitors_are_led_to_the_log_in_and_back(kept):
    answer = write(Client(), kept)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/en/account/login/")
    assert page(kept).replace("/", "%2F") in answer.headers["Location"].replace("/", "%2F")
    assert f"?next={page(kept)}" in Client().get(page(kept)).content.decode()
    assert letters() == []


def test_nobody_writes_to_herself_or_to_who_has_blocked_her(kept, anna, boris):
    assert write(client_of(anna), kept).status_code == 403
    assert "Send the message" not in client_of(anna).get(page(kept)).content.decode()
    block(profile=anna, other=boris, actor=None)
    assert write(client_of(boris), kept).status_code == 403
    assert "cannot be written to" in text_of(client_of(boris).get(page(kept)))
    assert letters() == []


def test_the_author_sees_what_she_keeps_and_takes_it_off(kept, anna):
    client = client_of(anna)
    assert "Shown without an end" in text_of(client.get("/en/me/"))
    until = timezone.localdate() + dt.timedelta(days=40)
    client.post(f"{page(kept)}own/", {"until": until.isoformat()})
    kept.refresh_from_db()
    assert kept.expires_on == until
    assert "Shown until" in text_of(client.get("/en/me/"))
    past = client.post(f"{page(kept)}own/", {"until": "2001-01-01"})
    assert past.status_code == 422
    assert "This day is over" in text_of(past)
    assert client.post(f"{page(kept)}own/", {"do": "take_off"}).headers["Location"] == "/en/me/"
    kept.refresh_from_db()
    assert not kept.stays_listed
    assert "Steel casting" not in listing() + client.get("/en/me/").content.decode()
    assert client.get(page(kept)).status_code == 404


def test_nobody_else_takes_it_off(kept, boris):
    own = f"{page(kept)}own/"
    assert client_of(boris).post(own, {"do": "take_off"}).status_code == 404
    assert Client().post(own, {"do": "take_off"}).headers["Location"].startswith("/en/account/login/")
    assert client_of(boris).get(own).status_code == 405
    kept.refresh_from_db()
    assert kept.stays_listed


def test_the_entrance_leads_to_the_marketplace_once_the_event_is_over(exchange):
    entrance = f"/en/events/{exchange.event.slug}/exchange/"
    link = f'<a class="more" href="{MARKET}">'
    assert link not in Client().get(entrance).content.decode()
    end(exchange.event)
    assert link in Client().get(entrance).content.decode()


def test_the_event_leads_to_what_stays_from_it_once_both_are_over(exchange, anna):
    entrance = f"/en/events/{exchange.event.slug}/exchange/"
    link = f'<a href="{MARKET}">Offers</a>'
    made = keep(anna, "offer", "Steel casting")
    assert link not in event_menu(entrance)
    end(exchange.event)
    assert link not in event_menu(entrance)  # the organisers have not closed the exchange yet
    Exchange.objects.update(phase="over")
    assert link in event_menu(entrance)
    Offer.objects.filter(pk=made.pk).update(stays_listed=False)
    assert link not in event_menu(entrance)


def test_a_persons_page_leads_to_what_others_keep(kept, anna, boris):
    assert "What others offer and seek" in text_of(client_of(boris).get("/en/me/"))
    assert "What others offer and seek" not in text_of(client_of(anna).get("/en/me/"))
    castings = keep(
        boris, "need", "Castings of steel", expires_on=timezone.localdate() - dt.timedelta(days=1)
    )
    assert "What others offer and seek" not in text_of(client_of(anna).get("/en/me/"))
    Offer.objects.filter(pk=castings.pk).update(expires_on=None)
    assert "What others offer and seek" in text_of(client_of(anna).get("/en/me/"))


def test_a_site_without_menus_leads_to_the_marketplace_from_its_footer():
    footer = Client().get("/en/events/").content.decode().partition("<footer")[2]
    assert '<a href="/en/offers/">Offers and needs</a>' in footer


def test_texts_in_another_language_than_the_readers_say_so(kept, boris):
    ExchangeProfile.objects.update(languages=["ru", "en"])
    keep(boris, "need", "Ищем литьё из стали")
    english, russian = listing(), Client().get("/ru/offers/").content.decode()
    assert '<bdi lang="ru">Ищем литьё из стали</bdi>' in english
    assert "<bdi>Steel casting</bdi>" in english
    assert '<bdi lang="en">Steel casting</bdi>' in russian
    assert "<bdi>Ищем литьё из стали</bdi>" in russian


def test_the_empty_page_says_what_to_do():
    assert "Keep in the marketplace after the event" in listing()


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Nothing of yours was changed"), ("ru", "не изменено")]
)
def test_what_others_hold_for_too_long_is_said_and_breaks_no_page(kept, monkeypatch, language, said):
    """The page has no answer of its own to that, as most have none."""

    def wait(**_more):
        raise Busy("row")

    monkeypatch.setattr("matchmaking.services.marketplace.write_to_author", wait)
    stranger = client_of(PersonFactory())
    answer = stranger.post(f"/{language}/offers/{kept.code}/", {"message": "Good day", "key": KEY})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert said in answer.content.decode()
