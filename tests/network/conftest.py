"""What tests of the ground floor share: mail through the real outbox, into a list."""

import pytest
from django.core import mail

from network.delivery import deliver_due


@pytest.fixture
def outbox_mail(settings, mailoutbox):
    """Send mail through the outbox and return a function that delivers and gives what arrived."""
    settings.MAILERS = {
        "default": {"BACKEND": "network.mail.OutboxMailer"},
        "delivery": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"},
    }

    def deliver(now=None):
        mail.outbox.clear()
        deliver_due(now=now)
        return list(mail.outbox)

    return deliver


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Spend no second on each password; how slow the real hasher is, is no concern of these tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
