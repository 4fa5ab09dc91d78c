"""What the desk's pages say: refusals by name, fields, what became of a message."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from network.models import OutboxState
from sessions_app.registration.errors import RegistrationError
from sessions_app.registration.models import Message
from sessions_app.registration.models.registrations import STATE_LABELS

STATE_NAMES: dict[str, str | Promise] = dict(STATE_LABELS)
# Registrations by state, as the tabs above the list say it.
TABS: dict[str, Promise] = {
    "pending": gettext_lazy("For approval"),
    "waiting": gettext_lazy("Waiting list"),
    "offered": gettext_lazy("Offered a place"),
    "invited": gettext_lazy("Invited"),
    "confirmed": gettext_lazy("Confirmed"),
    "declined": gettext_lazy("Declined"),
    "cancelled": gettext_lazy("Cancelled"),
}
REFUSALS: dict[str, Promise] = {
    "Full": gettext_lazy("There is no place left in “%(detail)s”."),
    "Busy": gettext_lazy("Many were registering at that moment. Try this one again."),
    "WrongState": gettext_lazy("Its state does not allow this step any more."),
    "AlreadyRegistered": gettext_lazy("The person or the address has another registration for this event."),
    "NoAddress": gettext_lazy("There is no e-mail address."),
    "Closed": gettext_lazy("The time for changes is over."),
}
FIELDS: dict[str, Promise] = {
    "name": gettext_lazy("full name"),
    "name_latin": gettext_lazy("name in Latin letters"),
    "email": gettext_lazy("e-mail"),
    "phone": gettext_lazy("phone"),
    "organisation": gettext_lazy("organisation in the directory"),
    "organisation_name": gettext_lazy("organisation"),
    "post": gettext_lazy("post"),
    "region": gettext_lazy("region"),
    "locale": gettext_lazy("language"),
    "state": gettext_lazy("state"),
    "category": gettext_lazy("category"),
    "subject": gettext_lazy("subject"),
    "session": gettext_lazy("session"),
    "kind": gettext_lazy("kind of message"),
}


def refusal(name: str, detail: str = "") -> str:
    """Return why a step was refused, by the error's name and what it was about."""
    known = REFUSALS.get(name)
    if known is None:
        return _("This could not be done: something changed meanwhile.")
    return str(known) % {"detail": detail}


def refused(error: RegistrationError) -> str:
    """Return why a step was refused."""
    return refusal(type(error).__name__, str(error))


def delivery_of(message: Message) -> tuple[str, str]:
    """Return what became of a message, as a mark and in words: queued, sent, failed or unknown."""
    outbox = message.outbox
    if outbox is None:
        return "unknown", _("no longer known")
    if outbox.state == OutboxState.DELIVERED:
        return "sent", _("sent")
    if outbox.state == OutboxState.FAILED:
        return "failed", _("came back")
    return "queued", _("queued")


def done_in_words(count: int) -> str:
    """Return how many registrations a step was done to."""
    return ngettext("Done for %(count)d registration.", "Done for %(count)d registrations.", count) % {
        "count": count
    }
