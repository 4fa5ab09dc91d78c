"""Every sentence about a deviation: code, level and English text, found by gettext.

A code is stable; its text may be rewritten.
"""

from __future__ import annotations

from sessions_app.programme.schedule.formats.deviations import Deviation, Level
from sessions_app.programme.schedule.texts import one_line


def gettext_noop(message: str) -> str:
    """Return the message; its name tells gettext to collect it."""
    return message


ERRORS = {
    "too_large": gettext_noop("The file has %(size)s MB; at most %(limit)s MB are read."),
    "unknown_format": gettext_noop("The format “%(format)s” is not known."),
    "empty": gettext_noop("The file is empty."),
    "encoding": gettext_noop("The text is not valid %(encoding)s. Save the file as UTF-8 and try again."),
    "not_well_formed": gettext_noop("The file is not well-formed: %(reason)s"),
    "not_a_schedule": gettext_noop("The file holds no schedule: %(reason)s"),
    "doctype": gettext_noop("The file declares a document type or entities, which are not read."),
    "unknown_zone": gettext_noop("The time zone “%(zone)s” is not known."),
    "bad_date": gettext_noop("“%(value)s” of “%(title)s” is not a date with a time."),
    "bad_day": gettext_noop("Day %(index)s has no readable date: “%(value)s”."),
    "time_in_gap": gettext_noop(
        "“%(title)s”: %(value)s does not exist in %(zone)s, because the clocks are put forward then."
    ),
    "session_too_long": gettext_noop("“%(title)s” lasts %(length)s; a session lasts at most 24 hours."),
    "bad_duration": gettext_noop("“%(value)s” of “%(title)s” is not a duration (HH:MM or DD:HH:MM)."),
    "same_identity": gettext_noop(
        "“%(title)s” and “%(other)s” in line %(other_line)s have the same id and guid %(identity)s."
    ),
    "column_missing": gettext_noop("The table has no column “%(column)s”. The first row names the columns."),
    "row_unreadable": gettext_noop("The row cannot be read: %(reason)s"),
}

WARNINGS = {
    "zone_missing": gettext_noop("The file names no time zone; %(zone)s is taken."),
    "zone_by_abbreviation": gettext_noop("The time zone “%(value)s” is read as %(zone)s."),
    "acronym_mended": gettext_noop("The acronym “%(value)s” becomes “%(slug)s”."),
    "title_missing": gettext_noop("An entry has no title; it is called “%(title)s”."),
    "event_title_missing": gettext_noop("The event has no title; it is called “%(title)s”."),
    "version_missing": gettext_noop("The schedule names no version."),
    "text_cut": gettext_noop("“%(field)s” of “%(title)s” has %(length)s characters and is cut to %(limit)s."),
    "characters_removed": gettext_noop("Control characters are removed from “%(field)s” of “%(title)s”."),
    "html_removed": gettext_noop(
        "“%(field)s” of “%(title)s” has HTML that is not allowed; it is removed: %(removed)s"
    ),
    "link_dropped": gettext_noop(
        "The address “%(url)s” of “%(title)s” is not a web address and is left out."
    ),
    "day_without_start": gettext_noop("Day %(index)s has no start; it starts at %(start)s."),
    "day_without_end": gettext_noop("Day %(index)s has no end; it ends at %(end)s."),
    "day_end_before_start": gettext_noop("Day %(index)s ends before it starts; it ends at %(end)s."),
    "day_date_differs": gettext_noop("Day %(index)s is dated %(value)s, but lies on %(date)s in %(zone)s."),
    "day_repeated": gettext_noop("Day %(date)s is given twice; both are read as one."),
    "day_unlisted": gettext_noop("“%(title)s” lies on %(date)s, for which the file has no day; it is added."),
    "offset_missing": gettext_noop("“%(title)s”: %(value)s has no offset from UTC and is read in %(zone)s."),
    "time_twice": gettext_noop("“%(title)s”: %(value)s exists twice in %(zone)s; the first is taken."),
    "start_differs": gettext_noop(
        "“%(title)s” starts at %(value)s, but its date says %(start)s; the date counts."
    ),
    "end_missing": gettext_noop("“%(title)s” has no duration; %(length)s is taken."),
    "end_before_start": gettext_noop("“%(title)s” does not end after its start; %(length)s is taken."),
    "all_day_skipped": gettext_noop("“%(title)s” has a date without a time and is left out."),
    "cancelled_skipped": gettext_noop("“%(title)s” is cancelled and is left out."),
    "recurrence_ignored": gettext_noop("“%(title)s” is repeated by a rule; only the first time is read."),
    "time_missing": gettext_noop("“%(title)s” has no complete date and time; it is read as not yet planned."),
    "guid_mended": gettext_noop(
        "The guid “%(value)s” of “%(title)s” is not in the usual form; it is read as %(guid)s."
    ),
    "guid_invalid": gettext_noop("The guid “%(value)s” of “%(title)s” is not a UUID; it gets %(guid)s."),
    "guid_missing": gettext_noop("“%(title)s” has no guid; it gets %(guid)s."),
    "guid_repeated": gettext_noop(
        "“%(title)s” has the guid of “%(other)s” in line %(other_line)s; it gets %(guid)s."
    ),
    "id_invalid": gettext_noop(
        "The id “%(value)s” of “%(title)s” is not a positive number; it gets %(number)s."
    ),
    "id_missing": gettext_noop("“%(title)s” has no id; it gets %(number)s."),
    "id_repeated": gettext_noop(
        "“%(title)s” has the id of “%(other)s” in line %(other_line)s; it gets %(number)s."
    ),
    "code_invalid": gettext_noop(
        "The code “%(value)s” of “%(title)s” is not six of 0-9 and A-Z; it gets %(code)s."
    ),
    "code_repeated": gettext_noop("“%(title)s” has the code of “%(other)s”; it gets %(code)s."),
    "session_repeated": gettext_noop("“%(title)s” is the same as in line %(other_line)s and is read once."),
    "place_repeated": gettext_noop(
        "“%(title)s” is held again with the id and guid of line %(other_line)s; it gets its own, %(guid)s."
    ),
    "slot_repeated": gettext_noop(
        "“%(title)s” stands in line %(other_line)s too, at the same time and place."
    ),
    "day_extended": gettext_noop(
        "Day %(index)s ends before a session that stands under it; it now ends at %(end)s."
    ),
    "room_differs": gettext_noop(
        "“%(title)s” stands under room “%(room)s” but names “%(value)s”; it stays there."
    ),
    "room_guid_invalid": gettext_noop(
        "The guid “%(value)s” of room “%(room)s” is not a UUID of its own; it gets %(guid)s."
    ),
    "person_renamed": gettext_noop(
        "The person %(id)s is called “%(name)s” and “%(other)s”; the first name is kept."
    ),
    "person_without_name": gettext_noop("A person of “%(title)s” has no name and is left out."),
    "role_unknown": gettext_noop("The role “%(value)s” of %(name)s is not known; “speaker” is taken."),
    "number_unreadable": gettext_noop("“%(value)s” in “%(field)s” is not a whole number and is left out."),
    "wrong_type": gettext_noop("“%(field)s” of “%(title)s” has an unexpected form and is left out."),
    "unknown_field": gettext_noop("“%(field)s” is not part of the format and is not read; found: %(count)s."),
    "slug_mended": gettext_noop("The slug “%(value)s” does not fit the format; it is written anew."),
    "element_missing": gettext_noop("“%(field)s” of “%(title)s” is missing."),
    "element_empty": gettext_noop("“%(field)s” of “%(title)s” is empty."),
    "line_skipped": gettext_noop("The line cannot be read and is left out: %(reason)s"),
    "cell_error": gettext_noop("The cell “%(field)s” holds the error %(value)s and is left out."),
}

MESSAGES = {
    **{code: (Level.ERROR, text) for code, text in ERRORS.items()},
    **{code: (Level.WARNING, text) for code, text in WARNINGS.items()},
}

SHOWN = 120  # characters of a value that a message repeats


class Findings:
    """The deviations of one file, in the order they are found."""

    def __init__(self) -> None:
        self._found: list[Deviation] = []

    def add(self, code: str, line: int = 0, /, **values: object) -> None:
        """Name one deviation by its code; ``line`` counts from 1, 0 is the whole file."""
        level, message = MESSAGES[code]
        shown = tuple((name, _shortened(str(value))) for name, value in values.items())
        self._found.append(Deviation(level=level, code=code, message=message, line=line, values=shown))

    @property
    def refused(self) -> bool:
        """Whether an error refuses the file."""
        return any(deviation.level is Level.ERROR for deviation in self._found)

    def sorted(self) -> tuple[Deviation, ...]:
        """Return all deviations, errors first, then by line."""
        return tuple(sorted(self._found, key=lambda item: (item.level is not Level.ERROR, item.line)))


class Refused(Exception):
    """The file cannot be read any further; the findings say why."""


def _shortened(value: str) -> str:
    value = one_line(value)
    return value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
