"""At the door: once, idempotent by nonce, and every wrong code told apart."""

import datetime as dt
import random

import pytest
from django.utils import timezone

from sessions_app.admission.models import Gate, Rule, Scan, Ticket
from sessions_app.admission.queries import arrivals, door_list, flagged, forget_rules, valid_ticket
from sessions_app.admission.services.keys import rotate_key
from sessions_app.admission.services.redeeming import Attempt, redeem, redeem_all, undo
from sessions_app.admission.services.ticketing import block_ticket, code_of, replace_ticket
from sessions_app.registration.services.registering import cancel
from tests.factories import make_open_event, make_registration

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 9, 14, 6, 12, tzinfo=dt.UTC)


@pytest.fixture
def door():
    """An event with two gates, and a confirmed registration with its ticket's code."""
    event, category = make_open_event()
    gates = [Gate.objects.create(event=event, slug=f"gate-{n}", name_en=f"Gate {n}") for n in (1, 2)]
    registration = make_registration(event, category)
    return event, gates, registration, code_of(valid_ticket(registration))


def scan(event, code, nonce, gate=None, at=NOW, offline=False, **more):
    attempt = Attempt(code=code, nonce=nonce, gate=gate, at=at, offline=offline, **more)
    return redeem(event=event, attempt=attempt, by=None, now=max(at, NOW))


def test_the_first_scan_lets_in_and_the_second_tells_when_and_where(door):
    event, gates, registration, code = door
    first = scan(event, code, "a", gates[0])
    assert (first.result, first.registration) == ("ok", registration)
    second = scan(event, code, "b", gates[1], at=NOW + dt.timedelta(minutes=5))
    assert (second.result, second.first.at, second.first.gate) == ("already_redeemed", NOW, gates[0])
    assert Scan.objects.filter(is_entry=True).count() == 1


def test_the_same_nonce_gets_the_same_answer(door):
    event, gates, _registration, code = door
    for _turn in range(3):
        answer = scan(event, code, "a", gates[0])
        assert (answer.result, answer.first.nonce) == ("ok", "a")
    assert Scan.objects.count() == 1


def test_wrong_codes_are_told_apart(door):
    event, _gates, registration, code = door
    other_event, other_category = make_open_event()
    foreign = code_of(valid_ticket(make_registration(other_event, other_category)))
    swapped = code[:20] + ("A" if code[20] != "A" else "B") + code[21:]
    assert scan(event, swapped, "1").result == "invalid"
    assert scan(event, "Что-то другое", "2").result == "invalid"
    assert scan(event, foreign, "3").result == "wrong_event"
    replace_ticket(registration=registration, actor=None, reason="Lost")
    assert scan(event, code, "4").result == "revoked"
    new = valid_ticket(registration)
    block_ticket(ticket=new, actor=None, reason="Ask the organiser")
    blocked = scan(event, code_of(new), "5")
    assert (blocked.result, blocked.reason) == ("blocked", "Ask the organiser")
    cancel(registration=registration, actor=None, by_team=True)
    assert scan(event, code_of(new), "6").result == "cancelled"
    assert not Scan.objects.filter(is_entry=True).exists()


def test_tickets_of_a_retired_key_stay_valid(door):
    event, _gates, registration, code = door
    rotate_key(event=event, actor=None)
    assert scan(event, code, "a").result == "ok"
    replace_ticket(registration=registration, actor=None, reason="")
    assert valid_ticket(registration).key.number == 2


def test_the_characters_under_the_code_work_too(door):
    event, _gates, registration, _code = door
    typed = f"{registration.code[:5]} {registration.code[5:]}".lower()
    assert scan(event, typed, "a").result == "ok"


def test_rules_hold_at_the_door_at_once(door):
    event, gates, _registration, code = door
    assert scan(event, code, "a", gates[0]).result == "ok"
    rule = Rule.objects.create(event=event, gate=gates[1], mode="reentry")
    forget_rules(event.pk)  # what the commit of the rule does
    refused = scan(event, code, "b", gates[0])
    assert (refused.result, refused.reason) == ("not_allowed", "gate")
    assert [scan(event, code, nonce, gates[1]).result for nonce in "cd"] == ["ok", "ok"]
    rule.checks_document, rule.mode = True, "daily"
    rule.save()
    forget_rules(event.pk)
    assert scan(event, code, "e", gates[1]).result == "check"
    assert scan(event, code, "f", gates[1], confirmed=True).result == "ok"


def test_whoever_is_in_is_not_asked_for_the_document_again(door):
    event, gates, _registration, code = door
    Rule.objects.create(event=event, checks_document=True)
    forget_rules(event.pk)
    assert scan(event, code, "a", gates[0]).result == "check"
    assert scan(event, code, "b", gates[0], confirmed=True).result == "ok"
    again = scan(event, code, "c", gates[1])
    assert (again.result, again.reason, again.first.nonce) == ("already_redeemed", "", "b")


def test_whom_a_door_without_a_network_should_not_have_let_in_is_told_and_is_no_entry(door):
    event, gates, registration, code = door
    replace_ticket(registration=registration, actor=None, reason="Lost")
    refused = [
        scan(event, code, "old", gates[0], offline=True),
        scan(event, "P1" + "A" * 125, "x", offline=True),
    ]
    assert [answer.result for answer in refused] == ["revoked", "invalid"]
    assert {row.nonce for row in flagged(event)} == {"old", "x"}
    assert not Scan.objects.filter(is_entry=True).exists()
    new = code_of(valid_ticket(registration))
    assert scan(event, new, "new", gates[0]).result == "ok"
    assert scan(event, code, "old", gates[0], offline=True).result == "revoked"  # sent again
    undo(event=event, nonce="new", by=None)
    undo(event=event, nonce="old", by=None)
    assert not Scan.objects.filter(is_entry=True).exists()
    assert [row.nonce for row in flagged(event)] == ["x"]


def test_two_offline_scans_are_both_kept_and_the_earliest_is_the_entry(door):
    event, gates, _registration, code = door
    late, early = NOW + dt.timedelta(minutes=3), NOW
    assert scan(event, code, "late", gates[0], at=late, offline=True).result == "ok"
    assert scan(event, code, "early", gates[1], at=early, offline=True).result == "ok"
    kept = {row.nonce: (row.is_entry, row.is_flagged) for row in Scan.objects.all()}
    assert kept == {"early": (True, False), "late": (False, True)}
    again = scan(event, code, "late", gates[0], at=late, offline=True)
    assert (again.result, again.first.nonce) == ("already_redeemed", "early")


def test_undoing_the_entry_makes_the_next_one_it(door):
    event, gates, _registration, code = door
    scan(event, code, "a", gates[0], offline=True)
    scan(event, code, "b", gates[1], at=NOW + dt.timedelta(minutes=1), offline=True)
    undo(event=event, nonce="a", by=None)
    assert Scan.objects.get(is_entry=True).nonce == "b"
    undo(event=event, nonce="b", by=None)
    assert scan(event, code, "c", gates[0]).result == "ok"


@pytest.mark.parametrize("seed", range(3))
def test_batches_of_four_gates_shuffled_and_sent_three_times_equal_the_model(seed):
    event, category = make_open_event()
    gates = [Gate.objects.create(event=event, slug=f"g{n}", name_en=f"G{n}") for n in range(4)]
    codes = [code_of(valid_ticket(make_registration(event, category))) for _ in range(4)]
    chance = random.Random(seed)
    attempts = [
        Attempt(
            code=chance.choice(codes), nonce=f"n{n}", gate=chance.choice(gates), offline=True,
            at=NOW + dt.timedelta(seconds=chance.randrange(60)),
        )
        for n in range(24)
    ]  # fmt: skip
    for _sending in range(3):
        chance.shuffle(attempts)
        redeem_all(event=event, attempts=attempts, by=None, now=NOW + dt.timedelta(hours=1))
    entries = {}
    for attempt in attempts:
        best = entries.get(attempt.code)
        if best is None or (attempt.at, attempt.nonce) < (best.at, best.nonce):
            entries[attempt.code] = attempt
    assert Scan.objects.count() == 24
    assert set(Scan.objects.filter(is_entry=True).values_list("nonce", flat=True)) == {
        attempt.nonce for attempt in entries.values()
    }
    assert Scan.objects.filter(is_flagged=True).count() == 24 - len(entries)


def test_a_clock_that_runs_ahead_dates_no_entry_in_the_future(door):
    event, _gates, _registration, code = door
    attempt = Attempt(code=code, nonce="a", gate=None, at=NOW + dt.timedelta(days=1))
    assert redeem(event=event, attempt=attempt, by=None, now=NOW).first.at == NOW


def test_the_list_says_why_a_ticket_opens_nothing(door):
    event, _gates, registration, _code = door
    replace_ticket(registration=registration, actor=None, reason="Lost")
    block_ticket(ticket=valid_ticket(registration), actor=None, reason="Ask at the desk")
    told = [(ticket["state"], ticket["reason"]) for ticket in door_list(event)["tickets"]]
    assert told == [("revoked", "Lost"), ("blocked", "Ask at the desk")]


def test_the_list_for_the_door_holds_no_contact_data(door):
    event, _gates, registration, _code = door
    listed = door_list(event)
    assert listed["tickets"][0]["name"] == registration.name
    assert registration.email not in str(listed)


def test_arrivals_are_counted_per_quarter_of_an_hour_and_gate(door):
    event, gates, _registration, code = door
    scan(event, code, "a", gates[0])
    start = NOW.replace(minute=0)
    counted = arrivals(event, start, start + dt.timedelta(hours=1))
    assert [(row.gate, row.at, row.count) for row in counted] == [("Gate 1", NOW.replace(minute=0), 1)]


def test_a_confirmation_makes_one_ticket(door):
    _event, _gates, registration, _code = door
    assert Ticket.objects.filter(registration=registration).count() == 1
    assert timezone.is_aware(registration.tickets.get().issued_at)
