"""What is announced reaches a real receiver: signed, after the commit, again and again until it has it."""

import base64
import datetime as dt
import hashlib
import hmac
import json

import pytest
from django.conf import settings as project

from network.models import AuditEntry, OutboxMessage, OutboxState
from network.services import send_again
from sessions_app.events.models import Webhook, WebhookDelivery, WebhookKind
from sessions_app.events.webhooks.announcing import Happening, announce
from sessions_app.events.webhooks.booking import PATIENCE, forget_subjects, purge_deliveries
from sessions_app.events.webhooks.delivering import ATTEMPTS
from sessions_app.events.webhooks.services import (
    NothingToSend,
    SwitchedOff,
    delete_webhook,
    end_old_secret,
    rotate_secret,
    send_delivery_again,
    send_test,
    switch_webhook,
)
from tests.factories import EventFactory, PersonFactory, make_team_member, make_webhook
from tests.receivers import Receiver, listening

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def event():
    return EventFactory()


@pytest.fixture
def webhook(event, receiver):
    """Return a webhook whose receiver listens, and its secret."""
    return make_webhook(event, receiver.url())


def happen(event, key="a", *, subject="ABCDE12345", now=NOW):
    """Announce one thing; return the messages about it."""
    found = [Happening(key, subject, {"n": 1})]
    announce(event_id=event.pk, kind=WebhookKind.REGISTRATION_CREATED, happenings=lambda: found, now=now)
    return list(WebhookDelivery.objects.filter(key=key).order_by("webhook_id"))


def is_genuine(received, secret):
    """Check a message as docs/webhooks.md tells receivers to."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = (
        f"{received.headers['webhook-id']}.{received.headers['webhook-timestamp']}.".encode() + received.body
    )
    expected = "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(one, expected) for one in received.headers["webhook-signature"].split(" "))


def test_a_message_arrives_signed_and_says_what_is_kept_of_it(event, webhook, receiver, deliver):
    [delivery] = happen(event)
    assert receiver.received == []
    assert deliver(NOW) == 1
    [got] = receiver.received
    assert got.body.decode() == delivery.body
    assert got.headers["Content-Type"] == "application/json"
    assert got.headers["webhook-id"] == delivery.message_id
    assert got.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert is_genuine(got, webhook[1])
    assert not is_genuine(got, "whsec_" + base64.b64encode(b"x" * 32).decode())
    delivery.refresh_from_db()
    assert (delivery.outbox.state, delivery.status, delivery.tries, delivery.tried_at, delivery.fault) == (
        "delivered", 204, 1, NOW, "",
    )  # fmt: skip
    assert deliver(NOW + DAY) == 0


def test_for_a_day_after_a_rotation_both_secrets_sign(event, webhook, receiver, deliver):
    hook, old = webhook
    new = rotate_secret(webhook=hook, actor=None, now=NOW)
    happen(event, "a")
    deliver(NOW)
    happen(event, "b")
    deliver(NOW + DAY)
    genuine = [(is_genuine(got, old), is_genuine(got, new)) for got in receiver.received]
    assert genuine == [(True, True), (False, True)]


def test_an_old_secret_that_is_ended_signs_no_more(event, webhook, receiver, deliver):
    hook, old = webhook
    new = rotate_secret(webhook=hook, actor=None, now=NOW)
    end_old_secret(webhook=hook, actor=None)
    happen(event)
    deliver(NOW)
    assert (is_genuine(receiver.received[0], old), is_genuine(receiver.received[0], new)) == (False, True)


def test_it_is_tried_again_later_and_later_under_the_same_id(event, webhook, receiver, deliver):
    [delivery] = happen(event)
    receiver.status = 500
    moments = [NOW, NOW + 10 * SECOND, NOW + 40 * SECOND, NOW + 130 * SECOND]
    for moment in moments:
        assert deliver(moment - SECOND) == 0
        assert deliver(moment) == 0
    receiver.status = 200
    assert deliver(NOW + 400 * SECOND) == 1
    assert [got.headers["webhook-timestamp"] for got in receiver.received] == [
        str(int(moment.timestamp())) for moment in [*moments, NOW + 400 * SECOND]
    ]
    assert {got.headers["webhook-id"] for got in receiver.received} == {delivery.message_id}
    assert {got.body.decode() for got in receiver.received} == {delivery.body}
    assert all(is_genuine(got, webhook[1]) for got in receiver.received)
    delivery.refresh_from_db()
    assert (delivery.tries, delivery.status, delivery.fault) == (5, 200, "")


def test_after_the_last_attempt_it_has_failed_with_its_reason(event, webhook, receiver, deliver):
    [delivery] = happen(event)
    receiver.status, receiver.body = 400, b"what is that?"
    while (message := OutboxMessage.objects.get()).state == OutboxState.WAITING:
        deliver(message.due_at)
    delivery.refresh_from_db()
    assert (delivery.outbox.state, delivery.fault, delivery.status) == ("failed", "refused", 400)
    assert delivery.answer == "what is that?"
    assert len(receiver.received) == delivery.tries == ATTEMPTS
    assert OutboxMessage.objects.get().last_error == "NotTaken"
    assert Webhook.objects.get().is_active


def test_a_receiver_that_is_down_is_not_asked_by_each_message(event, webhook, receiver, deliver):
    receiver.status = 503
    for number in range(5):
        happen(event, str(number))
    deliver(NOW)
    assert len(receiver.received) == 1
    happen(event, "later")
    deliver(NOW + 5 * SECOND)
    assert len(receiver.received) == 1
    assert set(OutboxMessage.objects.values_list("attempts", flat=True)) == {0, 1}
    deliver(NOW + 10 * SECOND)
    assert len(receiver.received) == 2
    receiver.status = 204
    assert deliver(NOW + 41 * SECOND) == 6
    assert Webhook.objects.values_list("failures", "failing_since", "rests_until").get() == (0, None, None)


def test_a_receiver_that_refuses_one_message_gets_the_others_at_once(event, webhook, receiver, deliver):
    refused, *_others = (happen(event, str(number))[0] for number in range(3))

    def pick(handler):
        handler.send_response(400 if receiver.received[-1].body.decode() == refused.body else 204)
        handler.end_headers()

    receiver.act = pick
    WebhookDelivery.objects.filter(pk=refused.pk).update(body=refused.body.replace('"n":1', '"n":2'))
    refused.refresh_from_db()
    assert deliver(NOW) == 2
    assert len(receiver.received) == 3


def test_a_receiver_may_ask_for_more_time(event, webhook, receiver, deliver):
    receiver.status, receiver.headers = 429, {"Retry-After": "600"}
    happen(event)
    deliver(NOW)
    receiver.status = 204
    assert deliver(NOW + 599 * SECOND) == 0
    assert deliver(NOW + 600 * SECOND) == 1


def test_one_receiver_that_hangs_takes_its_second_and_the_others_get_theirs(
    event, reaching_here, deliver, settings
):
    settings.WEBHOOK_SECONDS = 1.0
    slow = Receiver(act=lambda handler: handler.rfile.read(1))
    with listening(slow), listening(Receiver()) as quick:
        make_webhook(event, slow.url())
        make_webhook(event, quick.url())
        for number in range(4):
            happen(event, str(number))
        assert sum(deliver(NOW) for _turn in range(3)) == 4
    assert len(quick.received) == 4
    assert len(slow.received) == 1
    [tried] = WebhookDelivery.objects.filter(webhook__address=slow.url(), tries=1)
    assert tried.fault == "slow"


def test_410_switches_the_webhook_off_and_tells_the_team(event, webhook, receiver, deliver, outbox_mail):
    make_team_member(event, "organiser", email="olga@plenum.example", locale="ru")
    make_team_member(event, "organiser", email="otto@plenum.example", locale="en")
    make_team_member(event, "door_steward", email="dora@plenum.example")
    make_team_member(EventFactory(), "organiser", email="other@plenum.example")
    happen(event)
    happen(event, "b")
    receiver.status = 410
    assert deliver(NOW) == 0
    hook = Webhook.objects.get()
    assert (hook.is_active, hook.off_reason) == (False, "gone")
    assert len(receiver.received) == 1
    assert set(OutboxMessage.objects.filter(kind="webhook").values_list("state", flat=True)) == {"failed"}
    assert sorted(WebhookDelivery.objects.values_list("fault", flat=True)) == ["gone", "off"]
    letters = {letter.to[0]: letter for letter in outbox_mail(NOW + DAY)}
    assert set(letters) == {"olga@plenum.example", "otto@plenum.example"}
    link = f"{project.BASE_URL}/admin/webhooks/{event.slug}/{hook.pk}/"
    assert all(link in letter.body for letter in letters.values())
    assert "410" in letters["otto@plenum.example"].body
    assert "Вебхук" in letters["olga@plenum.example"].subject
    assert AuditEntry.objects.get(action="webhook.switched_off").changes == {"off": ["", "gone"]}
    assert happen(event, "c") == []


def test_what_fails_for_three_days_is_switched_off(event, webhook, receiver, deliver):
    make_team_member(event, "organiser")
    receiver.status = 500
    moment = NOW
    while moment < NOW + PATIENCE + DAY:
        happen(event, moment.isoformat(), now=moment)
        deliver(moment)
        moment += dt.timedelta(hours=6)
    hook = Webhook.objects.get()
    assert (hook.is_active, hook.off_reason) == (False, "failing")
    assert OutboxMessage.objects.filter(kind="mail").count() == 1
    assert not OutboxMessage.objects.filter(kind="webhook", state="waiting", due_at__lte=moment).exists()


def test_paused_webhooks_send_nothing_and_say_why(event, webhook, receiver, deliver):
    [delivery] = happen(event)
    switch_webhook(webhook=webhook[0], actor=None, on=False)
    assert deliver(NOW) == 0
    delivery.refresh_from_db()
    assert (receiver.received, delivery.fault, delivery.outbox.state) == ([], "off", "failed")
    with pytest.raises(SwitchedOff):
        send_delivery_again(delivery=delivery, actor=None)
    with pytest.raises(SwitchedOff):
        send_test(webhook=webhook[0], actor=None)
    switch_webhook(webhook=webhook[0], actor=None, on=True)
    send_delivery_again(delivery=delivery, actor=None, now=NOW)
    assert deliver(NOW) == 1


def test_deleted_webhooks_send_nothing(event, webhook, receiver, deliver):
    happen(event)
    delete_webhook(webhook=webhook[0], actor=None)
    assert deliver(NOW) == 0
    assert receiver.received == []


def test_a_secret_that_cannot_be_opened_is_said(event, webhook, receiver, deliver, settings):
    [delivery] = happen(event)
    settings.SECRET_KEY = "another secret of the platform"
    assert deliver(NOW) == 0
    delivery.refresh_from_db()
    assert (receiver.received, delivery.fault) == ([], "sealed")
    rotate_secret(webhook=webhook[0], actor=None)
    send_delivery_again(delivery=delivery, actor=None, now=NOW)
    assert deliver(NOW) == 1


@pytest.mark.parametrize("was_taken", [True, False])
def test_send_again_sends_the_same_message_once_more(event, webhook, receiver, deliver, was_taken):
    actor = PersonFactory()
    [delivery] = happen(event)
    with pytest.raises(NothingToSend):
        send_delivery_again(delivery=delivery, actor=actor)
    receiver.status = 204 if was_taken else 410
    deliver(NOW)
    if not was_taken:
        switch_webhook(webhook=webhook[0], actor=actor, on=True)
        receiver.status = 204
    delivery.refresh_from_db()
    send_delivery_again(delivery=delivery, actor=actor, now=NOW)
    delivery.refresh_from_db()
    assert delivery.outbox.state == OutboxState.WAITING
    with pytest.raises(NothingToSend):
        send_delivery_again(delivery=delivery, actor=actor)
    assert deliver(NOW) == 1
    first, second = receiver.received
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert AuditEntry.objects.filter(action="webhook.sent_again", actor=actor).count() == 1


def test_who_asks_for_a_test_does_not_wait_for_a_resting_receiver(event, webhook, receiver, deliver):
    receiver.status = 500
    happen(event)
    deliver(NOW)
    receiver.status = 204
    test = send_test(webhook=webhook[0], actor=None, now=NOW + SECOND)
    assert deliver(NOW + SECOND) == 1
    assert json.loads(receiver.received[-1].body)["type"] == "webhook.test"
    assert receiver.received[-1].headers["webhook-id"] == test.message_id


def test_the_operator_may_send_a_failed_message_again_too(event, webhook, receiver, deliver):
    [delivery] = happen(event)
    OutboxMessage.objects.update(state="failed")
    send_again(message=delivery.outbox, actor=PersonFactory(), now=NOW)
    assert deliver(NOW) == 1


def test_an_address_that_may_not_be_used_any_more_is_not_used(event, webhook, receiver, deliver, settings):
    [delivery] = happen(event)
    settings.WEBHOOK_HTTP = False
    assert deliver(NOW) == 0
    delivery.refresh_from_db()
    assert (receiver.received, delivery.fault, delivery.outbox.state) == ([], "address", "failed")


def test_who_is_erased_is_in_no_message_any_more(event, webhook, receiver, deliver):
    [sent] = happen(event, "sent", subject="GONE567890")
    receiver.body, receiver.status = b"thanks for GONE567890", 200
    deliver(NOW)
    [waiting] = happen(event, "waiting", subject="GONE567890")
    [other] = happen(event, "other", subject="STAYS67890")
    assert forget_subjects(event_id=event.pk, subjects=["GONE567890"]) == 2
    for delivery in (sent, waiting):
        delivery.refresh_from_db()
        assert (delivery.body, delivery.answer, delivery.subject) == ("", "", "")
    assert deliver(NOW) == 1
    waiting.refresh_from_db()
    assert (waiting.outbox.state, waiting.fault) == ("failed", "erased")
    assert [got.body.decode() for got in receiver.received[1:]] == [other.body]
    with pytest.raises(NothingToSend):
        send_delivery_again(delivery=sent, actor=None)


def test_messages_are_deleted_after_thirty_days_and_those_that_wait_are_not(
    event, webhook, receiver, deliver
):
    happen(event, "sent")
    deliver(NOW)
    OutboxMessage.objects.update(created_at=NOW)
    happen(event, "waits")
    OutboxMessage.objects.filter(state="waiting").update(created_at=NOW)
    assert purge_deliveries(now=NOW + 30 * DAY) == 0
    assert purge_deliveries(now=NOW + 30 * DAY + SECOND) == 1
    assert [delivery.key for delivery in WebhookDelivery.objects.all()] == ["waits"]
    assert OutboxMessage.objects.filter(kind="webhook").count() == 1


def test_deleted_webhooks_go_after_a_day(event, webhook):
    delete_webhook(webhook=webhook[0], actor=None, now=NOW)
    purge_deliveries(now=NOW + DAY)
    assert Webhook.objects.count() == 1
    purge_deliveries(now=NOW + DAY + SECOND)
    assert not Webhook.objects.exists()


def test_a_message_whose_event_is_gone_is_given_up(event, webhook, receiver, deliver):
    happen(event)
    event.delete()
    assert deliver(NOW) == 0
    assert OutboxMessage.objects.get().state == OutboxState.FAILED
