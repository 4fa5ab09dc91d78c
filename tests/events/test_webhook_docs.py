"""What docs/webhooks.md promises to authors of receivers holds."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from sessions_app.events.models import WebhookKind
from sessions_app.events.webhooks.booking import KEEP, LONGEST_REST, PATIENCE
from sessions_app.events.webhooks.delivering import ATTEMPTS
from sessions_app.events.webhooks.sending import ANSWER_BYTES
from sessions_app.events.webhooks.services import OVERLAP
from tests.events.test_webhook_signing import BODY, MESSAGE, MOMENT, SECRET, SIGNATURE

TEXT = (Path(settings.BASE_DIR) / "docs" / "webhooks.md").read_text("utf-8")


@pytest.fixture
def verify():
    """Return the function that the page gives to receivers."""
    code = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)[1]
    names = {}
    exec(compile(code, "docs/webhooks.md", "exec"), names)  # noqa: S102 - our own page
    return names["verify"]


@pytest.mark.parametrize("kind", WebhookKind.values)
def test_every_kind_is_described(kind):
    assert f"`{kind}`" in TEXT


def test_the_function_takes_genuine_messages_and_no_others(verify, time_machine):
    headers = {
        "webhook-id": MESSAGE,
        "webhook-timestamp": str(MOMENT),
        "webhook-signature": f"v1,x {SIGNATURE}",
    }
    time_machine.move_to(MOMENT + 60)
    secret = f"whsec_{SECRET}"
    assert verify(secret, headers, BODY)
    assert not verify(secret, headers, BODY + b" ")
    assert not verify(secret, {**headers, "webhook-id": "msg_other"}, BODY)
    assert not verify(secret, {**headers, "webhook-timestamp": str(MOMENT + 1)}, BODY)
    assert not verify("whsec_" + "A" * 32, headers, BODY)
    time_machine.move_to(MOMENT + 301)
    assert not verify(secret, headers, BODY)


def test_the_numbers_on_the_page_are_those_of_the_code():
    assert (ATTEMPTS, settings.WEBHOOK_SECONDS, ANSWER_BYTES) == (16, 10.0, 2_000)
    assert (KEEP.days, PATIENCE.days, OVERLAP.days) == (30, 3, 1)
    assert LONGEST_REST.total_seconds() == 600
    for number in ("sixteen times", "ten seconds", "2,000 bytes", "thirty days", "three days", "ten minutes"):
        assert number in TEXT
