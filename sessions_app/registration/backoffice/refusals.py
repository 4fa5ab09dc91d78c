"""Why a service refused, in words for the team: what happened and what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions_app.registration.errors import (
    BelowTaken,
    Busy,
    Full,
    InUse,
    KindFixed,
    OrderNeeded,
    RegistrationError,
    VersionNeeded,
)


def in_words(error: RegistrationError) -> str:
    """Return the sentence."""
    match error:
        case BelowTaken():
            said = ngettext(
                "%(count)d place is taken already: the size cannot be smaller.",
                "%(count)d places are taken already: the size cannot be smaller.",
                error.taken,
            ) % {"count": error.taken}
            return f"“{error.name}”: {said}" if error.name else said
        case Busy():
            return _("Many are registering at this moment, so nothing was saved. Press the button again.")
        case Full():
            return _("“%(quota)s” has too few places for those who hold one now. Enlarge it first.") % {
                "quota": error.quota
            }
        case InUse():
            return ngettext(
                "It is still used %(count)d time, so it stays.",
                "It is still used %(count)d times, so it stays.",
                error.count,
            ) % {"count": error.count}
        case VersionNeeded():
            return _("The text changed: give it a new version, for example %(version)s.") % {
                "version": error.proposal
            }
        case OrderNeeded():
            return _("A question stands after the one whose answer decides whether it is asked.")
        case KindFixed():
            return _("The question has answers already, so its kind stays as it is. Make a new question.")
        case _:
            return _("This could not be done: something changed meanwhile. Look at the list and try again.")
