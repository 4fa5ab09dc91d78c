"""Category, gate, day, time, seat: who may come in where and when."""

import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sessions_app.admission.tickets.rules import Mode, Pass, Refusal, Rule, decide

MOSCOW = ZoneInfo("Europe/Moscow")
DAY = dt.date(2026, 9, 14)


def at(hour: int, minute: int = 0, day: dt.date = DAY) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), MOSCOW).astimezone(dt.UTC)


def ask(*rules: Rule, category=1, gate=1, moment=None, seats=(), nonce="n"):
    return decide(
        rules, category=category, gate=gate, at=moment or at(9), zone=MOSCOW, seats=seats, nonce=nonce
    )


def test_without_rules_everybody_comes_in_once():
    assert ask() == ask(moment=at(12), gate=2, nonce="other")
    assert isinstance(ask(), Pass)


@pytest.mark.parametrize(
    ("rule", "refusal"),
    [
        (Rule(1, categories=frozenset({2})), Refusal.CATEGORY),
        (Rule(1, gate=2), Refusal.GATE),
        (Rule(1, day=dt.date(2026, 9, 15)), Refusal.DAY),
        (Rule(1, opens=dt.time(10)), Refusal.TIME),
        (Rule(1, closes=dt.time(9)), Refusal.TIME),
        (Rule(1, session=7), Refusal.SEAT),
    ],
)
def test_each_condition_alone_keeps_people_out(rule, refusal):
    assert ask(rule) is refusal


def test_any_rule_that_fits_lets_in():
    passed = ask(Rule(1, gate=2), Rule(2, session=7), seats={7})
    assert isinstance(passed, Pass)
    assert passed.rule.id == 2


def test_the_nearest_reason_is_told():
    assert ask(Rule(1, categories=frozenset({2})), Rule(2, opens=dt.time(10))) is Refusal.TIME


def test_a_window_over_midnight():
    night = Rule(1, opens=dt.time(22), closes=dt.time(2))
    assert isinstance(ask(night, moment=at(23)), Pass)
    assert isinstance(ask(night, moment=at(1)), Pass)
    assert ask(night, moment=at(2)) is Refusal.TIME


def test_how_often_a_ticket_opens():
    tomorrow = at(9, day=DAY + dt.timedelta(days=1))
    for mode, same_day, next_day in (
        (Mode.ONCE, True, True),
        (Mode.DAILY, True, False),
        (Mode.REENTRY, False, False),
    ):
        rule = Rule(1, mode=mode)
        first = ask(rule, nonce="a").scope
        assert (ask(rule, nonce="b").scope == first) is same_day
        assert (ask(rule, nonce="b", moment=tomorrow).scope == first) is next_day


def test_the_day_is_the_event_s_own():
    rule = Rule(1, day=DAY)
    assert isinstance(ask(rule, moment=dt.datetime(2026, 9, 13, 22, tzinfo=dt.UTC)), Pass)  # 01:00 in Moscow


CASES = json.loads((Path(__file__).parent / "rule_cases.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_table_that_the_door_s_script_answers_too(case):
    """The same table is put to the script in ``tests/browser/test_door.py``."""
    rules = [
        Rule(
            id=rule["id"],
            categories=frozenset(rule.get("categories", ())),
            gate=rule.get("gate"),
            day=dt.date.fromisoformat(rule["day"]) if "day" in rule else None,
            opens=dt.time.fromisoformat(rule["opens"]) if "opens" in rule else None,
            closes=dt.time.fromisoformat(rule["closes"]) if "closes" in rule else None,
            session=rule.get("session"),
            mode=Mode(rule.get("mode", "once")),
        )
        for rule in case["rules"]
    ]
    verdict = decide(
        rules,
        category=1,
        gate=case.get("gate", 1),
        at=dt.datetime.fromisoformat(case.get("at", "2026-09-14T06:00:00Z")),
        zone=ZoneInfo(case.get("zone", "Europe/Moscow")),
        seats=case.get("seats", ()),
        nonce=case.get("nonce", "n"),
    )
    if isinstance(verdict, Refusal):
        assert {"refusal": verdict.value} == case["expected"]
    else:
        assert {"rule": verdict.rule.id, "scope": verdict.scope} == case["expected"]
