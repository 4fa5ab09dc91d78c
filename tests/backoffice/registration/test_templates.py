"""The organiser's words for messages through the pages of the back office."""

from __future__ import annotations

import pytest

from network.models import AuditEntry, OutboxMessage
from sessions_app.registration.models import Message, MessageTemplate
from tests.backoffice.forms import text_of
from tests.factories import make_open_event, make_registration

WORDS = {
    "subject_en": "Welcome, {name}",
    "body_en": "Come in, {name}.\n\n{link}",
    "subject_ru": "Ждём, {name}",
    "body_ru": "Входите, {name}.",
}


@pytest.fixture
def address(url_of):
    return url_of("backoffice_template", "confirmed")


def test_every_kind_is_listed_and_opens(desk, event, category, url_of):
    make_registration(event, category)
    response = desk.get(url_of("backoffice_templates"))
    for entry in response.context["kinds"]:
        assert desk.get(url_of("backoffice_template", entry.kind)).status_code == 200
    assert desk.get(url_of("backoffice_template", "free")).status_code == 404
    assert desk.get(url_of("backoffice_template", "poem")).status_code == 404


def test_the_platforms_words_are_shown_until_own_ones_stand(desk, event, category, address):
    registration = make_registration(event, category, name="Anna Belova")
    assert "Anna Belova, your place as “Category 1” is confirmed." in text_of(desk.get(address))
    desk.post(address, WORDS)
    assert "Come in, Anna Belova." in text_of(desk.get(address))
    assert "Входите, Anna Belova." in text_of(desk.get(address, {"language": "ru", "on": registration.code}))


def test_own_words_are_kept_and_audited(desk, registrar, event, address):
    desk.post(address, WORDS)
    desk.post(address, {**WORDS, "subject_en": "Hello"})
    assert MessageTemplate.objects.get().subject_en == "Hello"
    entry = AuditEntry.objects.get(action="message_template.changed")
    assert (entry.actor, entry.changes["subject_en"]) == (registrar, ["Welcome, {name}", "Hello"])


def test_emptied_the_platforms_words_go_out_again(desk, address):
    desk.post(address, WORDS)
    response = desk.post(address, dict.fromkeys(WORDS, ""), follow=True)
    assert "The platform&#x27;s words go out again." in text_of(response)
    assert not MessageTemplate.objects.exists()
    assert AuditEntry.objects.filter(action="message_template.deleted").exists()


def test_a_text_without_a_subject_is_refused(desk, address):
    response = desk.post(address, {**WORDS, "subject_ru": ""})
    assert response.status_code == 422
    assert "A message needs a subject." in text_of(response)


def test_unknown_placeholders_are_warned_of(desk, event, category, address):
    make_registration(event, category)
    response = desk.post(address, {**WORDS, "body_en": "Dear {firstname}, {name}"}, follow=True)
    assert "{firstname} is no placeholder and goes out as it stands." in text_of(response)


def test_the_letter_is_shown_before_it_is_saved(desk, event, category, address):
    make_registration(event, category, name="Anna {link} Belova")
    response = desk.post(address, {**WORDS, "act": "show"})
    assert response.status_code == 200
    assert "Come in, Anna {link} Belova." in text_of(response)
    assert not MessageTemplate.objects.exists()


def test_a_trial_goes_to_oneself_alone_and_is_marked(desk, registrar, event, category, address):
    make_registration(event, category, name="Anna Belova")
    before = OutboxMessage.objects.count(), Message.objects.count()
    desk.post(address, {**WORDS, "act": "try"})
    sent = OutboxMessage.objects.get(key__startswith="registration:trial:")
    assert sent.payload["to"] == [registrar.email]
    assert sent.payload["subject"] == "Trial: Welcome, Anna Belova"
    assert (OutboxMessage.objects.count(), Message.objects.count()) == (before[0] + 1, before[1])
    assert not MessageTemplate.objects.exists()


def test_without_anybody_there_is_nothing_to_try_on(desk, address):
    response = desk.post(address, {**WORDS, "act": "try"})
    assert response.status_code == 200
    assert "Nobody has registered yet" in text_of(response)


def test_people_are_found_and_those_of_another_event_are_not(desk, event, category, address):
    make_registration(event, category, name="Anna Belova")
    other, foreign = make_open_event()
    hidden = make_registration(other, foreign, name="Boris Foreign")
    assert "Anna Belova" in text_of(desk.get(address, {"q": "anna"}))
    assert "Boris Foreign" not in text_of(desk.get(address, {"q": "boris"}))
    assert "Boris Foreign" not in text_of(desk.get(address, {"on": hidden.code}))


def test_two_editors_of_a_message_overwrite_nothing_unseen(desk, address):
    desk.post(address, WORDS)
    seen = desk.get(address).context["form"].initial["seen"]
    MessageTemplate.objects.update(subject_en="Somebody else's")
    response = desk.post(address, {**WORDS, "subject_en": "Mine", "seen": seen})
    assert response.status_code == 409
    assert MessageTemplate.objects.get().subject_en == "Somebody else's"
