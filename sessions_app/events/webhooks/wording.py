"""Webhooks in words: what is wrong with an address, what came of a message, why a step was refused."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.models import OutboxState
from sessions_app.events.models import WebhookDelivery
from sessions_app.events.webhooks import services
from sessions_app.events.webhooks.addresses import Wrong
from sessions_app.events.webhooks.outcomes import Fault

WRONG: dict[Wrong, Promise] = {
    Wrong.NO_ADDRESS: gettext_lazy("Write the whole address, for example https://example.org/plenum."),
    Wrong.TOO_LONG: gettext_lazy("The address is too long: at most 500 characters."),
    Wrong.NOT_HTTPS: gettext_lazy("The address must begin with https://, so that nobody reads along."),
    Wrong.LOG_IN: gettext_lazy(
        "Leave the name and password out of the address: the signature proves who sends."
    ),
    Wrong.PORT: gettext_lazy("Use the usual port or one from 1024 on."),
    Wrong.PRIVATE: gettext_lazy(
        "This address is not public. Webhooks reach servers of the open internet only."
    ),
}
FAULTS: dict[Fault, Promise] = {
    Fault.ADDRESS: gettext_lazy("The address is none that may be used here."),
    Fault.NAME: gettext_lazy("The server's name is not known."),
    Fault.FORBIDDEN: gettext_lazy(
        "The server's name leads to an address that is not public: nothing was sent."
    ),
    Fault.UNREACHABLE: gettext_lazy("The server could not be reached, or it broke the connection off."),
    Fault.CERTIFICATE: gettext_lazy("The server's certificate is not valid for this name."),
    Fault.SLOW: gettext_lazy("The server did not answer in time."),
    Fault.GARBLED: gettext_lazy("The server's answer was no HTTP."),
    Fault.REDIRECT: gettext_lazy("The server sends elsewhere. Enter the address at which it takes messages."),
    Fault.REFUSED: gettext_lazy("The server refused the message."),
    Fault.BUSY: gettext_lazy("The server asks for a slower pace."),
    Fault.BROKEN: gettext_lazy("The server reports a fault of its own."),
    Fault.GONE: gettext_lazy("The server wants no more messages; the webhook was switched off."),
    Fault.OFF: gettext_lazy("The webhook was switched off before it was sent."),
    Fault.SEALED: gettext_lazy(
        "The secret cannot be opened any more, as the platform's own was changed. Make a new secret."
    ),
    Fault.ERASED: gettext_lazy("The person was erased before; the message is empty."),
}


def refusal(error: services.WebhookError) -> str:
    """Say why a step with a webhook was refused."""
    if isinstance(error, services.AddressTaken):
        return _("Another webhook of this event has this address.")
    if isinstance(error, services.TooMany):
        return _("An event has at most %(count)d webhooks. Delete one first.") % {"count": services.MOST}
    if isinstance(error, services.SwitchedOff):
        return _("The webhook is switched off. Switch it on first.")
    if isinstance(error, services.NothingToSend):
        return _("This message waits already, or its content is gone.")
    return _("Choose at least one thing that is told.")


def reason_of(delivery: WebhookDelivery) -> str:
    """Say what stood in the way at the last attempt; empty when nothing did."""
    if delivery.fault:
        said = str(FAULTS[Fault(delivery.fault)])
        return f"{said} (HTTP {delivery.status})" if delivery.status else said
    if delivery.outbox.state == OutboxState.FAILED:
        return _("It could not be sent; the platform's log says more.")
    return ""
