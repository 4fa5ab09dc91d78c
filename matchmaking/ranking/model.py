"""Who is to be suggested to whom and why, as immutable plain data; keys are the caller's own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Readiness(IntEnum):
    """How far somebody is with what she offers, or how far she wants others to be."""

    UNKNOWN = 0
    IDEA = 1
    PROTOTYPE = 2
    PILOT = 3
    MARKET = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One offer or one need: its words, and what its author ticked; empty means not said."""

    key: int
    text: str = ""
    topics: frozenset[int] = frozenset()
    sectors: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    cooperation: str = ""
    readiness: Readiness = Readiness.UNKNOWN


class Why(StrEnum):
    """Why somebody said "not for me"; values are those of the stored reasons."""

    KNOWN = "known"
    TOPIC = "topic"
    REGION = "region"
    KIND = "kind"
    ORGANISATION = "organisation"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """A "not for me": about whom, why, and what of hers it was about (see ``scoring.feedback_about``)."""

    partner: int
    why: Why = Why.OTHER
    topics: frozenset[int] = frozenset()
    region: str = ""
    organisation: int | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody in the exchange. ``free`` holds keys of slots; ``groups`` are the organiser's tags.

    ``shown`` is how often she was suggested near the top or asked so far: what is balanced. ``blocked``
    and ``asked`` are keys of others; a block or request counts whichever of the two holds it.
    """

    key: int
    organisation: int | None = None
    cluster: int | None = None
    kind: str = ""
    region: str = ""
    languages: frozenset[str] = frozenset()
    topics: frozenset[int] = frozenset()
    groups: frozenset[str] = frozenset()
    offers: tuple[Item, ...] = ()
    needs: tuple[Item, ...] = ()
    free: frozenset[int] = frozenset()
    shown: float = 0
    is_new: bool = False
    blocked: frozenset[int] = frozenset()
    asked: frozenset[int] = frozenset()
    feedback: tuple[Feedback, ...] = ()


class Asking(StrEnum):
    """Who may ask whom; values are those of the exchange's setting."""

    ANYBODY = "anybody"
    OTHER_ORGANISATION = "other_organisation"
    OTHER_CLUSTER = "other_cluster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The organiser's hard rules. ``pairs`` are (asker's group, asked one's group); None lets all groups ask.

    With ``needs_common_slot`` nobody is suggested whom there is no time left to meet.
    """

    asking: Asking = Asking.OTHER_ORGANISATION
    pairs: frozenset[tuple[str, str]] | None = None
    needs_common_language: bool = False
    needs_common_slot: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """That an offer answers a need, and how well (0 to 1)."""

    need: int
    offer: int
    fit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A partner before filters, feedback and exposure; this is what a worker keeps for each participant.

    ``gets`` is what the reader gains (0 to 1) and ``gives`` what the partner does; the two are swapped in
    the partner's list, ``mutual`` is the same there. ``theirs`` are the partner's offers that answer the
    reader's needs, ``ours`` the reader's that answer the partner's, the best first.
    """

    partner: int
    gets: float
    gives: float
    mutual: float
    theirs: tuple[Match, ...] = ()
    ours: tuple[Match, ...] = ()


class ReasonCode(StrEnum):
    """What can be said for a meeting; the parameters of each stand beside it."""

    OFFERS_WHAT_YOU_SEEK = "offers_what_you_seek"  # need, offer, topics
    SEEKS_WHAT_YOU_OFFER = "seeks_what_you_offer"  # need, offer, topics
    SAME_COOPERATION = "same_cooperation"  # kind
    READY_ENOUGH = "ready_enough"  # stage
    WORKS_ON_THE_SAME = "works_on_the_same"  # topics
    SAME_REGION = "same_region"  # region
    BOTH_SPEAK = "both_speak"  # languages
    ANOTHER_CLUSTER = "another_cluster"  # cluster
    FREE_TOGETHER = "free_together"  # slots (how many)
    NEW_HERE = "new_here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason as code and parameters, for the caller to say in the reader's language."""

    code: ReasonCode
    need: int | None = None
    offer: int | None = None
    topics: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    region: str = ""
    cluster: int | None = None
    kind: str = ""
    stage: Readiness = Readiness.UNKNOWN
    slots: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A partner worth meeting: ``score`` is what the order follows, ``common`` the slots free for both."""

    partner: int
    score: float
    gets: float
    gives: float
    mutual: float
    reasons: tuple[Reason, ...]
    common: tuple[int, ...] = ()
