"""Why a line of a table cannot be imported, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.programme.schedule.formats.deviations import Deviation
from sessions_app.registration.tables.reading import Problem

SENTENCES: dict[str, Promise] = {
    "too_large": gettext_lazy("The file has %(size)s MB; at most %(limit)s MB are read."),
    "empty": gettext_lazy("The file is empty."),
    "no_email_column": gettext_lazy("No column is called “email”. The first row names the columns."),
    "too_many_rows": gettext_lazy("At most %(limit)s rows are read. Divide the file."),
    "no_email": gettext_lazy("The e-mail address is missing."),
    "bad_email": gettext_lazy("“%(value)s” is not an e-mail address."),
    "repeated": gettext_lazy("“%(value)s” stands in row %(other)s already."),
    "too_long": gettext_lazy("The text in “%(column)s” has more than %(limit)s characters."),
    "bad_region": gettext_lazy("“%(value)s” is not a region's code such as RU-TOM."),
    "bad_language": gettext_lazy("The language “%(value)s” is not known. Write one of: %(known)s."),
    "unknown_category": gettext_lazy("There is no category “%(value)s” in this event."),
    "no_category": gettext_lazy("The category is missing: name it in the row or choose one for all."),
    "no_name": gettext_lazy("The name is missing."),
    "other_address": gettext_lazy(
        "The person with the account “%(value)s” is registered with another address."
    ),
    "other_category": gettext_lazy(
        "“%(value)s” is registered as “%(category)s”. Move her in the list instead."
    ),
    "no_place": gettext_lazy("“%(quota)s” has %(free)s free places, fewer than the table needs."),
}


def sentence(problem: Problem) -> str:
    """Return the problem as a sentence in the active language."""
    deviation = problem.values.get("deviation")
    if isinstance(deviation, Deviation):
        return _(deviation.message) % dict(deviation.values)
    return str(SENTENCES[problem.code]) % dict(problem.values)
