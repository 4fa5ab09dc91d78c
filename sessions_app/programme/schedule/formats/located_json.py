"""JSON whose objects know the line they begin in."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from sessions_app.programme.schedule.formats.messages import Findings, Refused

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}]', re.DOTALL)
_NEWLINE = re.compile("\n")


class Located(dict[str, Any]):
    """A JSON object; ``line`` counts from 1."""

    __slots__ = ("line",)

    line: int


def decoded(data: bytes, findings: Findings) -> Any:
    """Return the value of a JSON document, objects as ``Located``; refuse what is not JSON (NaN too)."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        findings.add("encoding", data.count(b"\n", 0, error.start) + 1, encoding="UTF-8")
        raise Refused from error
    lines = _closing_order(text)

    def located(pairs: list[tuple[str, Any]]) -> Located:
        found = Located(pairs)
        found.line = next(lines, 0)
        return found

    try:
        return json.loads(text, object_pairs_hook=located, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        findings.add("not_well_formed", error.lineno, reason=error.msg)
    except RecursionError:
        findings.add("not_well_formed", reason="nested too deeply")
    except ValueError as error:
        findings.add("not_well_formed", reason=str(error))
    raise Refused


def _closing_order(text: str) -> Iterator[int]:
    """Yield the line of each object's opening brace, in the order the objects are closed."""
    newlines = [match.start() for match in _NEWLINE.finditer(text)]
    opened: list[int] = []
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark == "{":
            opened.append(match.start())
        elif mark == "}" and opened:
            yield bisect_right(newlines, opened.pop()) + 1


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
