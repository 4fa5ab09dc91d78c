"""What can come of telling a receiver; plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why a receiver does not have a message."""

    ADDRESS = "address"  # it is none that may be used, for example without TLS
    NAME = "name"  # its name leads nowhere
    FORBIDDEN = "forbidden"  # its name leads to an address that is not public
    UNREACHABLE = "unreachable"  # no connection, or it broke off
    CERTIFICATE = "certificate"  # TLS failed, for example for a certificate of another name
    SLOW = "slow"  # no answer in time
    GARBLED = "garbled"  # what it says is no HTTP
    REDIRECT = "redirect"  # it sends elsewhere, where nobody goes
    REFUSED = "refused"  # a status of 400 and more
    BUSY = "busy"  # 429
    BROKEN = "broken"  # a status of 500 and more
    GONE = "gone"  # 410: it wants no more
    OFF = "off"  # the webhook was switched off before
    SEALED = "sealed"  # the secret cannot be opened any more
    ERASED = "erased"  # the person was erased before


# The receiver answers, and at once: others of its messages need not wait.
PROMPT = frozenset({Fault.REDIRECT, Fault.REFUSED, Fault.ADDRESS})


@dataclass(frozen=True)
class Outcome:
    """One attempt: ``answer`` is the beginning of what the receiver said, ``pause`` how long it asks to wait (s)."""

    fault: Fault | None
    status: int | None = None
    answer: str = ""
    seconds: float = 0.0
    pause: int = 0


def fault_of(status: int) -> Fault | None:
    """Return what a status of HTTP means for a delivery; None when the receiver has it."""
    if 200 <= status < 300:
        return None
    if status < 400:
        return Fault.REDIRECT
    if status in (410, 429):
        return Fault.GONE if status == 410 else Fault.BUSY
    return Fault.REFUSED if status < 500 else Fault.BROKEN
