"""What can stand in the way of a meeting; each is said to people in its own words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matchmaking.models import Slot


class ExchangeError(Exception):
    """Something of the exchange could not be written; nothing was."""


class WrongPhase(ExchangeError):
    """The exchange is not in a phase that allows the step: answer 409."""


class NotComing(ExchangeError):
    """Somebody without a confirmed registration cannot join by herself."""


class MayNotAsk(ExchangeError):
    """The exchange's rule, a block or a missing offer keeps the two apart."""


class TooManyOpen(ExchangeError):
    """The participant has as many unanswered requests as the exchange allows."""


class AlreadyAsked(ExchangeError):
    """There is a live request between the two."""


class WrongState(ExchangeError):
    """The request or meeting is not in a state that allows the step: answer 409."""


class NotYourTurn(ExchangeError):
    """The other side must answer."""


class SlotTaken(ExchangeError):
    """One of the two, or every table, is taken in the slot: answer 409 with the next free ones."""

    def __init__(self, free: Iterable[Slot] = ()) -> None:
        super().__init__("slot_taken")
        self.free = list(free)


class NoCommonTime(ExchangeError):
    """The two have no free slot in common, or no table is left in any."""


class HasMeetings(ExchangeError):
    """What should go still holds ``count`` meetings; nothing is moved without being told."""

    def __init__(self, count: int) -> None:
        super().__init__(str(count))
        self.count = count


class RunGoing(ExchangeError):
    """A plan is being sought already: one run at a time."""


class NothingToPlan(ExchangeError):
    """No agreed request waits for a place, and no meeting could be moved."""


class PlanOutdated(ExchangeError):
    """What a proposal changes has changed meanwhile; ``reasons`` are (code of the reason, who it is about)."""

    def __init__(self, reasons: Iterable[tuple[str, str]]) -> None:
        self.reasons = list(reasons)
        super().__init__(str(len(self.reasons)))
