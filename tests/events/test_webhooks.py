"""Webhooks of an event: who is told, of what, signed with which secret, and at what cost."""

import datetime as dt
import json

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from network.models import AuditEntry, OutboxMessage
from network.sealing import unseal
from sessions_app.events.models import Webhook, WebhookDelivery, WebhookKind
from sessions_app.events.webhooks import services
from sessions_app.events.webhooks.addresses import BadAddress, Wrong
from sessions_app.events.webhooks.announcing import Happening, announce
from sessions_app.events.webhooks.services import (
    AddressTaken,
    TooMany,
    UnknownKinds,
    change_webhook,
    create_webhook,
    delete_webhook,
    end_old_secret,
    rotate_secret,
    send_test,
    switch_webhook,
)
from tests.factories import EventFactory, PersonFactory, make_webhook

pytestmark = pytest.mark.django_db

CREATED, EDITED = WebhookKind.REGISTRATION_CREATED, WebhookKind.REGISTRATION_EDITED


def happen(event, *keys, kind=CREATED, now=None):
    """Announce things of these keys."""
    found = [Happening(key, "ABCDE12345", {"n": number}) for number, key in enumerate(keys)]
    return announce(event_id=event.pk, kind=kind, happenings=lambda: found, now=now)


def test_the_secret_is_shown_once_and_kept_sealed():
    webhook, secret = make_webhook(EventFactory())
    kept = Webhook.objects.values().get(pk=webhook.pk)
    assert secret.startswith("whsec_")
    assert secret.removeprefix("whsec_") not in str(kept)
    assert unseal(kept["sealed"], purpose=services.PURPOSE) not in (None, bytes(kept["sealed"]))


def test_each_webhook_is_told_what_it_wants_of_its_event():
    event, other = EventFactory(), EventFactory()
    all_of_it, _ = make_webhook(event)
    edits, _ = make_webhook(event, "https://hooks.example/edits", kinds=(EDITED,))
    make_webhook(other)
    assert happen(event, "a", "b") == 2
    assert happen(event, "c", kind=EDITED) == 2
    assert sorted(all_of_it.deliveries.values_list("key", flat=True)) == ["a", "b", "c"]
    assert list(edits.deliveries.values_list("key", flat=True)) == ["c"]


def test_the_body_is_versioned_and_says_when_where_and_what():
    event = EventFactory(slug="forum")
    webhook, _ = make_webhook(event)
    happen(event, "a", now=dt.datetime(2027, 3, 1, 12, 0, 0, 5000, tzinfo=dt.UTC))
    delivery = webhook.deliveries.get()
    assert json.loads(delivery.body) == {
        "type": "registration.created",
        "version": 1,
        "timestamp": "2027-03-01T12:00:00.005+00:00",
        "event": "forum",
        "data": {"n": 0},
    }
    assert delivery.outbox.payload == {"webhook": webhook.pk}
    assert delivery.message_id == f"msg_{delivery.pk.hex}"


def test_the_same_thing_is_told_once():
    event = EventFactory()
    webhook, _ = make_webhook(event)
    assert happen(event, "a") == 1
    assert happen(event, "a") == 0
    assert happen(event, "a", "b") == 1
    assert webhook.deliveries.count() == OutboxMessage.objects.filter(kind="webhook").count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        WebhookDelivery.objects.create(
            webhook=webhook, key="a", outbox=OutboxMessage.objects.create(kind="webhook", key="x", payload={})
        )


def test_what_is_rolled_back_is_told_to_nobody():
    event = EventFactory()
    make_webhook(event)
    with transaction.atomic():
        happen(event, "a")
        transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()
    assert not OutboxMessage.objects.filter(kind="webhook").exists()


def test_an_event_without_webhooks_pays_nothing(django_assert_num_queries):
    event = EventFactory()
    happen(event, "warm")
    with django_assert_num_queries(0):
        assert announce(event_id=event.pk, kind=CREATED, happenings=lambda: 1 / 0) == 0


def test_a_kind_that_nobody_wants_costs_nothing_either(django_assert_num_queries):
    event = EventFactory()
    make_webhook(event, kinds=(EDITED,))
    happen(event, "warm")
    with django_assert_num_queries(0):
        assert announce(event_id=event.pk, kind=CREATED, happenings=lambda: 1 / 0) == 0


def test_many_things_cost_no_more_queries_than_few(django_assert_num_queries):
    event = EventFactory()
    make_webhook(event)
    happen(event, "warm")
    for keys in (["one"], ["a", "b", "c"]):
        with django_assert_num_queries(3):  # webhooks, the outbox, deliveries
            happen(event, *keys)
    with django_assert_num_queries(4):  # and which of them are new
        assert happen(event, "c", "d") == 1


def test_a_change_is_heard_of_at_once(django_capture_on_commit_callbacks):
    event = EventFactory()
    assert happen(event, "before") == 0
    with django_capture_on_commit_callbacks(execute=True):
        webhook, _ = make_webhook(event, kinds=(CREATED,))
    assert happen(event, "a") == 1
    with django_capture_on_commit_callbacks(execute=True):
        change_webhook(webhook=webhook, actor=None, name="x", address=webhook.address, kinds=[EDITED])
    assert happen(event, "b") == 0
    assert happen(event, "c", kind=EDITED) == 1
    with django_capture_on_commit_callbacks(execute=True):
        switch_webhook(webhook=webhook, actor=None, on=False)
    assert happen(event, "d", kind=EDITED) == 0


def test_a_webhook_that_is_gone_since_the_cache_was_filled_does_no_harm():
    event = EventFactory()
    webhook, _ = make_webhook(event)
    happen(event, "a")
    delete_webhook(webhook=webhook, actor=None)
    assert happen(event, "b") == 0


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("https://127.0.0.1/", Wrong.PRIVATE),
        ("https://2130706433/", Wrong.PRIVATE),
        ("http://hooks.example/", Wrong.NOT_HTTPS),
        ("hooks.example", Wrong.NO_ADDRESS),
    ],
)
def test_a_wrong_address_is_refused_before_it_is_kept(settings, address, wrong):
    settings.WEBHOOK_HTTP = False
    event = EventFactory()
    webhook, _ = make_webhook(event)
    with pytest.raises(BadAddress) as refused:
        make_webhook(event, address)
    assert refused.value.wrong is wrong
    with pytest.raises(BadAddress):
        change_webhook(webhook=webhook, actor=None, name="x", address=address, kinds=webhook.kinds)
    assert Webhook.objects.get().address == webhook.address


def test_http_is_for_the_demo_and_ones_own_machine(settings):
    settings.WEBHOOK_HTTP = True
    assert make_webhook(EventFactory(), "http://hooks.example/")[0].address == "http://hooks.example/"


def test_kinds_are_known_ones_and_a_test_is_none():
    event = EventFactory()
    for kinds in ([], ["everything"], [CREATED, "x"], [WebhookKind.TEST]):
        with pytest.raises(UnknownKinds):
            create_webhook(event=event, actor=None, name="x", address="https://hooks.example/", kinds=kinds)


def test_an_address_stands_once_in_an_event_and_is_free_again_after_deleting():
    event = EventFactory()
    webhook, _ = make_webhook(event)
    make_webhook(EventFactory())
    with pytest.raises(AddressTaken):
        make_webhook(event)
    other, _ = make_webhook(event, "https://hooks.example/other")
    with pytest.raises(AddressTaken):
        change_webhook(webhook=other, actor=None, name="x", address=webhook.address, kinds=other.kinds)
    delete_webhook(webhook=webhook, actor=None)
    make_webhook(event)


def test_an_event_has_so_many_webhooks_and_no_more(monkeypatch):
    monkeypatch.setattr(services, "MOST", 2)
    event = EventFactory()
    for number in range(2):
        make_webhook(event, f"https://hooks.example/{number}")
    with pytest.raises(TooMany):
        make_webhook(event, "https://hooks.example/2")


def test_the_old_secret_stays_for_a_day_or_until_it_is_ended():
    event, actor = EventFactory(), PersonFactory()
    webhook, first = make_webhook(event)
    now = timezone.now()
    second = rotate_secret(webhook=webhook, actor=actor, now=now)
    webhook.refresh_from_db()
    assert first != second
    assert webhook.before_until == now + dt.timedelta(days=1)
    assert end_old_secret(webhook=webhook, actor=actor)
    assert not end_old_secret(webhook=webhook, actor=actor)
    webhook.refresh_from_db()
    assert (webhook.sealed_before, webhook.before_until) == (None, None)


def test_every_step_leaves_its_trail_and_no_secret_in_it():
    event, actor = EventFactory(), PersonFactory()
    webhook, secret = create_webhook(
        event=event, actor=actor, name="Printer", address="https://hooks.example/", kinds=[CREATED]
    )
    change_webhook(webhook=webhook, actor=actor, name="Doors", address=webhook.address, kinds=[EDITED])
    switch_webhook(webhook=webhook, actor=actor, on=False)
    switch_webhook(webhook=webhook, actor=actor, on=True)
    switch_webhook(webhook=webhook, actor=actor, on=True)
    rotate_secret(webhook=webhook, actor=actor)
    send_test(webhook=webhook, actor=actor)
    delete_webhook(webhook=webhook, actor=actor)
    trail = AuditEntry.objects.filter(event_id_ref=event.pk, actor=actor).order_by("id")
    assert [entry.action for entry in trail] == [
        "webhook.created", "webhook.changed", "webhook.paused", "webhook.resumed", "webhook.secret_rotated",
        "webhook.tested", "webhook.deleted",
    ]  # fmt: skip
    assert secret.removeprefix("whsec_") not in str(list(trail.values()))


def test_what_is_deleted_has_no_secret_and_says_nothing_any_more():
    event = EventFactory()
    webhook, _ = make_webhook(event)
    rotate_secret(webhook=webhook, actor=None)
    happen(event, "a")
    delete_webhook(webhook=webhook, actor=None)
    webhook.refresh_from_db()
    assert (bytes(webhook.sealed), webhook.sealed_before, webhook.is_active) == (b"", None, False)
    assert webhook.deliveries.get().body == ""


def test_the_cache_is_not_relied_upon(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    event = EventFactory()
    webhook, _ = make_webhook(event)
    cache.clear()
    assert happen(event, "a") == 1
    assert webhook.deliveries.count() == 1
