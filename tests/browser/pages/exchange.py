"""Pages of an exchange for those who take part: long names, every state of a request and of a meeting."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.utils import timezone

from matchmaking.links import answer_link, screen_link
from matchmaking.models import (
    ExchangeProfile,
    Meeting,
    MeetingRequest,
    Offer,
    ProfileState,
    Ranking,
    Slot,
    Suggestion,
)
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask, decline, write_note
from matchmaking.services.booking import cancel_meeting
from matchmaking.services.joining import block
from matchmaking.services.marking import mark_meeting, tell_late
from matchmaking.services.setting_up import renew_screen_address, sync_programme
from matchmaking.states import MeetingState, Phase
from network.models import Organisation, Topic
from network.services import confirm_email
from sessions_app.programme.services.releasing import release_programme
from sessions_app.programme.services.starring import star_session
from tests.browser.pages.visit import State, Visit
from tests.factories import (
    MOSCOW,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    SessionRoleFactory,
    make_exchange,
    make_open_event,
    make_participant,
    make_registration,
)

UNBROKEN = "Сельскохозяйственнаявысокотехнологичнаякооперация" * 2
LONG = "Energy efficiency and cooperation between the industrial clusters of many regions, in detail " * 2


def add_exchange(places: dict[str, Any]) -> None:
    """Add an exchange in full swing, one where nothing has happened yet, and one that is over."""
    event, category = make_open_event(slug="market", name_en=f"Market {UNBROKEN}", name_ru=LONG)
    exchange = make_exchange(
        event, tables=9, room_link="https://meet.example/{code}", introduction_en=LONG, introduction_ru=LONG
    )
    exchange.tables.update(zone_en=LONG[:80], zone_ru=UNBROKEN[:80])
    topics = [
        Topic.objects.create(slug=f"topic-{number}", name_en=name, name_ru=name)
        for number, name in enumerate((LONG[:120], UNBROKEN, "Steel"))
    ]
    trader = _trader(exchange, "trader", topics)
    others = [_partner(exchange, number, topics) for number in range(9)]
    _add_programme(event, trader, exchange)
    _add_requests(exchange, trader, others, places)
    _add_others(event, category, exchange)
    _add_ranking(exchange, trader, others)
    places |= {
        "partner": others[0].code,
        "asked_partner": others[1].code,
        "free_slot": exchange.slots.last().pk,
        **_screens(exchange),
    }
    _add_quiet_ones(topics)
    places["kept_offer"] = _add_marketplace(topics)


def _add_marketplace(topics: list[Topic]) -> str:
    """Keep an offer and a need of an event that is over, and return the code of the offer."""
    past = make_exchange(make_open_event(slug="past-market", name_en=LONG)[0], tables=0, phase=Phase.OVER)
    for number, day in enumerate(past.event.days.order_by("date")):
        day.date = timezone.localdate() - dt.timedelta(days=30 - number)
        day.save()
    _market(
        make_participant(past, person=_person("keeper"), organisation_name=LONG), topics, f"{LONG}{UNBROKEN}"
    )
    Offer.objects.filter(event=past.event).update(stays_listed=True)
    return str(Offer.objects.get(event=past.event, kind="offer").code)


def _add_ranking(exchange: Any, trader: ExchangeProfile, others: list[ExchangeProfile]) -> None:
    """Keep what a worker finds: each gives the trader what she needs, and needs what she gives."""
    Ranking.objects.create(exchange=exchange, computed_at=timezone.now(), version=1)

    def key(profile: ExchangeProfile, kind: str) -> int:
        return profile.person.offers.get(kind=kind).pk

    for rank, one in enumerate(others, start=1):
        Suggestion.objects.create(
            profile=trader, partner=one, rank=rank, score=1 - rank / 10, mutual=1 - rank / 10, gets=0.9, gives=0.9,
            theirs=[[key(trader, "need"), key(one, "offer"), 0.8]],
            ours=[[key(one, "need"), key(trader, "offer"), 0.7]] if rank % 2 else [],
        )  # fmt: skip


def _screens(exchange: Any) -> dict[str, str]:
    """Let two people with long names meet at a table now, and return the hall screen's address and an older one."""
    type(exchange).objects.filter(pk=exchange.pk).update(screen_names=True)
    begun = timezone.now() - dt.timedelta(minutes=5)
    slot = Slot.objects.create(
        exchange=exchange, date=begun.date(), start=begun, end=begun + dt.timedelta(hours=2)
    )
    low, high = sorted((_partner(exchange, number, []) for number in (21, 23)), key=lambda one: one.pk)
    Meeting.objects.create(
        exchange=exchange, low=low, high=high, slot=slot, table=exchange.tables.first(), late_minutes=5
    )
    old = screen_link(exchange)
    new = screen_link(renew_screen_address(exchange=exchange, actor=None))
    return {"screen": new.removeprefix("/en/"), "old_screen": old.removeprefix("/en/")}


def _person(name: str, **fields: Any) -> Any:
    person = PersonFactory(name=f"{name.title()} {UNBROKEN}", email=f"{name}@plenum.example", **fields)
    confirm_email(person=person)
    return person


def _trader(exchange: Any, name: str, topics: list[Topic]) -> ExchangeProfile:
    cluster = OrganisationFactory(kind="cluster", name_en=LONG, name_ru=UNBROKEN)
    profile = make_participant(
        exchange, person=_person(name), organisation=cluster, cluster=cluster, post=LONG,
        organisation_name=LONG, region="RU-KLU", languages=["ru", "en", "de"], shares_contact=True,
    )  # fmt: skip
    _market(profile, topics, LONG)
    return profile


def _partner(exchange: Any, number: int, topics: list[Topic]) -> ExchangeProfile:
    organisation: Organisation = OrganisationFactory(kind="cluster", name_en=f"Cluster {number}")
    profile = make_participant(
        exchange, name=f"Partner {number} {UNBROKEN if number % 2 else ''}", post=LONG, region="RU-NVS",
        organisation=organisation, cluster=organisation, organisation_name=LONG if number % 2 else "Works",
        languages=["ru", "en"], about=LONG, shares_contact=True, is_remote=number == 3,
    )  # fmt: skip
    _market(profile, topics, UNBROKEN if number % 2 else LONG)
    return profile


def _market(profile: ExchangeProfile, topics: list[Topic], text: str) -> None:
    for kind in ("offer", "need"):
        made = Offer.objects.create(
            person=profile.person, event=profile.exchange.event, kind=kind, text=text,
            cooperation="project", readiness="pilot", regions=["RU-KLU", "DE"],
        )  # fmt: skip
        made.topics.set(topics)


def _add_programme(event: Any, trader: ExchangeProfile, exchange: Any) -> None:
    start = dt.datetime.combine(event.days.first().date, dt.time(10), MOSCOW)
    spoken, starred = (
        SessionFactory(
            event=event, number=number, title_en=LONG, title_ru=UNBROKEN,
            start=start + dt.timedelta(minutes=30 * number), end=start + dt.timedelta(minutes=30 * number + 20),
        )
        for number in (1, 2)
    )  # fmt: skip
    SessionRoleFactory(session=spoken, person=trader.person)
    release_programme(event=event, actor=None, note="First")
    sync_programme(exchange=exchange)
    star_session(person=trader.person, event=event, code=starred.code)


def _add_requests(
    exchange: Any, trader: ExchangeProfile, others: list[ExchangeProfile], places: dict[str, Any]
) -> None:
    slots = list(exchange.slots.all())
    asked = ask(sender=others[1], recipient=trader, actor=None, slot=slots[5], message=f"{LONG}{UNBROKEN}")
    write_note(request=asked, by=others[1], text=UNBROKEN)
    write_note(request=asked, by=trader, text=LONG)
    waiting = ask(sender=trader, recipient=others[2], actor=None, message=LONG)
    declined = ask(sender=trader, recipient=others[4], actor=None)
    decline(request=declined, by=others[4], actor=None, words=f"{LONG}{UNBROKEN}")
    meetings = [
        _met(others[number], trader, slot) for number, slot in ((3, slots[0]), (5, slots[3]), (6, slots[4]))
    ]
    online, coming, cancelled = meetings
    cancel_meeting(meeting=cancelled, by=others[6], actor=None, reason=f"{LONG}{UNBROKEN}")
    tell_late(meeting=coming, by=trader, minutes=10, actor=None)
    held = _met(others[7], trader, slots[4])
    mark_meeting(meeting=held, state=MeetingState.HELD, actor=None)
    begun = timezone.now() - dt.timedelta(hours=1)
    past = Slot.objects.create(
        exchange=exchange, date=begun.date(), start=begun, end=begun + dt.timedelta(minutes=25)
    )
    Meeting.objects.filter(pk=held.pk).update(slot=past)
    answered = ask(sender=others[8], recipient=_trader(exchange, "seller", []), actor=None)
    accept(request=answered, by=answered.recipient, actor=None)
    places |= {
        "asked": asked.code,
        "waiting_request": waiting.code,
        "declined_request": declined.code,
        "meeting": coming.code,
        "online_meeting": online.code,
        "cancelled_meeting": cancelled.code,
        "held_meeting": held.code,
        "answer": answer_link(asked, trader).removeprefix("/en/"),
        "answered": answer_link(answered, answered.recipient).removeprefix("/en/"),
    }


def _met(one: ExchangeProfile, other: ExchangeProfile, slot: Slot) -> Meeting:
    request = ask(sender=one, recipient=other, actor=None, slot=slot)
    accept(request=request, by=other, actor=None)
    return Meeting.objects.get(request=MeetingRequest.objects.get(pk=request.pk))


def _add_others(event: Any, category: Any, exchange: Any) -> None:
    """Add somebody who may join, somebody who has just joined, and somebody who blocked another."""
    make_registration(event, category, person=_person("comer"))
    fresh = make_participant(exchange, person=_person("newcomer"))
    ExchangeProfile.objects.filter(pk=fresh.pk).update(state=ProfileState.DRAFT)
    alone = make_participant(exchange, person=_person("alone"))
    block(profile=alone, other=make_participant(exchange, name=UNBROKEN, organisation_name=LONG), actor=None)


def _add_quiet_ones(topics: list[Topic]) -> None:
    quiet = make_exchange(make_open_event(slug="quiet")[0], phase=Phase.PROFILES)
    make_participant(quiet, person=_person("quiet"))
    over = make_exchange(make_open_event(slug="closed-market")[0], tables=0, phase=Phase.OVER)
    _market(make_participant(over, person=_person("closer")), topics, LONG)
    make_participant(over, name="Somebody")
    _add_hurried()


def _add_hurried() -> None:
    """Add somebody who soon meets another, in an exchange that reminds long before."""
    exchange = make_exchange(make_open_event(slug="soon-market")[0], reminder_minutes=120)
    hurried = make_participant(exchange, person=_person("hurried"))
    other = make_participant(exchange, name=f"Partner {UNBROKEN}", organisation_name=LONG)
    begins = timezone.now() + dt.timedelta(minutes=115)
    slot = Slot.objects.create(
        exchange=exchange, date=begins.date(), start=begins, end=begins + dt.timedelta(minutes=25)
    )
    low, high = sorted((hurried, other), key=lambda one: one.pk)
    Meeting.objects.create(exchange=exchange, low=low, high=high, slot=slot, table=exchange.tables.first())


def open_dialog(visit: Visit) -> None:
    """Open the dialog of a request from the first card."""
    visit.page.get_by_role("main").get_by_role("link", name=visit.word("Request a meeting")).first.click()
    visit.page.locator("dialog[open] .slot").first.wait_for()


def ask_without_a_time(visit: Visit) -> None:
    """Send a request for a time that is none."""
    visit.page.evaluate("document.querySelector('#ask input[name=slot]').value = '0'")
    visit.page.get_by_role("main").get_by_role("radio").first.check()
    visit.press("Send the request")


def pass_by(visit: Visit) -> None:
    """Say that a partner is not wanted; the page that follows offers to undo it."""
    visit.press("Do not suggest again")
    visit.page.get_by_role("button", name=visit.word("Undo")).wait_for()


def save_nothing(visit: Visit) -> None:
    """Save a profile without a name, with a row of topics and no text."""
    visit.page.locator("#id_name").fill("")
    visit.page.locator("#id_o0-text").fill("")
    visit.page.get_by_role("main").get_by_role("button", name=visit.word("Save"), exact=True).last.click()


def hear_the_word(visit: Visit) -> None:
    """Wait for the word before a meeting."""
    visit.page.locator("exchange-soon a").wait_for()


def add_a_row(visit: Visit) -> None:
    """Add a row by script."""
    visit.press("Add a row")
    visit.page.locator("#o2").wait_for()


def say_no(visit: Visit) -> None:
    """Decline from the mail's page."""
    visit.page.locator("#decline summary").click()
    visit.page.locator("#decline button").wait_for()


def take_back(visit: Visit) -> None:
    """Decline a request that the other side has taken back: what is shown is a refusal."""
    visit.page.evaluate("document.querySelector('input[name=do]').value = 'withdraw'")
    visit.page.get_by_role("main").get_by_role("button").first.click()


def send_nothing(visit: Visit) -> None:
    """Send the author an empty message."""
    visit.press("Send the message")
    visit.page.locator(".error-summary").wait_for()


def keep_until_long_ago(visit: Visit) -> None:
    """Choose a day that is over."""
    visit.page.locator("#id_until").fill("2001-01-01")
    visit.press("Save")
    visit.page.locator(".error-summary").wait_for()


MARKET = "/en/events/market/exchange/"
QUIET = "/en/events/quiet/exchange/"
CLOSED = "/en/events/closed-market/exchange/"
SOON = "/en/events/soon-market/exchange/"
EXCHANGE = tuple(
    replace(state, ru=True)
    for state in (
        State("exchange, entrance", MARKET),
        State("exchange, entrance, may join", MARKET, "comer"),
        State("exchange, entrance, takes part", MARKET, "trader"),
        State("exchange, entrance, over", CLOSED),
        State("exchange, entrance, team", MARKET, "operator"),
        State("exchange, new profile", MARKET + "profile/", "newcomer"),
        State("exchange, profile", MARKET + "profile/", "trader"),
        State("exchange, profile, another row", MARKET + "profile/", "trader", steps=add_a_row),
        State("exchange, profile, wrong", MARKET + "profile/", "trader", steps=save_nothing, status=422),
        State("exchange, profile, blocked", MARKET + "profile/", "alone"),
        State("exchange, time", MARKET + "time/", "trader"),
        State("exchange, leave", MARKET + "leave/", "trader"),
        State("exchange, hall screen", "/en/{screen}"),
        State("exchange, hall screen, replaced", "/en/{old_screen}", status=404),
        State("exchange, people", MARKET + "people/", "trader"),
        State("exchange, people, without offers", MARKET + "people/", "alone"),
        State("exchange, people, nobody", QUIET + "people/", "quiet"),
        State("exchange, people, passed", MARKET + "with/{partner}/pass/", "alone", steps=pass_by),
        State("exchange, search", MARKET + "search/?q=Energy&region=RU-NVS", "trader"),
        State("exchange, search, none", MARKET + "search/?q=nobody&kind=offer", "trader"),
        State("exchange, person", MARKET + "with/{partner}/", "trader"),
        State("exchange, person, asked", MARKET + "with/{asked_partner}/", "trader"),
        State("exchange, ask", MARKET + "with/{partner}/ask/", "trader"),
        State("exchange, ask in the dialog", MARKET + "people/", "trader", steps=open_dialog),
        State(
            "exchange, ask, taken",
            MARKET + "with/{partner}/ask/",
            "trader",
            steps=ask_without_a_time,
            status=409,
        ),
        State("exchange, pass", MARKET + "with/{partner}/pass/", "trader"),
        State("exchange, block", MARKET + "with/{partner}/block/", "trader"),
        State("exchange, a word before a meeting", SOON + "requests/", "hurried", steps=hear_the_word),
        State("exchange, requests", MARKET + "requests/", "trader"),
        State("exchange, requests, none", QUIET + "requests/", "quiet"),
        State("exchange, request, other time", MARKET + "requests/{asked}/?open=other", "trader"),
        State("exchange, request, decline", MARKET + "requests/{asked}/?open=decline", "trader"),
        State(
            "exchange, request, refused", MARKET + "requests/{asked}/", "trader", steps=take_back, status=403
        ),
        State("exchange, request, waiting", MARKET + "requests/{waiting_request}/?open=change", "trader"),
        State("exchange, request, declined", MARKET + "requests/{declined_request}/", "trader"),
        State("exchange, my day", MARKET + "mine/", "trader"),
        State("exchange, my day, empty", QUIET + "mine/", "quiet"),
        State("exchange, fill", MARKET + "mine/{free_slot}/", "trader"),
        State("exchange, meeting", MARKET + "meetings/{meeting}/?open=move", "trader"),
        State("exchange, meeting on line", MARKET + "meetings/{online_meeting}/?open=cancel", "trader"),
        State("exchange, meeting, cancelled", MARKET + "meetings/{cancelled_meeting}/", "trader"),
        State("exchange, meeting, held", MARKET + "meetings/{held_meeting}/", "trader"),
        State("exchange, answer", "/en/{answer}", steps=say_no),
        State("exchange, answered", "/en/{answered}"),
        State("exchange, entrance, after the event", "/en/events/past-market/exchange/"),
        State("marketplace", "/en/offers/?region=RU-KLU"),
        State("marketplace, none", "/en/offers/?q=nothing", "trader"),
        State("marketplace, offer", "/en/offers/{kept_offer}/"),
        State("marketplace, offer, write", "/en/offers/{kept_offer}/", "trader"),
        State(
            "marketplace, offer, wrong", "/en/offers/{kept_offer}/", "trader", steps=send_nothing, status=422
        ),
        State("marketplace, own offer", "/en/offers/{kept_offer}/", "keeper"),
        State(
            "marketplace, own offer, wrong",
            "/en/offers/{kept_offer}/",
            "keeper",
            steps=keep_until_long_ago,
            status=422,
        ),
    )
)
