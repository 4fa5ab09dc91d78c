"""What leads to states of the programme's pages."""

from __future__ import annotations

from network.paper import printing
from tests.browser.pages.visit import Visit


def ask_a_busy_printer(visit: Visit) -> None:
    """Ask for a day for the pocket while others print."""
    taken = 0
    while printing._free.acquire(blocking=False):
        taken += 1
    try:
        visit.goto("/en/events/{past}/programme/{past_day}/pocket.pdf")
    finally:
        printing._free.release(taken)
