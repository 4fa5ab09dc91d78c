"""What can stand in the way of a registration; each is said to people in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sessions_app.registration.models import Quota


class RegistrationError(Exception):
    """A registration could not be written; nothing was."""


class Busy(RegistrationError):
    """The places were locked by others for longer than three seconds: answer 503, nothing is written."""


class Full(RegistrationError):
    """A quota has no place left."""

    def __init__(self, quota: Quota) -> None:
        super().__init__(quota.name)
        self.quota = quota


class Closed(RegistrationError):
    """Registration, or the category, is not open, or the time for changes is over: answer 409."""


class NotOpenToYou(RegistrationError):
    """The category is not visible to this person, or her code is wrong, used up or expired."""


class NotYours(RegistrationError):
    """The invitation went to an address that whoever finishes the form has not proven to be hers."""


class AlreadyRegistered(RegistrationError):
    """The person or the address has a live registration for the event."""


class OtherBody(RegistrationError):
    """The key of this submit was used with another content: answer 409."""


class WrongState(RegistrationError):
    """The registration is not in a state that allows the step: answer 409."""


class OfferGone(RegistrationError):
    """The offered place has run out by the database's clock: answer 410."""


class InUse(RegistrationError):
    """What should go is still used: ``count`` of whatever uses it."""

    def __init__(self, subject: object, count: int) -> None:
        super().__init__(f"{subject}: {count}")
        self.count = count


class BelowTaken(RegistrationError):
    """A quota cannot be smaller than the number of places that are held; ``name`` says what it is for."""

    def __init__(self, taken: int, name: str = "") -> None:
        super().__init__(str(taken))
        self.taken, self.name = taken, name


class VersionNeeded(RegistrationError):
    """The text of a consent changed under the same version; ``proposal`` is one that it could have."""

    def __init__(self, proposal: str) -> None:
        super().__init__(proposal)
        self.proposal = proposal


class OrderNeeded(RegistrationError):
    """A question cannot stand before the one whose answer decides whether it is asked."""


class KindFixed(RegistrationError):
    """A question that has answers keeps its kind."""


class WrongCode(RegistrationError):
    """The code from the letter was another one; ``left`` is how many tries are left."""

    def __init__(self, left: int) -> None:
        super().__init__(str(left))
        self.left = left


class CodeGone(RegistrationError):
    """The code has been used, has expired, or was tried too often: another one must be sent."""


class NoSeats(RegistrationError):
    """The session takes no sign-ups: it has no limited seats, is not held, or has begun."""
