"""What leads to the states of the door's page."""

from __future__ import annotations

from tests.browser.pages.visit import Visit


def show_no_ticket(visit: Visit) -> None:
    """Send the form past the page's script, with a code that nobody signed."""
    visit.page.locator("#code").fill("P1" + "A" * 125)
    with visit.page.expect_navigation():
        visit.page.locator("#find").evaluate("form => form.submit()")


def look_for_nobody(visit: Visit) -> None:
    """Send the form past the page's script, with a name that nobody has."""
    visit.page.locator("#code").fill("Nobody Atall")
    with visit.page.expect_navigation():
        visit.page.locator("#find").evaluate("form => form.submit()")
