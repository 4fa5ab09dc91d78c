"""What the tests of webhooks share: settings that reach this machine, a receiver, and who delivers."""

import ipaddress

import pytest

from network import delivery
from network.delivery import Lane, deliver_due
from tests.network.conftest import outbox_mail  # noqa: F401 - a fixture
from tests.receivers import Receiver, listening


@pytest.fixture
def reaching_here(settings):
    """Let webhooks reach 127.0.0.1, without TLS."""
    settings.WEBHOOK_ALLOWED_NETWORKS = (ipaddress.ip_network("127.0.0.1/32"),)
    settings.WEBHOOK_HTTP = True


@pytest.fixture
def receiver(reaching_here):
    """Return a receiver that listens on this machine."""
    with listening(Receiver()) as found:
        yield found


@pytest.fixture
def deliver(monkeypatch):
    """Return a function that delivers what is due for receivers at a time, and tells how many took it."""
    monkeypatch.setattr(delivery, "SLOW_RUN_SECONDS", 60)  # on a busy machine a run would end half-way

    def act(now=None):
        return deliver_due(now, lane=Lane.STRANGERS)

    return act
