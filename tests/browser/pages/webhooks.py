"""Pages of webhooks in the back office: none, one of each state, and messages in each state."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.utils import timezone

from network.models import OutboxMessage
from sessions_app.events.models import Event, Webhook, WebhookKind, WebhookOff
from sessions_app.events.webhooks.announcing import Happening, announce
from sessions_app.events.webhooks.booking import book
from sessions_app.events.webhooks.outcomes import Fault, Outcome
from sessions_app.events.webhooks.services import rotate_secret, send_test
from tests.browser.pages.visit import State, Visit
from tests.factories import make_webhook

LONG = "Druckt-Namensschilder-an-jedem-Eingang-der-Kongresshalle-und-meldet-Besucherzahlen"


def add_webhooks(places: dict[str, Any]) -> None:
    """Let the rough event have webhooks that are well, down and gone, with messages in every state."""
    event = Event.objects.get(slug="rough")
    well, _secret = make_webhook(event, "https://hooks.example/" + "long" * 60, name=LONG)
    now = timezone.now()
    found = [Happening(f"a{number}", "K7RQ4M2XTB", {"n": number}) for number in range(60)]
    announce(
        event_id=event.pk, kind=WebhookKind.REGISTRATION_STATE_CHANGED, happenings=lambda: found, now=now
    )
    waiting, failed, delivered, *_others = well.deliveries.order_by("-key")
    book(delivery=waiting, outcome=Outcome(Fault.BUSY, 429), now=now)
    book(delivery=failed, outcome=Outcome(Fault.BROKEN, 503, "<h1>" + "down" * 120, 1.25), now=now)
    OutboxMessage.objects.filter(pk=failed.outbox_id).update(state="failed")
    book(delivery=delivered, outcome=Outcome(None, 200, "thanks", 0.12), now=now)
    OutboxMessage.objects.filter(pk=delivered.outbox_id).update(state="delivered", delivered_at=now)
    rotate_secret(webhook=well, actor=None)
    down, _secret = make_webhook(event, "https://down.example/", name="Doors", kinds=("admission.entry",))
    send_test(webhook=down, actor=None)
    Webhook.objects.filter(pk=down.pk).update(
        failing_since=now, failures=3, rests_until=now + dt.timedelta(minutes=1)
    )
    gone, _secret = make_webhook(event, "https://gone.example/", name="Gone")
    Webhook.objects.filter(pk=gone.pk).update(is_active=False, off_reason=WebhookOff.GONE)
    places |= {
        "hook": well.pk,
        "hook_down": down.pk,
        "hook_gone": gone.pk,
        "hook_waiting": waiting.pk,
        "hook_failed": failed.pk,
        "hook_delivered": delivered.pk,
    }


def fill_in_wrongly(visit: Visit) -> None:
    """Send the form with an address that is not public and nothing to tell."""
    visit.page.locator("#id_name").fill("Inside")
    visit.page.locator("#id_address").fill("https://127.0.0.1/hook")
    visit.press("Add the webhook")


def add_one(visit: Visit) -> None:
    """Add a webhook: its secret is shown."""
    visit.page.locator("#id_name").fill("Printer")
    visit.page.locator("#id_address").fill(f"https://hooks.example/{visit.language}/{id(visit)}")
    visit.page.locator("[name=kinds]").first.check()
    visit.press("Add the webhook")


def rotate(visit: Visit) -> None:
    """Make a new secret."""
    visit.press("Make a new secret")


ROUGH = "/admin/webhooks/rough/"
HOOK = ROUGH + "{hook}/"
WEBHOOKS = tuple(
    replace(state, role=state.role or "rough", ru=True)
    for state in (
        State("webhooks, none", "/admin/webhooks/fresh/", "fresh"),
        State("webhooks", ROUGH),
        State("webhook, new", ROUGH + "new/"),
        State("webhook, wrong address", ROUGH + "new/", steps=fill_in_wrongly, status=422),
        State("webhook, added", ROUGH + "new/", steps=add_one),
        State("webhook", HOOK),
        State("webhook, failed messages", HOOK + "?state=failed"),
        State("webhook, second page", HOOK + "?page=2"),
        State("webhook, down", ROUGH + "{hook_down}/"),
        State("webhook, gone", ROUGH + "{hook_gone}/"),
        State("webhook, change", HOOK + "edit/"),
        State("webhook, new secret", HOOK + "secret/"),
        State("webhook, new secret shown", ROUGH + "{hook_down}/secret/", steps=rotate),
        State("webhook, delete", HOOK + "delete/"),
        State("webhook, message waits", HOOK + "{hook_waiting}/"),
        State("webhook, message failed", HOOK + "{hook_failed}/"),
        State("webhook, message delivered", HOOK + "{hook_delivered}/"),
    )
)
