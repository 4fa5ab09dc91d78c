"""The programme as people use it: the grid and the list, filters, stars, times, languages, new releases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from network.models import Person
from sessions_app.events.models import Event
from sessions_app.programme.models import Session, SessionState
from sessions_app.programme.queries import starred_codes
from sessions_app.programme.services.releasing import release_programme
from sessions_app.programme.services.starring import star_session
from tests.browser.conftest import OpenPage, assert_accessible, assert_fits, until
from tests.factories import (
    FIRST_DAY,
    MOSCOW,
    OrganisationFactory,
    PersonFactory,
    RoomFactory,
    SessionFactory,
    SessionRoleFactory,
    TrackFactory,
    make_event,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def at(hour: int, minute: int = 0) -> dt.datetime:
    """The time of the first day; hours after midnight are the next day's."""
    return dt.datetime.combine(FIRST_DAY, dt.time(), MOSCOW) + dt.timedelta(hours=hour, minutes=minute)


@pytest.fixture
def event() -> Event:
    event = make_event(sessions=0)
    halls = list(event.rooms.all())
    digital = TrackFactory(event=event, slug="digital", name_en="Digital", name_ru="Цифра", hue=2)
    plan = [
        ("Opening", "Открытие", halls[0], at(9), at(9, 30), None, "plenary"),
        ("Twin panel", "Панель о двойниках", halls[0], at(10), at(11, 30), digital, "panel"),
        ("Workshop on roadmaps", "Мастерская дорожных карт", halls[1], at(10, 30), at(12), None, "workshop"),
        ("Lunch", "Обед", None, at(12), at(13), None, "break"),
        ("Evening", "Вечер", halls[1], at(19), at(21), digital, "social"),
    ]
    for number, (title_en, title_ru, room, start, end, track, kind) in enumerate(plan, start=1):
        session = SessionFactory(
            event=event,
            number=number,
            title_en=title_en,
            title_ru=title_ru,
            room=room,
            start=start,
            end=end,
            track=track,
            kind=kind,
        )
        if kind != "break":
            SessionRoleFactory(session=session, person=PersonFactory(name=f"Speaker of {title_en}"))
    release_programme(event=event, actor=None, note="First")
    return event


@pytest.fixture
def day(event: Event) -> str:
    return f"/en/events/{event.slug}/programme/{FIRST_DAY}/"


def session_of(event: Event, title: str) -> Session:
    return event.sessions.get(title_en=title)


def sign_in(page: Page, person: Person) -> None:
    client = Client()
    client.force_login(person)
    origin = page.evaluate("location.origin")
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": origin}]
    )


def star_of(page: Page, title: str) -> Any:
    return page.get_by_role("button", name=f"On my agenda: {title}")


def test_the_list_becomes_a_grid_of_rooms_by_time(open_page: OpenPage, event: Event, day: str) -> None:
    page = open_page(day)
    panel = page.locator(f".s-{session_of(event, 'Twin panel').code}").bounding_box()
    workshop = page.locator(f".s-{session_of(event, 'Workshop on roadmaps').code}").bounding_box()
    opening = page.locator(f".s-{session_of(event, 'Opening').code}").bounding_box()
    assert panel
    assert workshop
    assert opening
    assert panel["x"] == opening["x"] < workshop["x"]
    assert opening["y"] < panel["y"] < workshop["y"] < panel["y"] + panel["height"]
    narrow = open_page(day, width=360)
    boxes = [box.bounding_box() for box in narrow.locator(".timetable .session").all()]
    assert len({round(box["x"]) for box in boxes if box}) == 1


def test_a_filter_swaps_the_programme_and_stays_in_the_address(
    open_page: OpenPage, event: Event, day: str
) -> None:
    page = open_page(day)
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Track").select_option("digital")
    expect(page).to_have_url(f"{page.url.partition('?')[0]}?track=digital")
    expect(page.get_by_role("link", name="Twin panel")).to_be_visible()
    expect(page.get_by_role("link", name="Workshop on roadmaps")).to_have_count(0)
    expect(page.get_by_text("2 of 4 sessions")).to_be_visible()
    panel = page.locator(f".s-{session_of(event, 'Twin panel').code}")
    assert panel.evaluate("block => getComputedStyle(block).gridRowStart") != "auto"
    page.reload()
    expect(page.get_by_role("link", name="Workshop on roadmaps")).to_have_count(0)
    page.get_by_role("link", name="Remove the filter Track: Digital").click()
    expect(page.get_by_role("link", name="Workshop on roadmaps")).to_be_visible()
    assert "?" not in page.url


def test_filters_and_search_work_without_script(open_page: OpenPage, day: str) -> None:
    page = open_page(day, java_script_enabled=False, width=360)
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Kind").select_option("workshop")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="Workshop on roadmaps")).to_be_visible()
    expect(page.get_by_role("link", name="Twin panel")).to_have_count(0)
    page.get_by_role("searchbox").fill("ДВОЙНИК")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("link", name="Twin panel")).to_be_visible()


def test_a_visitors_stars_stay_in_the_browser_and_join_the_account(
    open_page: OpenPage, event: Event, day: str
) -> None:
    page = open_page(day)
    star_of(page, "Twin panel").click()
    expect(star_of(page, "Twin panel")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(star_of(page, "Twin panel")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="My agenda").click()
    expect(page.get_by_role("heading", name="My agenda")).to_be_visible()
    expect(page.get_by_role("link", name="Twin panel")).to_be_visible()
    expect(page.get_by_role("link", name="Opening")).to_have_count(0)
    person = PersonFactory()
    sign_in(page, person)
    with page.expect_response("**/me/agenda/merge/"):
        page.goto(day)
    assert starred_codes(person, event) == [session_of(event, "Twin panel").code]
    page.reload()
    expect(star_of(page, "Twin panel")).to_have_attribute("aria-pressed", "true")


def test_stars_of_the_browser_are_on_the_agenda_right_after_the_log_in(
    open_page: OpenPage, event: Event, day: str
) -> None:
    page = open_page(day)
    star_of(page, "Twin panel").click()
    person = PersonFactory()
    sign_in(page, person)
    page.goto("/en/me/")
    expect(page.get_by_role("link", name="Twin panel")).to_be_visible()
    expect(page.get_by_text("Nothing starred yet")).to_have_count(0)
    assert starred_codes(person, event) == [session_of(event, "Twin panel").code]
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_visitor_who_opens_her_agenda_sees_what_the_browser_keeps(
    open_page: OpenPage, event: Event, day: str
) -> None:
    page = open_page(day)
    star_of(page, "Opening").click()
    page.goto(f"/en/events/{event.slug}/agenda/")
    expect(page.get_by_role("link", name="Opening")).to_be_visible()


def test_a_signed_in_person_stars_with_and_without_script(
    open_page: OpenPage, event: Event, day: str
) -> None:
    person = PersonFactory()
    page = open_page(day)
    sign_in(page, person)
    page.goto(day)
    with page.expect_response("**/star/"):
        star_of(page, "Opening").click()
    assert starred_codes(person, event) == [session_of(event, "Opening").code]
    plain = open_page(day, java_script_enabled=False)
    sign_in(plain, person)
    plain.goto(day)
    expect(star_of(plain, "Opening")).to_have_attribute("aria-pressed", "true")
    star_of(plain, "Opening").click()
    expect(star_of(plain, "Opening")).to_have_attribute("aria-pressed", "false")
    assert starred_codes(person, event) == []


def test_the_agenda_names_the_other_session_of_an_overlap(
    open_page: OpenPage, event: Event, day: str
) -> None:
    person = PersonFactory()
    for title in ("Twin panel", "Workshop on roadmaps"):
        star_session(person=person, event=event, code=session_of(event, title).code)
    page = open_page(day)
    sign_in(page, person)
    page.goto(f"/en/events/{event.slug}/agenda/")
    expect(page.get_by_text("Overlaps with “Workshop on roadmaps”, 10:30–12:00")).to_be_visible()
    expect(page.get_by_text("Overlaps with “Twin panel”, 10:00–11:30")).to_be_visible()
    assert_accessible(page)


def test_the_day_names_the_other_session_of_an_overlap(open_page: OpenPage, event: Event, day: str) -> None:
    page = open_page(day, width=360)
    star_of(page, "Twin panel").click()
    star_of(page, "Opening").click()
    expect(page.get_by_text("Overlaps with")).to_have_count(0)
    star_of(page, "Workshop on roadmaps").click()
    expect(page.get_by_text("Overlaps with “Workshop on roadmaps”, 10:30–12:00")).to_be_visible()
    expect(page.get_by_text("Overlaps with “Twin panel”, 10:00–11:30")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.reload()
    expect(page.get_by_text("Overlaps with “Twin panel”, 10:00–11:30")).to_be_visible()
    page.goto(f"{day}?track=digital")  # the workshop is filtered out, and clashes all the same
    expect(page.get_by_text("Overlaps with “Workshop on roadmaps”, 10:30–12:00")).to_be_visible()
    star_of(page, "Twin panel").click()
    expect(page.locator(".session__clash:visible")).to_have_count(0)


def test_a_signed_in_person_sees_overlaps_also_without_script(
    open_page: OpenPage, event: Event, day: str
) -> None:
    person = PersonFactory()
    for title in ("Twin panel", "Workshop on roadmaps"):
        star_session(person=person, event=event, code=session_of(event, title).code)
    for script in (True, False):
        page = open_page("/en/privacy/", java_script_enabled=script)
        sign_in(page, person)
        page.goto(f"/ru{day.removeprefix('/en')}")
        expect(page.locator(".session__clash:visible")).to_have_count(2)
        expect(page.get_by_text("«Мастерская дорожных карт», 10:30–12:00")).to_be_visible()
    page.goto("/en/me/")
    expect(page.get_by_text("Overlaps with “Twin panel”, 10:00–11:30")).to_be_attached()


def test_overlaps_are_told_in_the_time_that_is_shown(open_page: OpenPage, event: Event, day: str) -> None:
    page = open_page(day, timezone_id="Asia/Yekaterinburg")
    for title in ("Twin panel", "Workshop on roadmaps"):
        star_of(page, title).click()
    page.get_by_role("button", name="My time").click()
    expect(page.get_by_text("Overlaps with “Twin panel”, 12:00–13:30")).to_be_visible()
    assert_accessible(page)


def test_event_time_and_my_time(open_page: OpenPage, event: Event, day: str) -> None:
    page = open_page(day, timezone_id="Asia/Yekaterinburg")
    block = page.locator(f".s-{session_of(event, 'Opening').code} .session__time")
    expect(block).to_have_text("09:00–09:30")
    page.get_by_role("button", name="My time").click()
    expect(block).to_have_text("11:00–11:30")
    page.reload()
    expect(block).to_have_text("11:00–11:30")
    page.get_by_role("button", name="Event time").click()
    expect(block).to_have_text("09:00–09:30")


def test_my_time_turns_over_all_times_of_the_grid_and_the_line_of_now(
    open_page: OpenPage, event: Event, day: str
) -> None:
    page = open_page("/en/privacy/", timezone_id="Asia/Yekaterinburg")
    page.clock.set_fixed_time(at(11))
    page.goto(day)
    page.get_by_role("button", name="My time").click()
    expect(page.get_by_role("link", name="13:00 · 2 sessions on now")).to_be_visible()
    expect(page.locator(".now-row__pill [data-clock]")).to_have_text("13:00")
    hours = page.locator(".tick:not(.tick--half)").all_inner_texts()
    assert hours[0] == "11:00"
    expect(page.locator(".pause")).to_contain_text("Nothing between 15:00 and 21:00")


def test_the_zone_stands_wherever_times_do(open_page: OpenPage, event: Event) -> None:
    role = SessionRoleFactory(session=session_of(event, "Opening"), organisation=OrganisationFactory())
    release_programme(event=event, actor=None, note="")
    base = f"/en/events/{event.slug}"
    for path in (
        f"{base}/people/{role.person.code}/",
        f"{base}/organisations/{role.organisation.code}/",
        f"{base}/programme/search/?q=opening",
        f"{base}/changes/1/",
    ):
        page = open_page(path, timezone_id="Asia/Yekaterinburg")
        expect(page.locator("[data-zone-note]")).to_have_text("Moscow (UTC+3)")
        page.context.add_cookies([{"name": "time", "value": "my", "url": page.url}])
        page.reload()
        expect(page.locator("[data-zone-note]")).to_have_text("Your time (UTC+5)")


def test_a_session_shows_both_times_where_they_differ(open_page: OpenPage, event: Event) -> None:
    path = f"/en/events/{event.slug}/sessions/{session_of(event, 'Opening').code}/"
    away = open_page(path, timezone_id="Asia/Yekaterinburg")
    expect(away.locator("your-time")).to_contain_text("11:00")
    at_home = open_page(path, timezone_id="Europe/Moscow")
    expect(at_home.locator("your-time")).to_be_hidden()


def test_the_page_in_the_other_language(open_page: OpenPage, event: Event, day: str) -> None:
    page = open_page(f"{day}?track=digital")
    page.get_by_role("link", name="Русский").click()
    expect(page.get_by_role("link", name="Панель о двойниках")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    assert page.url.endswith(f"/ru/events/{event.slug}/programme/{FIRST_DAY}/?track=digital")


def test_the_line_of_now_counts_what_runs(open_page: OpenPage, event: Event, day: str) -> None:
    page = open_page("/en/privacy/", timezone_id="Europe/Berlin")
    page.clock.set_fixed_time(at(11))
    page.goto(day)
    expect(page.get_by_role("link", name="11:00 · 2 sessions on now")).to_be_visible()
    now = page.locator("#now").bounding_box()
    panel = page.locator(f".s-{session_of(event, 'Twin panel').code}").bounding_box()
    assert now
    assert panel
    assert panel["y"] < now["y"] + now["height"] / 2 < panel["y"] + panel["height"]


def test_from_another_day_the_way_to_now_leads_to_today(open_page: OpenPage, event: Event, day: str) -> None:
    other = f"/en/events/{event.slug}/programme/{FIRST_DAY + dt.timedelta(days=1)}/"
    SessionFactory(event=event, number=50, start=at(34), end=at(35))
    release_programme(event=event, actor=None, note="")
    page = open_page("/en/privacy/", width=360, timezone_id="Europe/Moscow")
    page.clock.set_fixed_time(at(20))
    page.goto(other)
    expect(page.locator(".day.is-today .day__number")).to_have_text(str(FIRST_DAY.day))
    page.get_by_role("link", name="To what is on today").click()
    expect(page).to_have_url(f"{page.evaluate('location.origin')}{day}#now")
    expect(page.locator("#now")).to_be_in_viewport()


def test_a_new_release_reloads_the_programme_in_place(open_page: OpenPage, event: Event, day: str) -> None:
    page = open_page(day)
    page.evaluate("window.stayed = true")
    opening = session_of(event, "Opening")
    opening.title_en = "Grand opening"
    opening.save()
    Session.objects.filter(pk=session_of(event, "Evening").pk).update(state=SessionState.WITHDRAWN)
    number = release_programme(event=event, actor=None, note="").number
    page.evaluate("number => document.querySelector('live-release').arrived(number)", number)
    expect(page.get_by_role("link", name="Grand opening")).to_be_visible()
    expect(page.get_by_role("link", name="Evening")).to_have_count(0)
    expect(page.get_by_text("The programme was updated.")).to_be_visible()
    assert page.evaluate("window.stayed")
    block = page.locator(f".s-{opening.code}")
    assert block.evaluate("block => getComputedStyle(block).gridRowStart") != "auto"


def test_many_rooms_scroll_sideways_inside_the_grid(open_page: OpenPage, event: Event, day: str) -> None:
    for number in range(12):
        SessionFactory(
            event=event, number=100 + number, room=RoomFactory(event=event), start=at(10), end=at(11)
        )
    release_programme(event=event, actor=None, note="")
    page = open_page(day)
    assert_fits(page)
    inside = page.locator(".timetable__list")
    assert inside.evaluate("list => list.scrollWidth > list.clientWidth")
    inside.evaluate("list => list.scrollLeft = 300")
    until(
        page,
        "document.querySelector('.timetable__heads').scrollLeft === document.querySelector('.timetable__list').scrollLeft",
    )
    assert_accessible(page)


def test_only_the_day_that_is_shown_is_marked_in_forced_colours(open_page: OpenPage, day: str) -> None:
    page = open_page(day, forced_colors="active")
    lines = page.locator(".day").evaluate_all(
        "days => days.map(day => getComputedStyle(day).borderBottomColor)"
    )
    current = page.locator(".day[aria-current]").evaluate("day => getComputedStyle(day).borderBottomColor")
    assert len(lines) > 1
    assert lines.count(current) == 1
