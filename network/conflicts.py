"""Two people edit one thing: who saves second is told what the first one changed, and overwrites nothing unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from network.audit import State, differences

SHORT = 10  # characters of a field's hash: enough to notice a change, nothing is proved by it


class EditConflictError(Exception):
    """Somebody else has changed the thing since it was opened; ``changed`` is field to what stands there now."""

    def __init__(self, changed: State) -> None:
        super().__init__(", ".join(changed))
        self.changed = changed


def seen(state: Mapping[str, Any]) -> str:
    """Return what an editor sees, as a short text that a form carries along: a hash of each field."""
    marks = {name: _mark(value) for name, value in state.items()}
    return json.dumps(marks, separators=(",", ":"), sort_keys=True)


def check_seen(token: str | None, stored: State, wanted: State) -> None:
    """Raise EditConflictError when a field has changed since ``token`` and saving would change something.

    Without a token, or with one that nobody here wrote, nothing is checked.
    """
    try:
        marks = json.loads(token or "")
    except ValueError:
        return
    if not isinstance(marks, dict):
        return
    changed = {name: value for name, value in stored.items() if marks.get(name) != _mark(value)}
    if changed and differences(stored, wanted):
        raise EditConflictError(changed)


def _mark(value: Any) -> str:
    text = "" if value in (None, "", [], {}) else json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:SHORT]
