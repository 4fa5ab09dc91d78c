"""What participants are told when a step could not be done: a sentence, and the status of the answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matchmaking.errors import (
    AlreadyAsked,
    ExchangeError,
    MayNotAsk,
    NoCommonTime,
    NotComing,
    NotYourTurn,
    SlotTaken,
    TooManyOpen,
    WrongPhase,
    WrongState,
)
from matchmaking.models import Slot


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step was not done and what to do; ``free`` are the next slots that would do."""

    title: str
    text: str
    status: int = 409
    free: tuple[Slot, ...] = ()


def refusal_of(error: ExchangeError) -> Refusal:
    """Return what to tell the participant of the error."""
    match error:
        case SlotTaken():
            return _taken(error)
        case NoCommonTime():
            return Refusal(
                _("No time in common"),
                _(
                    "The two of you have no free time in common at which a table is left. Nothing was changed."
                ),
            )
        case TooManyOpen():
            most = int(str(error) or 0)
            words = ngettext(
                "You may wait for %(count)d answer at a time. Take a request back, or wait for the answer.",
                "You may wait for %(count)d answers at a time. Take one back, or wait for an answer.",
                most,
            )
            return Refusal(_("Too many open requests"), words % {"count": most})
        case AlreadyAsked():
            return Refusal(_("There is a request already"), _("You find it among your requests."))
        case MayNotAsk():
            return Refusal(
                _("This is not possible"),
                _("The rules of the exchange keep the two of you apart, or one of you does not wish it."),
                status=403,
            )
        case NotComing():
            return Refusal(
                _("You are not registered yet"),
                _("Everybody with a confirmed registration for the event can take part."),
                status=403,
            )
        case NotYourTurn():
            return Refusal(_("The other side answers now"), _("You will hear of it by mail."))
        case WrongPhase():
            return Refusal(_("Not now"), _("The exchange is in a phase in which this cannot be done."))
        case WrongState():
            return Refusal(
                _("This is over already"),
                _("It was answered, taken back or cancelled meanwhile, or its time has run out."),
            )
        case _:
            return Refusal(_("This could not be done"), _("Something changed meanwhile. Look again."))


def _taken(error: SlotTaken) -> Refusal:
    text = (
        _("Somebody was faster. What you wrote is kept; these times are still free for both of you.")
        if error.free
        else _("Somebody was faster, or the time has begun. Choose another one; what you wrote is kept.")
    )
    return Refusal(_("This time is taken"), text, free=tuple(error.free))
