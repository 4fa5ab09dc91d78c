"""What is wrong in a line, and what stands in the way of a delegation, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions_app.registration.errors import Busy, Closed, Full, NotOpenToYou, RegistrationError, WrongState
from sessions_app.registration.services.delegating import AllOrNoneNotHere, NotInHerName, TooManyLines
from sessions_app.registration.services.delegation_places import RemindedToday
from sessions_app.registration.services.delegation_sending import FaultyLines
from sessions_app.registration.tables.people import MOST_LINES, Fault

_FAULTS: dict[str, Promise] = {
    "no_name": gettext_lazy("The name is missing."),
    "no_email": gettext_lazy("The e-mail address is missing."),
    "bad_email": gettext_lazy("This is not an e-mail address."),
    "repeated": gettext_lazy("This address stands in line %(other)s already."),
    "in_delegation": gettext_lazy("Somebody with this address has been invited by this delegation already."),
    "too_long": gettext_lazy("The text has more than %(limit)s characters."),
}
UNREADABLE: dict[str, Promise] = {
    "too_large": gettext_lazy("This is too much text: 2 MB are enough for 500 people."),
    "too_many": gettext_lazy("These are more than 500 rows. A delegation has at most 500 people."),
    "unreadable": gettext_lazy(
        "The file cannot be read. Save it as CSV or XLSX, or copy and paste its rows."
    ),
    "empty": gettext_lazy("There is no row with text in it."),
}


def sentence_of(fault: Fault) -> str:
    """Return what is wrong as a sentence in the active language."""
    return str(_FAULTS[fault.code]) % dict(fault.values)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """What stands in the way, what to do, and the status of the answer."""

    title: str
    text: str
    status: int = 409
    names_lines: bool = False  # whether the lines with faults are listed beside it


def refusal_of(error: RegistrationError) -> Refusal:
    """Return what to tell about an error."""
    nothing = _("Nobody has been invited or cancelled; what you wrote is kept.")
    match error:
        case Busy():
            text = _("Nothing has been sent yet, and what you wrote is kept. Try again in a few seconds.")
            return Refusal(title=_("Many people are registering at this moment"), text=text, status=503)
        case FaultyLines():
            title = ngettext(
                "%(count)d line has to be put right first", "%(count)d lines have to be put right first", error.count
            )  # fmt: skip
            return Refusal(title=title % {"count": error.count}, text=nothing, status=422, names_lines=True)
        case Full():
            text = _("There are %(free)d places left and no waiting list. Take lines out, then send again.")
            return Refusal(title=_("There are not places for all"), text=text % {"free": error.quota.free})
        case Closed():
            text = _("Write to the organiser.")
            return Refusal(title=_("The time for this is over"), text=f"{nothing} {text}")
        case RemindedToday():
            text = _("Those who have not finished get one reminder a day. Try again tomorrow.")
            return Refusal(title=_("They have been reminded already"), text=text)
    return _of_form(error) or Refusal(
        title=_("This is not possible any more"),
        text=_("The delegation or the person has moved on, as you see here. Nothing has been changed."),
    )


def _of_form(error: RegistrationError) -> Refusal | None:
    kept = _("What you wrote is kept.")
    match error:
        case NotOpenToYou():
            title = _("This way in is not open to you")
            return Refusal(title=title, text=_("Choose another one."), status=422)
        case NotInHerName():
            title = _("You do not act for this organisation")
            return Refusal(title=title, text=_("Choose another one, or write its name."), status=422)
        case AllOrNoneNotHere():
            text = _("Here the organiser decides about each person, so places cannot be had all or none.")
            return Refusal(title=_("“All or none” is not possible here"), text=text, status=422)
        case TooManyLines():
            title = _("A delegation has at most %(most)d people") % {"most": MOST_LINES}
            return Refusal(title=title, text=kept, status=422)
        case WrongState():
            return None
    return None
