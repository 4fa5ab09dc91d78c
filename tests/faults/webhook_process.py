"""A process of its own for the fault tests of webhooks, as its arguments say.

Commands: ``announce ADDRESS``, ``deliver SECONDS_FROM_NOW``, ``wait`` (deliver, with much patience),
``die`` (deliver, but fall when the receiver has answered and that is to be booked), ``mail`` (deliver what is
not for receivers).
"""

import datetime as dt
import os
import signal
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["WEBHOOK_ALLOWED_NETWORKS"] = "127.0.0.1/32"

import django
from django.conf import settings
from django.core.mail import send_mail
from django.db import connection
from django.utils import timezone


def main(command, argument="0"):
    """Run one command and print what came of it."""
    django.setup()
    from network.delivery import Lane, deliver_due

    now = timezone.now() + dt.timedelta(seconds=0 if command == "announce" else int(argument))
    if command == "announce":
        announce(argument)
    elif command == "deliver":
        print(deliver_due(now=now, lane=Lane.STRANGERS))
    elif command == "wait":
        settings.WEBHOOK_SECONDS = 120.0
        print(deliver_due(now=now, lane=Lane.STRANGERS))
    elif command == "die":
        with connection.execute_wrapper(die_instead_of_booking):
            deliver_due(now=now, lane=Lane.STRANGERS)
    elif command == "mail":
        print(deliver_due(now=now))


def announce(address):
    """Make an event with a webhook, let something happen there, and write a letter."""
    from sessions_app.events.models import Event, WebhookKind
    from sessions_app.events.webhooks.announcing import Happening
    from sessions_app.events.webhooks.announcing import announce as tell
    from sessions_app.events.webhooks.services import create_webhook

    event = Event.objects.create(slug="forum", name="Forum")
    kind = WebhookKind.REGISTRATION_CREATED
    create_webhook(event=event, actor=None, name="Printer", address=address, kinds=[kind])
    tell(event_id=event.pk, kind=kind, happenings=lambda: [Happening("a", "ABCDE12345", {})])
    send_mail("Subject", "Text", None, ["reader@example.org"])


def die_instead_of_booking(execute, sql, *arguments):
    """Run statements, but die as the power fails when what came of a message is to be written."""
    if sql.startswith("UPDATE") and "webhookdelivery" in sql:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
