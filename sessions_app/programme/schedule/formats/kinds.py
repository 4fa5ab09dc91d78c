"""What foreign files call the kinds of sessions and the roles of people."""

from __future__ import annotations

import re

from sessions_app.programme.schedule.model import Role, SessionKind

# The first line with a word that begins a word of the text decides; our own values come first.
_KINDS: tuple[tuple[SessionKind, str], ...] = (
    (SessionKind.PROJECT_GROUP, "project_group|project group|project session|проектн|группова"),
    (SessionKind.DEFENCE, "defence|defense|viva|pitch|защит"),
    (SessionKind.EXCHANGE, "exchange|matchmaking|brokerage|b2b|speed dating|биржа|контакт|деловые встречи"),
    (SessionKind.PANEL, "panel|discussion|debate|round table|roundtable|podium|панел|дискусси|круглый стол"),
    (SessionKind.PLENARY, "plenar|keynote|opening|closing|ceremony|пленар|открыти|закрыти"),
    (
        SessionKind.BREAK,
        "break|coffee|lunch|breakfast|brunch|dinner break|pause|meal|registration|"
        "перерыв|кофе|обед|завтрак|ужин|регистрац",
    ),
    (
        SessionKind.SOCIAL,
        "social|party|dinner|reception|performance|concert|music|game|excursion|tour|show|film|movie|"
        "приём|прием|концерт|экскурси|фуршет|вечер",
    ),
    (
        SessionKind.WORKSHOP,
        "workshop|hands-on|hands on|tutorial|training|hackathon|sprint|hacking|lab|bof|birds of a feather|"
        "meeting|meetup|self-organized|мастер-класс|мастерск|тренинг|воркшоп|практикум|семинар|встреча|совещан",
    ),
    (SessionKind.LECTURE, "lecture|talk|presentation|лекци|доклад|выступлени"),
)
_PATTERNS = tuple((kind, re.compile(rf"(?<!\w)(?:{words})", re.IGNORECASE)) for kind, words in _KINDS)
_EXACT_KINDS = {kind.value: kind for kind in SessionKind}

_ROLES: dict[str, Role] = {
    **{role.value: role for role in Role},
    "": Role.SPEAKER,
    "host": Role.MODERATOR,
    "chair": Role.MODERATOR,
    "facilitator": Role.MODERATOR,
    "presenter": Role.SPEAKER,
    "coordinator": Role.LEAD,
    "panelist": Role.PANELLIST,
    "leader": Role.LEAD,
    "judge": Role.JURY,
    "модератор": Role.MODERATOR,
    "ведущий": Role.MODERATOR,
    "ведущая": Role.MODERATOR,
    "спикер": Role.SPEAKER,
    "докладчик": Role.SPEAKER,
    "участник панели": Role.PANELLIST,
    "эксперт": Role.EXPERT,
    "жюри": Role.JURY,
    "руководитель": Role.LEAD,
}


def kind_named(text: str) -> SessionKind:
    """Return the kind that a file's type text means; what is not known is a lecture."""
    exact = exact_kind(text)
    if exact:
        return exact
    for kind, pattern in _PATTERNS:
        if pattern.search(text):
            return kind
    return SessionKind.LECTURE


def exact_kind(text: str) -> SessionKind | None:
    """Return the kind whose own value the text is."""
    return _EXACT_KINDS.get(text.strip().lower())


def role_named(text: str) -> Role | None:
    """Return the role that a file's word means, None when it is not known."""
    return _ROLES.get(text.strip().lower())
