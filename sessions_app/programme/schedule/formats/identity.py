"""Identities of sessions: the file's own keys, mended where needed, unique over the file.

Whatever is made up here depends only on the file's content and the event's slug, so a
second import of the same file finds the same keys.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from functools import partial

from sessions_app.programme.schedule.formats.messages import Findings
from sessions_app.programme.schedule.formats.raw import RawSession
from sessions_app.programme.schedule.texts import one_line

NAMESPACE = uuid.UUID("0b5d3e3c-6a0a-5d0e-9a55-6f1a9c2f7c11")
LONGEST_NAME = 300  # characters of an identity
LARGEST_NUMBER = 2_147_483_647

_CODE = re.compile(r"[0-9A-Z]{6}")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LEADING_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(slots=True)
class Identified:
    """A session of the file with its final keys; ``names`` are the file's own, strongest first."""

    raw: RawSession
    guid: uuid.UUID
    number: int = 0
    code: str = ""
    names: list[str] = field(default_factory=list)


def derived_guid(slug: str, *parts: str) -> uuid.UUID:
    """Return the UUID that stands for something of the event without one of its own."""
    return uuid.uuid5(NAMESPACE, "\n".join((slug, *parts)).encode(errors="surrogatepass"))


def parsed_guid(text: str) -> uuid.UUID | None:
    """Return the UUID of a text in any usual form (32 digits, braces), None when it is none."""
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        return None


def identify(
    sessions: Sequence[RawSession], slug: str, findings: Findings, expects: frozenset[str]
) -> list[Identified]:
    """Return the sessions with unique guid, number and code; exact repetitions are left out."""
    found = _with_guids(sessions, slug, findings, expects)
    _give_numbers(found, findings, expects)
    _give_codes(found, findings)
    claimed: set[str] = set()
    for item in found:
        item.names = [name for name in _names_of(item.raw) if name not in claimed]
        claimed.update(item.names)
    return found


def _with_guids(
    sessions: Sequence[RawSession], slug: str, findings: Findings, expects: frozenset[str]
) -> list[Identified]:
    found: list[Identified] = []
    owners: dict[uuid.UUID, RawSession] = {}
    for raw in sessions:
        guid = _own_guid(raw, slug, findings) or _made_guid(raw, slug, findings, expects)
        owner = owners.get(guid)
        if owner is not None:
            if _same(owner, raw):
                findings.add("session_repeated", raw.line, title=raw.title, other_line=owner.line)
                continue
            guid = _second_guid(raw, owner, guid, owners, findings)
        owners[guid] = raw
        found.append(Identified(raw=raw, guid=guid))
    return found


def _own_guid(raw: RawSession, slug: str, findings: Findings) -> uuid.UUID | None:
    """Return the guid that the file gives, mended when it is short or no UUID."""
    if raw.guid.strip():
        guid = parsed_guid(raw.guid)
        if guid is None:
            guid = derived_guid(slug, "guid", raw.guid.strip())
            findings.add("guid_invalid", raw.line, value=raw.guid, title=raw.title, guid=guid)
        elif str(guid) != raw.guid.strip().lower():
            findings.add("guid_mended", raw.line, value=raw.guid, title=raw.title, guid=guid)
        return guid
    if raw.uid:
        match = _LEADING_GUID.match(raw.uid)
        return uuid.UUID(match[0]) if match else derived_guid(slug, "uid", raw.uid)
    return None


def _made_guid(raw: RawSession, slug: str, findings: Findings, expects: frozenset[str]) -> uuid.UUID:
    guid = derived_guid(slug, _names_of(raw)[0])
    if "guid" in expects:
        findings.add("guid_missing", raw.line, title=raw.title, guid=guid)
    return guid


def _second_guid(
    raw: RawSession,
    owner: RawSession,
    guid: uuid.UUID,
    taken: dict[uuid.UUID, RawSession],
    findings: Findings,
) -> uuid.UUID:
    """Return another guid for a session whose guid is taken by a different one."""
    same_id = raw.id.strip() == owner.id.strip()
    own_keys = bool(raw.guid.strip() or raw.uid)
    if same_id and raw.id.strip() and raw.guid.strip() and raw.title != owner.title:
        findings.add(
            "same_identity",
            raw.line,
            title=raw.title,
            other=owner.title,
            other_line=owner.line,
            identity=f"{raw.id} / {raw.guid}",
        )
    second = _free(lambda attempt: derived_guid(str(guid), _slot(raw), str(attempt)), taken)
    if own_keys:
        code = "place_repeated" if same_id else "guid_repeated"
    else:
        code = "id_repeated" if raw.id.strip() else "slot_repeated"
    if code == "id_repeated":
        return second  # named with its new number later
    findings.add(code, raw.line, title=raw.title, other=owner.title, other_line=owner.line, guid=second)
    return second


def _give_numbers(found: Sequence[Identified], findings: Findings, expects: frozenset[str]) -> None:
    owners: dict[int, Identified] = {}
    for item in found:
        number = _positive(item.raw.id)
        if number and number not in owners:
            item.number, owners[number] = number, item
    for item in found:
        if item.number:
            continue
        raw = item.raw
        item.number = _free(partial(_six_digits, item.guid.int), owners)
        stated = _positive(raw.id)
        if stated:
            owner = owners[stated].raw
            findings.add(
                "id_repeated",
                raw.line,
                title=raw.title,
                other=owner.title,
                other_line=owner.line,
                number=item.number,
            )
        elif raw.id.strip():
            findings.add("id_invalid", raw.line, value=raw.id, title=raw.title, number=item.number)
        elif "id" in expects:
            findings.add("id_missing", raw.line, title=raw.title, number=item.number)
        owners[item.number] = item


def _give_codes(found: Sequence[Identified], findings: Findings) -> None:
    owners: dict[str, Identified] = {}
    for item in found:
        code = item.raw.code.strip()
        if _CODE.fullmatch(code) and code not in owners:
            item.code, owners[code] = code, item
    for item in found:
        if item.code:
            continue
        raw = item.raw
        item.code = _free(partial(_six_characters, item.guid.int), owners)
        if raw.code.strip() in owners:
            other = owners[raw.code.strip()].raw.title
            findings.add("code_repeated", raw.line, title=raw.title, other=other, code=item.code)
        elif raw.code.strip():
            findings.add("code_invalid", raw.line, value=raw.code, title=raw.title, code=item.code)
        owners[item.code] = item


def _free[Key](make: Callable[[int], Key], taken: Container[Key]) -> Key:
    attempt = 0
    while (key := make(attempt)) in taken:
        attempt += 1
    return key


def _six_digits(seed: int, attempt: int) -> int:
    return 100_000 + (seed + attempt) % 900_000


def _six_characters(seed: int, attempt: int) -> str:
    number, code = seed + attempt, ""
    for _ in range(6):
        number, digit = divmod(number, 36)
        code += _DIGITS[digit]
    return code


def _positive(text: str) -> int | None:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 11):
        return None
    return int(text) if 0 < int(text) <= LARGEST_NUMBER else None


def _names_of(raw: RawSession) -> list[str]:
    names = []
    guid = parsed_guid(raw.guid) if raw.guid.strip() else None
    if guid or raw.guid.strip():
        names.append(f"guid:{guid or raw.guid.strip()}")
    if raw.uid:
        names.append(f"uid:{raw.uid}")
    if raw.id.strip():
        names.append(f"id:{raw.id.strip()}")
    if raw.code.strip():
        names.append(f"code:{raw.code.strip()}")
    names.append(f"slot:{_slot(raw)}")
    return [_bounded(one_line(name)) for name in names]


def _bounded(name: str) -> str:
    """Return a name short enough to be stored, still its own."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:100]}…{uuid.uuid5(NAMESPACE, name)}"


def _slot(raw: RawSession) -> str:
    start = raw.start.isoformat() if raw.start else ""
    return f"{raw.title}|{start}|{raw.room}"


def _same(first: RawSession, second: RawSession) -> bool:
    """Whether two entries of the file say the same."""
    fields = (name for name in RawSession.__slots__ if name != "line")
    return all(getattr(first, name) == getattr(second, name) for name in fields)
