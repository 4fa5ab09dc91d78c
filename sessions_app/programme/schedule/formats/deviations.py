"""What an exchange file says that its format, or Plenum, does not allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sessions_app.programme.schedule.model import Schedule


class Level(StrEnum):
    """``ERROR`` refuses the whole file; ``WARNING`` was mended and is named."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One deviation: ``code`` is stable and for machines, ``line`` counts from 1 (0: the whole file)."""

    level: Level
    code: str
    message: str  # English sentence with %(name)s places, translatable by gettext
    line: int = 0
    values: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """Return the English sentence with its values filled in."""
        return self.message % dict(self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The result of reading a file: a schedule, unless an error refused it."""

    format: str  # xml, json, ics, csv or xlsx
    schedule: Schedule | None
    deviations: tuple[Deviation, ...] = ()
    identities: tuple[
        tuple[str, ...], ...
    ] = ()  # per session of the schedule, in order: the file's own keys, strongest first
    # Likewise: the fields of the session, or "field_language" of a text, on which the file is silent.
    silent: tuple[frozenset[str], ...] = ()

    @property
    def errors(self) -> Sequence[Deviation]:
        """The deviations that refuse the file."""
        return [item for item in self.deviations if item.level is Level.ERROR]

    @property
    def warnings(self) -> Sequence[Deviation]:
        """The deviations that were mended."""
        return [item for item in self.deviations if item.level is Level.WARNING]
