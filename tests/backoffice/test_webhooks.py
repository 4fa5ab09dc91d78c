"""Webhooks in the back office: the organiser's own event only, the secret once, everything in words."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from network.models import OutboxMessage
from sessions_app.events.models import Webhook, WebhookDelivery
from sessions_app.events.webhooks.booking import book
from sessions_app.events.webhooks.outcomes import Fault, Outcome
from sessions_app.events.webhooks.services import rotate_secret, send_test, switch_webhook
from tests.factories import EventFactory, make_team_member, make_webhook

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Badge printer",
    "address": "https://hooks.example/plenum",
    "kinds": ["registration.created", "admission.entry"],
}


@pytest.fixture
def event():
    return EventFactory()


@pytest.fixture
def organiser(client, event):
    client.force_login(make_team_member(event, "organiser"))
    return client


def at(event, *rest):
    return "/admin/webhooks/" + "".join(f"{part}/" for part in (event.slug, *rest))


def finish(delivery, state="failed", **outcome):
    """Let the outbox have booked a result."""
    book(delivery=delivery, outcome=Outcome(**{"fault": Fault.SLOW, **outcome}), now=timezone.now())
    times = {"delivered_at": timezone.now()} if state == "delivered" else {}
    OutboxMessage.objects.filter(pk=delivery.outbox_id).update(state=state, **times)


def failed(webhook, **outcome):
    delivery = send_test(webhook=webhook, actor=None)
    finish(delivery, **outcome)
    return delivery


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def test_a_webhook_is_added_and_its_secret_read_once(organiser, event):
    made = organiser.post(at(event, "new"), FORM)
    secret = re.search(r"whsec_[\w+/=]{44}", made.content.decode())[0]
    assert "no-store" in made["Cache-Control"]
    assert "before this one" not in text(made)
    webhook = Webhook.objects.get()
    assert (webhook.name, webhook.address, webhook.kinds) == (
        FORM["name"], FORM["address"], ["admission.entry", "registration.created"],
    )  # fmt: skip
    assert webhook.created_by is not None
    for page in (at(event), at(event, webhook.pk), at(event, webhook.pk, "edit")):
        assert secret not in organiser.get(page).content.decode()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://127.0.0.1/", "not public"),
        ("https://2130706433/", "not public"),
        ("https://[::ffff:10.0.0.1]/", "not public"),
        ("ftp://hooks.example/", "whole address"),
        ("https://user:pw@hooks.example/", "signature proves"),
        ("https://hooks.example:22/", "usual port"),
    ],
)
def test_a_wrong_address_is_refused_in_words_and_what_was_typed_stays(organiser, event, address, said):
    answer = organiser.post(at(event, "new"), {**FORM, "address": address})
    assert answer.status_code == 422
    assert said in text(answer)
    assert FORM["name"] in answer.content.decode()
    assert not Webhook.objects.exists()


def test_without_tls_only_on_ones_own_machine(organiser, event, settings):
    settings.WEBHOOK_HTTP = False
    answer = organiser.post(at(event, "new"), {**FORM, "address": "http://hooks.example/"})
    assert "must begin with https://" in text(answer)


def test_the_same_address_twice_is_refused_in_words(organiser, event):
    make_webhook(event)
    answer = organiser.post(at(event, "new"), FORM)
    assert answer.status_code == 422
    assert "has this address" in text(answer)


def test_a_webhook_is_changed(organiser, event):
    webhook, _ = make_webhook(event)
    page = organiser.get(at(event, webhook.pk, "edit"))
    assert webhook.address in page.content.decode()
    new = {"name": "Doors", "address": "https://doors.example/", "kinds": ["admission.entry"]}
    assert organiser.post(at(event, webhook.pk, "edit"), new).status_code == 302
    webhook.refresh_from_db()
    assert (webhook.name, webhook.address, webhook.kinds) == (
        "Doors",
        "https://doors.example/",
        ["admission.entry"],
    )


def test_steps_of_a_webhook(organiser, event):
    webhook, first = make_webhook(event)
    page = at(event, webhook.pk)
    organiser.post(page, {"step": "pause"})
    assert "paused by the team" in text(organiser.get(page))
    organiser.post(page, {"step": "resume"})
    webhook.refresh_from_db()
    assert webhook.is_active
    rotated = organiser.post(at(event, webhook.pk, "secret"))
    assert re.search(r"whsec_[\w+/=]{44}", rotated.content.decode())[0] != first
    assert "no-store" in rotated["Cache-Control"]
    assert "For a day the secret before this one signs as well" in text(rotated)
    assert "signs as well until" in text(organiser.get(page))
    organiser.post(page, {"step": "end-old-secret"})
    assert "signs as well until" not in text(organiser.get(page))
    assert organiser.post(page, {"step": "dance"}).status_code == 404


def test_an_old_secret_that_has_run_out_is_not_spoken_of(organiser, event):
    webhook, _ = make_webhook(event)
    rotate_secret(webhook=webhook, actor=None, now=timezone.now() - dt.timedelta(days=1))
    assert "signs as well until" not in text(organiser.get(at(event, webhook.pk)))


def test_deleting_asks_first_and_names_what_goes(organiser, event):
    webhook, _ = make_webhook(event)
    send_test(webhook=webhook, actor=None)
    asked = text(organiser.get(at(event, webhook.pk, "delete")))
    assert "hooks.example" in asked
    assert "1 message that waits is not sent" in asked
    organiser.post(at(event, webhook.pk, "delete"))
    assert organiser.get(at(event, webhook.pk)).status_code == 404
    assert "No program is told" in text(organiser.get(at(event)))


def test_a_test_leads_to_what_came_of_it(organiser, event):
    webhook, _ = make_webhook(event)
    answer = organiser.post(at(event, webhook.pk), {"step": "test"})
    delivery = WebhookDelivery.objects.get()
    assert answer.url == at(event, webhook.pk, delivery.pk)
    assert "waiting" in text(organiser.get(answer.url))
    switch_webhook(webhook=webhook, actor=None, on=False)
    refused = organiser.post(at(event, webhook.pk), {"step": "test"}, follow=True)
    assert "switched off. Switch it on first" in text(refused)


def test_the_log_is_filtered_by_state(organiser, event):
    webhook, _ = make_webhook(event)
    bad = failed(webhook, status=500, fault=Fault.BROKEN)
    good = send_test(webhook=webhook, actor=None)
    finish(good, "delivered", fault=None, status=204)
    page = organiser.get(at(event, webhook.pk)).content.decode()
    assert str(bad.pk) in page
    assert str(good.pk) in page
    page = organiser.get(at(event, webhook.pk) + "?state=failed")
    assert str(bad.pk) in page.content.decode()
    assert str(good.pk) not in page.content.decode()
    assert "reports a fault of its own. (HTTP 500)" in text(page)
    assert organiser.get(at(event, webhook.pk) + "?state=x&page=9").status_code == 200
    assert "1 message has failed" in text(organiser.get(at(event)))


def test_a_message_shows_what_was_sent_and_answered_and_is_sent_again(organiser, event):
    webhook, _ = make_webhook(event)
    delivery = failed(webhook, status=400, fault=Fault.REFUSED, answer="<b>no such event</b>")
    page = organiser.get(at(event, webhook.pk, delivery.pk))
    shown = page.content.decode()
    assert "&lt;b&gt;no such event&lt;/b&gt;" in shown
    assert "webhook.test" in shown
    assert delivery.message_id in shown
    assert "refused the message. (HTTP 400)" in text(page)
    again = organiser.post(at(event, webhook.pk, delivery.pk), follow=True)
    assert "is sent again" in text(again)
    delivery.refresh_from_db()
    assert delivery.outbox.state == "waiting"
    assert "waits already" in text(organiser.post(at(event, webhook.pk, delivery.pk), follow=True))


@pytest.mark.parametrize("fault", Fault)
def test_every_reason_is_said_in_words(organiser, event, fault):
    webhook, _ = make_webhook(event)
    delivery = failed(webhook, fault=fault)
    said = text(organiser.get(at(event, webhook.pk, delivery.pk)))
    assert re.search(r"failed:? [A-Z][^.]{15,}\.", said)


def test_a_message_that_killed_its_workers_says_so(organiser, event):
    webhook, _ = make_webhook(event)
    delivery = send_test(webhook=webhook, actor=None)
    OutboxMessage.objects.update(state="failed", last_error="worker lost")
    assert "could not be sent" in text(organiser.get(at(event, webhook.pk, delivery.pk)))


def test_all_failed_messages_are_sent_again_at_once(organiser, event):
    webhook, _ = make_webhook(event)
    other, _ = make_webhook(event, "https://hooks.example/other")
    for _turn in range(2):
        failed(webhook)
    erased = failed(webhook)
    WebhookDelivery.objects.filter(pk=erased.pk).update(body="")
    failed(other)
    answer = organiser.post(at(event, webhook.pk), {"step": "failed-again"}, follow=True)
    assert "2 messages are sent again" in text(answer)
    states = webhook.deliveries.values_list("outbox__state", flat=True)
    assert sorted(states) == ["failed", "waiting", "waiting"]
    assert other.deliveries.get().outbox.state == "failed"


def test_what_belongs_to_another_event_is_not_found(organiser, event):
    other = EventFactory()
    webhook, _ = make_webhook(other)
    own, _ = make_webhook(event)
    delivery = failed(webhook)
    paths = [
        at(other), at(other, "new"), at(other, webhook.pk), at(event, webhook.pk), at(event, webhook.pk, "edit"),
        at(event, webhook.pk, "secret"), at(event, webhook.pk, "delete"), at(event, webhook.pk, delivery.pk),
        at(event, own.pk, delivery.pk), at(event, 9**30),
    ]  # fmt: skip
    for path in paths:
        for method in ("get", "post"):
            assert getattr(organiser, method)(path, {"step": "test"}).status_code == 404, (method, path)
    webhook.refresh_from_db()
    assert webhook.deleted_at is None


@pytest.mark.parametrize("role", ["registrar", "door_steward", "programme_editor"])
def test_other_roles_do_not_find_webhooks(client, event, role):
    webhook, _ = make_webhook(event)
    client.force_login(make_team_member(event, role))
    for path in (at(event), at(event, webhook.pk), at(event, webhook.pk, "secret")):
        assert client.get(path).status_code == 404


def test_the_lists_need_as_few_queries_for_three_as_for_one(organiser, event, django_assert_num_queries):
    webhook, _ = make_webhook(event)
    failed(webhook)
    pages = (at(event), at(event, webhook.pk))
    counts = []
    for page in pages:
        organiser.get(page)
        with CaptureQueriesContext(connection) as queries:
            organiser.get(page)
        counts.append(len(queries))
    for number in range(2):
        make_webhook(event, f"https://hooks.example/{number}")
        failed(webhook)
    for page, count in zip(pages, counts, strict=True):
        with django_assert_num_queries(count):
            organiser.get(page)


def test_the_event_leads_to_its_webhooks_and_keys(organiser, event):
    page = organiser.get(f"/admin/events/edit/{event.pk}/").content.decode()
    assert at(event) in page
    assert f"/admin/tokens/{event.slug}/" in page
