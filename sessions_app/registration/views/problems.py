"""What stands in the way of a registration, in words: what happened, where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from sessions_app.registration.errors import (
    AlreadyRegistered,
    Busy,
    Closed,
    Full,
    NotOpenToYou,
    NotYours,
    OtherBody,
    RegistrationError,
    WrongState,
)
from sessions_app.registration.links import status_path
from sessions_app.registration.queries import live_registration

if TYPE_CHECKING:
    from sessions_app.registration.views.visit import Visit

STATUS: dict[type[RegistrationError], int] = {Busy: 503, NotOpenToYou: 422}


@dataclass(frozen=True, kw_only=False)
class Problem:
    """A heading and what to do; ``field`` is the id of the field it is about, ``url`` where to go instead.

    ``own_page`` is where the person's registration stands, when that answers better than the form.
    """

    title: str
    text: str
    field: str = ""
    url: str = ""
    action: str = ""
    own_page: str = ""


def problem_of(error: RegistrationError, found: Visit) -> Problem:
    """Return what to tell about an error."""
    match error:
        case Busy():
            return Problem(
                _("Many people are registering at this moment"),
                _("Nothing has been sent yet. What you wrote stands below: send it again in a few seconds."),
            )
        case Full():
            return _full(error, found)
        case Closed():
            return Problem(
                _("Registration has closed"),
                _(
                    "The time for it is over, and nothing has been sent. What you wrote stands below; ask the organiser whether you can still come."
                ),
            )
        case NotOpenToYou():
            return Problem(
                _("This way in is not open to you"),
                _("Choose another one, or look whether your invitation code is right and still valid."),
                field="id_code" if found.code else "id_category" if len(found.choices) > 1 else "",
            )
        case NotYours():
            return Problem(
                _("This invitation went to another address"),
                _(
                    "You are signed in with an address to which it did not go. Sign out and open the letter's link again: a code to that address finishes the registration. What you wrote is kept."
                ),
            )
        case AlreadyRegistered() | WrongState():
            return _already(found)
        case OtherBody():
            return _other_body(found)
    return Problem(_("This could not be sent"), _("What you wrote stands below. Try again."))


def _full(error: Full, found: Visit) -> Problem:
    for question in found.questions:
        for choice in question.choices.all():
            if choice.quota_id == error.quota.pk:
                return Problem(
                    _("“%(answer)s” is full now") % {"answer": choice.label or choice.key},
                    _("The last place went while you were writing. Choose another answer; all else is kept."),
                    field=f"id_q-{question.key}",
                )
    return Problem(
        _("All places are taken"),
        _("There is no waiting list here. What you wrote is kept: look in again, places may become free."),
        field="id_category",
    )


def _already(found: Visit) -> Problem:
    own = live_registration(found.event, found.request.user)
    text = _("You are registered already: this is how it stands.")
    return Problem(
        _("There is a registration already"),
        _("This e-mail address is registered for the event. Look for the letter that we sent to it."),
    ) if own is None else Problem(_("You are registered"), text, own_page=status_path(own))  # fmt: skip


def _other_body(found: Visit) -> Problem:
    own = live_registration(found.event, found.request.user)
    return Problem(
        _("This form has been sent before, with other answers"),
        _(
            "Your registration stands as it was sent first. What you wrote now is kept below; change your registration on its own page."
        ),
        url=status_path(own) if own else "",
        action=_("See my registration"),
    )
