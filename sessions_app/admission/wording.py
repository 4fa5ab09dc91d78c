"""What the door says for each result and reason: to the page's script and to the page without one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import date as date_filter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from network.localised import localised
from sessions_app.admission.models import Gate, Result, Scan
from sessions_app.admission.services.redeeming import Answer
from sessions_app.admission.tickets.rules import Refusal
from sessions_app.events.models import Event

GO, STOP, HOLD = "go", "stop", "hold"
UNKNOWN, LOGGED_OUT = "unknown", "logged_out"


@dataclass(frozen=True)
class Said:
    """What the whole screen says: ``tone`` is go, stop or hold, ``word`` the large word."""

    tone: str
    word: str


def results() -> dict[str, Said]:
    """Return what is said for each result, in the reader's language."""
    return {
        Result.OK: Said(GO, _("Come in")),
        Result.CHECK: Said(HOLD, _("Check the document")),
        Result.ALREADY_REDEEMED: Said(STOP, _("Already in")),
        Result.NOT_ALLOWED: Said(STOP, _("Not here or not now")),
        Result.BLOCKED: Said(STOP, _("Blocked")),
        Result.CANCELLED: Said(STOP, _("Registration cancelled")),
        Result.REVOKED: Said(STOP, _("Replaced by another ticket")),
        Result.WRONG_EVENT: Said(STOP, _("Ticket of another event")),
        Result.INVALID: Said(STOP, _("No valid ticket")),
        # What only a door without a network says.
        UNKNOWN: Said(HOLD, _("Cannot be decided here: there is neither a network nor a list")),
        LOGGED_OUT: Said(HOLD, _("Sign in again to go on")),
    }


def reasons() -> dict[str, str]:
    """Return why a rule does not let somebody in, in the reader's language."""
    return {
        Refusal.CATEGORY: _("This category does not come in here"),
        Refusal.GATE: _("Another gate lets this ticket in"),
        Refusal.DAY: _("The ticket is for another day"),
        Refusal.TIME: _("Not at this time"),
        Refusal.SEAT: _("No seat in this session"),
        "document": _("Compare the name with the passport or another document"),
    }


def detail(answer: Answer, event: Event) -> str:
    """Return what stands under the word: when and where she came in, or why she does not."""
    if answer.result == Result.ALREADY_REDEEMED and answer.first is not None:
        return ", ".join(part for part in (_when(answer.first, event), _where(answer.first)) if part)
    return reasons().get(answer.reason, answer.reason)


def _when(scan: Scan, event: Event) -> str:
    at, now = timezone.localtime(scan.at, event.zone), timezone.localtime(timezone.now(), event.zone)
    clock = f"{at:%H:%M}"
    return clock if at.date() == now.date() else f"{date_filter(at.date(), 'j E')}, {clock}"


def _where(scan: Scan) -> str:
    return str(scan.gate) if scan.gate else ""


def _counted(one: str, other: str) -> dict[str, str]:
    """Return the forms of a count by the names of ``Intl.PluralRules``; ``{count}`` stays."""
    return {
        name: ngettext(one, other, count)
        for name, count in (("one", 1), ("few", 2), ("many", 5), ("other", 5))
    }


def script_words(gates: list[Gate]) -> dict[str, Any]:
    """Return all that the page's script says, in the reader's language, and the gates."""
    return {
        "results": {str(key): {"tone": said.tone, "word": said.word} for key, said in results().items()},
        "reasons": {str(key): text for key, text in reasons().items()},
        "gates": [
            {
                "slug": gate.slug,
                "name": str(gate),
                "names": localised(gate, "name"),
                "prints": bool(gate.badge_size),
            }
            for gate in gates
        ],
        # Translators: how many scans of the door have not reached the server yet; keep {count}
        "waiting": _counted("{count} waiting to send", "{count} waiting to send"),
        "stuck": _counted(
            "{count} was refused by the server: tell the organiser",
            "{count} were refused by the server: tell the organiser",
        ),
        "allSent": _("All sent"),
        "online": _("Online"),
        "noNetwork": _("No network"),
        "listOf": _("List of {time}"),
        "noList": _("No list yet"),
        "ready": _("Works without a network"),
        "notReady": _("Does not work without a network yet"),
        "offline": _("Decided on this device"),
        "undone": _("Taken back"),
        "cameraRefused": _("The camera is not allowed. Allow it in the browser's settings of this page."),
        "cameraMissing": _("No camera was found. A scanner, the characters under the code and names work."),
    }
