"""What the exchange says to its team: phases, refusals, room, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from matchmaking.errors import (
    AlreadyAsked,
    ExchangeError,
    HasMeetings,
    MayNotAsk,
    NoCommonTime,
    NotComing,
    NothingToPlan,
    RunGoing,
    SlotTaken,
    WrongPhase,
    WrongState,
)
from matchmaking.states import Phase, Preset

PHASE_NAMES: dict[Phase, Promise] = {
    Phase.SETUP: gettext_lazy("Set-up"),
    Phase.PROFILES: gettext_lazy("Profiles"),
    Phase.REQUESTS: gettext_lazy("Requests"),
    Phase.PLAN: gettext_lazy("Planning"),
    Phase.LIVE: gettext_lazy("Live"),
    Phase.OVER: gettext_lazy("Over"),
}

# What a phase opens, for every way of working and for those in which it differs.
OPENS: dict[Phase, Promise] = {
    Phase.SETUP: gettext_lazy("Only the team sees the exchange."),
    Phase.PROFILES: gettext_lazy(
        "Everybody with a confirmed registration can join, say what they offer and need, and see the others."
    ),
    Phase.REQUESTS: gettext_lazy("People ask each other for meetings. Who agrees gets a place by the plan."),
    Phase.PLAN: gettext_lazy("You make the plan and publish it. Requests still come in for the next one."),
    Phase.LIVE: gettext_lazy(
        "The days of the exchange: people run late, cancel, move, and say what came of it."
    ),
    Phase.OVER: gettext_lazy("Nothing is booked any more; outcomes and notes can still be written."),
}
OPENS_BY_PRESET: dict[tuple[Preset, Phase], Promise] = {
    (Preset.SELF_SERVICE, Phase.REQUESTS): gettext_lazy(
        "People ask each other for meetings. Who agrees gets a time and a table at once."
    ),
    (Preset.SELF_SERVICE, Phase.PLAN): gettext_lazy(
        "You plan what is agreed and has no place yet. People go on booking by themselves."
    ),
    (Preset.HYBRID, Phase.LIVE): gettext_lazy(
        "The plan is out. Who agrees now gets one of the free places at once; a published meeting stays put."
    ),
    (Preset.CURATED, Phase.LIVE): gettext_lazy(
        "The plan is out. Nobody asks any more: you alone add and move meetings."
    ),
}


def opens_in_words(preset: str, phase: Phase) -> str:
    """Return what people and team can do in the phase."""
    return str(OPENS_BY_PRESET.get((Preset(preset), phase), OPENS[phase]))


def room_in_words(days: int, slots: int, tables: int) -> str:
    """Return how many meetings there is room for, and how that comes about."""
    parts = [
        ngettext("%(count)d day", "%(count)d days", days) % {"count": days},
        ngettext("%(count)d slot", "%(count)d slots", slots) % {"count": slots},
        ngettext("%(count)d table", "%(count)d tables", tables) % {"count": tables},
    ]
    room = ngettext("room for %(count)d meeting", "room for %(count)d meetings", slots * tables)
    return f"{', '.join(parts)}: {room % {'count': slots * tables}}"


def refusal_in_words(error: ExchangeError) -> str:
    """Return why something was not done, and what to do."""
    match error:
        case HasMeetings():
            return ngettext(
                "%(count)d meeting stands there, so nothing was changed. Move or cancel it first.",
                "%(count)d meetings stand there, so nothing was changed. Move or cancel them first.",
                error.count,
            ) % {"count": error.count}
        case SlotTaken():
            return _("This place is taken. Nothing was changed; choose another.")
        case NoCommonTime():
            return _("The two have no free time in common at which a table is left.")
        case AlreadyAsked():
            return _("These two have a request or a meeting already.")
        case MayNotAsk():
            return _(
                "These two are kept apart: by the rule of the exchange, or because one does not wish it."
            )
        case NotComing():
            return _("This person has no confirmed registration.")
        case RunGoing():
            return _("A plan is being sought already: one at a time. Wait for it, or stop it.")
        case NothingToPlan():
            return _(
                "Nothing waits for a place: no agreed request is without a meeting, and none could move."
            )
        case WrongPhase() | WrongState():
            return _("This is not possible any more: something changed meanwhile. Look again.")
        case _:
            return _("This could not be done: something changed meanwhile. Look at the page and try again.")
