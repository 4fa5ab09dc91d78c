"""What leads to the states of the registrar's desk."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.pages.visit import Visit

WRONG = "name;category\nAda Example;nosuch\n"
NEW = "e-mail;name;category\nada@table.example;Ada Example;category-1\n"


def mark(action: str) -> Callable[[Visit], None]:
    """Return the step that marks the first of the list and chooses what to do."""

    def chosen(visit: Visit) -> None:
        visit.page.locator("input[name=code]").first.check()
        visit.page.locator("#bulk-action").select_option(action)
        visit.page.locator(".rg-bulk button").click()

    return chosen


def preview_a_message(visit: Visit) -> None:
    """Write to one of the list and look at the letter."""
    mark("message")(visit)
    for language in ("en", "ru"):
        visit.page.locator(f"#id_subject_{language}").fill("News")
        visit.page.locator(f"#id_body_{language}").fill("Dear {name}, see {link}")
    visit.page.locator("button[value=preview]").click()


def send_a_message(visit: Visit) -> None:
    """Send it."""
    preview_a_message(visit)
    visit.page.locator("button[value=run]").click()


def _import(visit: Visit, text: str) -> None:
    content = {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
    visit.page.locator("input[type=file]").set_input_files([content])
    visit.page.locator("form.bo-form button").last.click()


def import_wrongly(visit: Visit) -> None:
    """Preview a table in which something is wrong."""
    _import(visit, WRONG)


def import_new(visit: Visit) -> None:
    """Preview a table with somebody new."""
    _import(visit, NEW)
