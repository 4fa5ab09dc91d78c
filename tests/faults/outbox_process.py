"""A process of its own for the fault tests: writes to the outbox or delivers it, as its arguments say.

Commands: ``write N``, ``write-and-roll-back``, ``deliver [SECONDS_FROM_NOW]``, ``stall``, ``sign-in ADDRESS``.
"""

import datetime as dt
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.core.mail import send_mail
from django.db import transaction
from django.test import Client
from django.utils import timezone


def main(command, argument="0"):
    """Run one command and print what came of it."""
    django.setup()
    from network.delivery import deliver_due, deliverer

    if command == "write":
        for number in range(int(argument)):
            send_mail(f"Message {number}", "Text", None, [f"reader{number}@example.org"])
    elif command == "write-and-roll-back":
        with transaction.atomic():
            send_mail("Never", "Text", None, ["reader@example.org"])
            transaction.set_rollback(True)
    elif command == "deliver":
        print(deliver_due(now=timezone.now() + dt.timedelta(seconds=int(argument))))
    elif command == "stall":
        deliverer("mail", attempts=8)(stall)
        deliver_due()
    elif command == "sign-in":
        answer = Client().post("/en/account/login/code/", {"email": argument})
        print(answer.status_code)


def stall(message):
    """Take the message and never come back."""
    print("taken", flush=True)
    time.sleep(600)


if __name__ == "__main__":
    main(*sys.argv[1:])
