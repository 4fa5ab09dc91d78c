"""The matchmaker's pages of the back office: nothing yet, everything long, and a run in each of its states."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from matchmaking.models import RunKind, RunState, SolverRun
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask
from matchmaking.services.booking import book
from matchmaking.services.marking import pin_meetings
from matchmaking.services.pairs import ordered
from matchmaking.services.running import claim_run, queue_run
from matchmaking.services.solving import run_solver
from sessions_app.events.models import Event, TeamRole
from sessions_app.programme.services.releasing import release_programme
from tests.browser.pages.exchange import LONG, UNBROKEN
from tests.browser.pages.visit import State, Visit
from tests.factories import (
    SessionFactory,
    SessionRoleFactory,
    make_exchange,
    make_open_event,
    make_participant,
    make_team_member,
)


def add_exchange_desk(places: dict[str, Any]) -> None:
    """Let a matchmaker run an exchange in full swing, one without slots or tables, and one event without any."""
    member = make_team_member(
        Event.objects.get(slug="market"), "matchmaker", name=f"Mira {UNBROKEN}", email="mira@plenum.example"
    )
    for event in (
        make_open_event(slug="no-exchange")[0],
        _bare(),
        _plans(places),
        _seeking(places),
        _stuck(places),
        _repaired(places),
    ):
        TeamRole.objects.create(event=event, person=member, role="matchmaker")
    make_team_member(make_open_event(slug="other-team")[0], "registrar", email="nomarket@plenum.example")


def _bare() -> Event:
    exchange = make_exchange(make_open_event(slug="bare-market")[0], tables=0, phase="setup")
    exchange.hours.all().delete()
    exchange.slots.all().delete()
    return exchange.event


def _plans(places: dict[str, Any]) -> Event:
    """Add an exchange with a published plan that must change, a proposal, and runs that came to nothing."""
    exchange = make_exchange(
        make_open_event(slug="plans", name_en=f"Plans {UNBROKEN}", name_ru=LONG)[0],
        tables=3, preset="curated", phase="plan",
    )  # fmt: skip
    exchange.tables.filter(number=2).update(zone_en=LONG[:80], zone_ru=UNBROKEN[:80], is_quiet=True)
    exchange.tables.filter(number=3).update(is_active=False)
    people = [
        make_participant(exchange, name=f"Partner {n} {UNBROKEN if n % 2 else ''}", organisation_name=LONG)
        for n in range(8)
    ]
    slots = list(exchange.slots.all())
    pairs = [(0, 1), (2, 3), (4, 5), (6, 7)]
    meetings = [
        book(low=people[a], high=people[b], request=None, slot=slots[n // 2], actor=None)
        for n, (a, b) in enumerate(pairs)
    ]
    pin_meetings(meetings=meetings[:1], is_pinned=True, actor=None)
    _speaks(exchange, people[2].person, slots[0])
    for a, b in ((0, 2), (1, 3), (4, 6), (5, 7), (0, 4)):
        asked = ask(sender=people[a], recipient=people[b], actor=None)
        accept(request=asked, by=people[b], actor=None)
    done = queue_run(exchange=exchange, actor=None, seconds=10)
    run_solver(done.pk)
    ended = {
        state: SolverRun.objects.create(exchange=exchange, state=state, wanted=5, seconds=60)
        for state in (RunState.FAILED, RunState.INFEASIBLE, RunState.DISCARDED)
    }
    places |= {
        "plan_done": done.pk,
        "plan_failed": ended[RunState.FAILED].pk,
        "plan_none": ended[RunState.INFEASIBLE].pk,
        "desk_table": exchange.tables.first().pk,
        "desk_person": people[0].code,
        "desk_pair": f"one={people[0].code}&other={people[7].code}",
        "desk_meeting": meetings[0].code,
        "desk_moved": meetings[3].code,
        "desk_rows": f"{people[1].code};{people[6].code}",
    }
    return exchange.event


def _repaired(places: dict[str, Any]) -> Event:
    """Add an exchange whose published plan lost a table and a speaker, with a proposal that repairs it."""
    exchange = make_exchange(make_open_event(slug="repairs")[0], tables=3, preset="curated", phase="live")
    people = [
        make_participant(exchange, name=f"Partner {n} {UNBROKEN if n % 2 else ''}", organisation_name=LONG)
        for n in range(12)
    ]
    slots = list(exchange.slots.all())
    for n in range(6):
        book(low=people[2 * n], high=people[2 * n + 1], request=None, slot=slots[n // 3], actor=None)
    for n in range(3):
        book(low=people[n], high=people[n + 6], request=None, slot=slots[2], actor=None)
    exchange.tables.filter(number=3).update(is_active=False)
    _speaks(exchange, people[0].person, slots[0])
    run = queue_run(exchange=exchange, kind=RunKind.REPAIR, actor=None, seconds=10)
    run_solver(run.pk)
    places["plan_repair"] = run.pk
    return exchange.event


def _speaks(exchange: Any, person: Any, slot: Any) -> None:
    session = SessionFactory(
        event=exchange.event, title_en=LONG, title_ru=UNBROKEN, start=slot.start, end=slot.end
    )
    SessionRoleFactory(session=session, person=person)
    release_programme(event=exchange.event, actor=None, note="First")


def _seeking(places: dict[str, Any]) -> Event:
    """Add an exchange whose plan is being sought."""
    exchange = make_exchange(make_open_event(slug="seeking")[0], preset="curated", phase="plan")
    one, other = ordered(make_participant(exchange), make_participant(exchange))
    accept(request=ask(sender=one, recipient=other, actor=None), by=other, actor=None)
    run = queue_run(exchange=exchange, actor=None)
    claim_run(run.pk)
    SolverRun.objects.filter(pk=run.pk).update(stage="breaks", best=7, bound=3, lost=1, bound_lost=1)
    places["plan_running"] = run.pk
    return exchange.event


def _stuck(places: dict[str, Any]) -> Event:
    """Add an exchange whose agreed meetings have no table to be at."""
    exchange = make_exchange(make_open_event(slug="stuck")[0], tables=0, preset="curated", phase="plan")
    one, other = ordered(make_participant(exchange, name=UNBROKEN), make_participant(exchange, name=LONG))
    accept(request=ask(sender=one, recipient=other, actor=None), by=other, actor=None)
    run = queue_run(exchange=exchange, actor=None, seconds=10)
    run_solver(run.pk)
    places["plan_impossible"] = run.pk
    return exchange.event


def save_wrong_hours(visit: Visit) -> None:
    """Save hours that end before they begin."""
    visit.page.locator("input[name$='-opens']").first.fill("13:00")
    visit.page.locator("input[name$='-closes']").first.fill("10:00")
    visit.page.get_by_role("main").locator("form.rg-form button.button").first.click()


def pick_up(visit: Visit) -> None:
    """Pick up a meeting of the board with the keyboard."""
    visit.page.locator("a[data-move]").first.press("m")
    visit.page.locator(".mm-say:not(:empty)").wait_for()


def find_nobody(visit: Visit) -> None:
    """Look for two whom nobody knows."""
    visit.page.locator("[name=one]").fill("Nobody at all")
    visit.page.locator("[name=other]").fill("Nobody either")
    visit.press("Find a time")


def choose_table_file(visit: Visit, content: str) -> None:
    """Send a table of meetings for a preview."""
    file = {"name": f"{UNBROKEN[:60]}.csv", "mimeType": "text/csv", "buffer": content.encode()}
    visit.page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    visit.page.get_by_role("main").locator("form button.button").last.click()


def import_wrong(visit: Visit) -> None:
    """Send rows with people whom nobody knows."""
    choose_table_file(visit, f"participant;partner\nNobody;{UNBROKEN}\n")


def print_nothing(visit: Visit) -> None:
    """Ask for sheets where nobody has a meeting."""
    visit.page.locator("input[name=kind][value=sheets]").check()
    visit.page.locator(".rg-form button").click()
    visit.page.wait_for_load_state("load")


def import_right(visit: Visit) -> None:
    """Send one row that can be arranged."""
    choose_table_file(visit, "participant;partner\n{desk_rows}\n".format(**visit.places))


PLANS = "/admin/exchange/plans/"
BARE = "/admin/exchange/bare-market/"
EXCHANGE_DESK = tuple(
    replace(state, role=state.role or "mira", ru=True)
    for state in (
        State("start, matchmaker", "/admin/"),
        State("exchanges", "/admin/exchange/"),
        State("exchange desk", PLANS),
        State("exchange desk, nothing yet", BARE),
        State("exchange desk, live", "/admin/exchange/market/"),
        State("exchange set-up", PLANS + "setup/"),
        State("exchange set-up, new", "/admin/exchange/no-exchange/setup/"),
        State("exchange set-up, wrong", PLANS + "setup/", steps=save_wrong_hours, status=422),
        State("exchange tables", PLANS + "tables/"),
        State("exchange tables, none", BARE + "tables/"),
        State("exchange table", PLANS + "tables/{desk_table}/"),
        State("exchange plan", PLANS + "plan/"),
        State("exchange plan, nothing to plan", BARE + "plan/"),
        State("exchange plan, being sought", "/admin/exchange/seeking/plan/"),
        State("exchange run, being sought", "/admin/exchange/seeking/plan/{plan_running}/"),
        State("exchange run, proposal", PLANS + "plan/{plan_done}/"),
        State("exchange run, a repair", "/admin/exchange/repairs/plan/{plan_repair}/"),
        State("exchange run, failed", PLANS + "plan/{plan_failed}/"),
        State("exchange run, none found", PLANS + "plan/{plan_none}/"),
        State("exchange run, impossible", "/admin/exchange/stuck/plan/{plan_impossible}/"),
        State("exchange board", PLANS + "board/"),
        State("exchange board, a meeting is carried", PLANS + "board/", steps=pick_up),
        State("exchange board, live", "/admin/exchange/market/board/"),
        State("exchange board, no hours", BARE + "board/"),
        State("exchange meeting", PLANS + "meetings/{desk_moved}/"),
        State("exchange meeting, pinned", PLANS + "meetings/{desk_meeting}/"),
        State("exchange meeting, missed", "/admin/exchange/market/meetings/{held_meeting}/"),
        State(
            "exchange meeting, cancelled at the desk", "/admin/exchange/market/meetings/{cancelled_meeting}/"
        ),
        State("exchange arrange", PLANS + "meetings/new/"),
        State("exchange arrange, two", PLANS + "meetings/new/?{desk_pair}"),
        State("exchange arrange, nobody", PLANS + "meetings/new/", steps=find_nobody),
        State("exchange import", PLANS + "meetings/import/"),
        State("exchange import, wrong", PLANS + "meetings/import/", steps=import_wrong, status=422),
        State("exchange import, right", PLANS + "meetings/import/", steps=import_right),
        State("exchange people", PLANS + "people/"),
        State("exchange people, none", BARE + "people/"),
        State("exchange guest", PLANS + "people/new/"),
        State("exchange person", PLANS + "people/{desk_person}/"),
        State("exchange yield", "/admin/exchange/strategic-session-2018/yield/", "operator"),
        State("exchange yield, nothing", BARE + "yield/"),
        State("exchange hall", PLANS + "hall/"),
        State("exchange hall, new address", PLANS + "hall/address/"),
        State("exchange hall, nothing to print", BARE + "hall/", steps=print_nothing, status=422),
    )
)
