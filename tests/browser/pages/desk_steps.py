"""What leads to the states of the back office's pages."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.pages.visit import Visit

NEW = """number,start,end,room,title_en
1,2026-09-14 09:00,2026-09-14 09:30,Hall,Opening
2,2026-09-14 25:00,2026-09-14 10:30,Hall,Lunch
"""
# Where the tabs stand, whatever they are called in the viewer's language.
TABS = {"People": 1, "Materials": 2, "Venue and rooms": 2}
WRONG = "<schedule><day></schedule>"


def _send(visit: Visit, text: str) -> None:
    visit.page.locator("#id_text").fill(text)
    visit.press("Preview")


def import_with_warnings(visit: Visit) -> None:
    """Preview a table of which some lines cannot be read as they stand."""
    _send(visit, NEW)


def import_what_is_there(visit: Visit) -> None:
    """Preview the event's own file, which changes nothing."""
    request = visit.page.request.get("/events/{forum}/schedule.xml".format(**visit.places))
    _send(visit, request.text())


def import_another_schedule(visit: Visit) -> None:
    """Preview another event's file: much is new and much is withdrawn."""
    request = visit.page.request.get("/events/{rough}/schedule.xml".format(rough="rough"))
    _send(visit, request.text().replace("rough", visit.places["forum"]))


def import_what_is_no_schedule(visit: Visit) -> None:
    """Preview a broken file."""
    _send(visit, WRONG)


def import_nothing(visit: Visit) -> None:
    """Ask for a preview of nothing."""
    visit.press("Preview")


def release_without_a_reason(visit: Visit) -> None:
    """Release in spite of clashes without saying why."""
    visit.press("Release now")


def save_without_a_title(visit: Visit) -> None:
    """Save a form of which something is missing."""
    visit.page.locator("#id_title_en, #id_name_en, #id_name").first.fill("")
    visit.page.locator("form[data-edit-form], main form[method=post]").first.evaluate(
        "form => form.noValidate = true"
    )
    visit.page.locator("main form[method=post] button[type=submit]").first.click()


def tab(name: str):
    """Return the step that opens this tab."""

    def open_tab(visit: Visit) -> None:
        visit.page.get_by_role("tab").nth(TABS[name]).click()

    return open_tab


def add_a_role(visit: Visit) -> None:
    """Add an empty row to a session's people."""
    tab("People")(visit)
    visit.page.locator("#id_roles-ADD").click()


def choose_a_person(visit: Visit) -> None:
    """Open the dialog in which a person is chosen."""
    add_a_role(visit)
    visit.page.locator("[id$=person-chooser] [data-chooser-action-choose]:visible").last.click()
    expect(visit.page.locator(".modal-dialog")).to_be_visible()
    visit.page.wait_for_timeout(400)


def enter_a_new_person(visit: Visit) -> None:
    """Open the dialog's form for a new person."""
    choose_a_person(visit)
    visit.page.locator(".modal-dialog").get_by_role("tab").last.click()


def filters(visit: Visit) -> None:
    """Open the list's filters."""
    visit.page.get_by_role("button", name=visit.word("Show filters")).click()
