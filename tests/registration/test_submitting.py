"""What a submitted form comes to, and that a repeated one changes nothing."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError
from django.utils import timezone

from network.models import AuditEntry, Consent, OutboxMessage
from sessions_app.registration.errors import AlreadyRegistered, Closed, Full, NotOpenToYou, OtherBody
from sessions_app.registration.models import Invitation, Question, QuestionKind, Quota, Registration
from sessions_app.registration.services.answering import write_answers
from sessions_app.registration.services.deciding import approve, change_category, decline
from sessions_app.registration.services.registering import Details, cancel, change
from sessions_app.registration.services.submitting import submit
from tests.factories import (
    PersonFactory,
    make_category,
    make_draft,
    make_excursion,
    make_open_event,
    make_registration,
)

pytestmark = pytest.mark.django_db


def counted(quota: Quota) -> tuple[int, int]:
    """Return how many places the quota counts as taken, and how many there are."""
    return Quota.objects.get(pk=quota.pk).taken, quota.places.count()


def test_an_open_category_confirms_at_once_and_writes_one_mail():
    event, category = make_open_event(places=2)
    registration = make_registration(event, category)
    assert registration.state == "confirmed"
    assert registration.confirmed_at is not None
    assert counted(category.quota) == (1, 1)
    assert OutboxMessage.objects.filter(kind="mail").count() == 1
    assert AuditEntry.objects.filter(action="registration.confirmed").count() == 1


def test_without_a_place_the_others_wait_in_order():
    event, category = make_open_event(places=1)
    first, second, third = (make_registration(event, category) for _ in range(3))
    assert [first.state, second.state, third.state] == ["confirmed", "waiting", "waiting"]
    assert [second.entries.get().number, third.entries.get().number] == [1, 2]


def test_a_category_without_a_waiting_list_says_full_and_writes_nothing():
    event, category = make_open_event(places=0)
    category.has_waiting_list = False
    category.save()
    draft = make_draft(event, category)
    with pytest.raises(Full):
        submit(registration=draft, actor=draft.person, key="k", digest="d")
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert not OutboxMessage.objects.exists()


def test_the_same_submit_twice_is_one_registration_and_one_mail():
    event, category = make_open_event(places=5)
    draft = make_draft(event, category)
    for _turn in range(2):
        assert submit(registration=draft, actor=draft.person, key="k", digest="d").state == "confirmed"
    assert counted(category.quota) == (1, 1)
    assert OutboxMessage.objects.count() == 1


def test_the_same_key_with_another_content_is_refused():
    event, category = make_open_event()
    draft = make_draft(event, category)
    submit(registration=draft, actor=draft.person, key="k", digest="d")
    with pytest.raises(OtherBody):
        submit(registration=draft, actor=draft.person, key="k", digest="other")


def test_a_person_has_one_live_registration_for_an_event():
    event, category = make_open_event(places=5)
    person = make_registration(event, category).person
    again = make_draft(event, category, person=person)
    with pytest.raises(AlreadyRegistered):
        submit(registration=again, actor=person, key="other", digest="d")
    assert counted(category.quota) == (1, 1)


def test_after_the_deadline_nothing_is_sent_and_the_draft_stays():
    event, category = make_open_event(closes_at=timezone.now() - dt.timedelta(minutes=1))
    draft = make_draft(event, category, post="Engineer")
    with pytest.raises(Closed):
        submit(registration=draft, actor=draft.person, key="k", digest="d")
    draft.refresh_from_db()
    assert (draft.state, draft.post) == ("draft", "Engineer")


def test_a_category_by_code_is_shut_without_the_code_and_open_with_it_as_often_as_it_says():
    event, _public = make_open_event()
    press = make_category(event, visibility="code", entry="approval")
    invitation = Invitation.objects.create(event=event, category=press, code="PRESS-2026", max_uses=1)
    draft = make_draft(event, press)
    with pytest.raises(NotOpenToYou):
        submit(registration=draft, actor=draft.person, key="a", digest="d")
    sent = submit(registration=draft, actor=draft.person, key="b", digest="d", invitation=invitation)
    assert sent.state == "confirmed"  # the code stands for the approval
    other = make_draft(event, press)
    with pytest.raises(NotOpenToYou):
        submit(registration=other, actor=other.person, key="c", digest="d", invitation=invitation)


def test_approval_holds_no_place_until_it_is_given():
    event, _public = make_open_event()
    category = make_category(event, places=1, entry="approval")
    first, second = make_registration(event, category), make_registration(event, category)
    assert (first.state, counted(category.quota)) == ("pending", (0, 0))
    assert approve(registration=second, actor=None).state == "confirmed"
    assert approve(registration=first, actor=None).state == "waiting"
    assert approve(registration=second, actor=None).state == "confirmed"  # twice is once
    assert counted(category.quota) == (1, 1)


def test_declining_frees_the_place_for_who_waits():
    event, category = make_open_event(places=1, offer_hours=0)
    first, second = make_registration(event, category), make_registration(event, category)
    decline(registration=first, actor=None, reason="Not from a cluster")
    second.refresh_from_db()
    assert second.state == "confirmed"
    assert counted(category.quota) == (1, 1)


def test_an_excursion_has_just_its_places():
    event, category = make_open_event()
    excursion = make_excursion(event, places=1)
    first = make_draft(event, category)
    write_answers(first, {"excursion": "yes"})
    submit(registration=first, actor=first.person, key="a", digest="d")
    second = make_draft(event, category)
    write_answers(second, {"excursion": "yes"})
    with pytest.raises(Full) as refused:
        submit(registration=second, actor=second.person, key="b", digest="d")
    assert refused.value.quota == excursion.quota
    change(registration=first, actor=first.person, details=details_of(first), answers={})
    assert submit(registration=second, actor=second.person, key="b", digest="d").state == "confirmed"
    assert counted(excursion.quota) == (1, 1)


def details_of(registration: Registration, **changes) -> Details:
    return Details(**{"name": registration.name, "email": registration.email, **changes})


def test_changes_are_audited_with_old_and_new_value():
    event, category = make_open_event()
    Question.objects.create(event=event, key="diet", kind=QuestionKind.TEXT, label_en="Diet")
    registration = make_registration(event, category, post="Engineer")
    change(
        registration=registration,
        actor=registration.person,
        details=details_of(registration, post="Director"),
        answers={"diet": "vegan", "unknown": "passed over"},
    )
    entry = AuditEntry.objects.get(action="registration.changed")
    assert entry.changes == {"post": ["Engineer", "Director"], "diet": [None, "vegan"]}


def test_changing_and_cancelling_end_with_the_deadline_but_not_for_the_team():
    event, category = make_open_event(change_until=timezone.now() - dt.timedelta(minutes=1))
    registration = make_registration(event, category)
    with pytest.raises(Closed):
        cancel(registration=registration, actor=registration.person)
    assert cancel(registration=registration, actor=None, by_team=True).state == "cancelled"


def test_consents_keep_the_version_of_their_text():
    event, category = make_open_event()
    event.registration.consent_text_en, event.registration.consent_version = "I agree.", "2026-1"
    event.registration.save()
    Question.objects.create(
        event=event, key="photos", kind=QuestionKind.CONSENT, label_en="Photos", text_version="7"
    )
    draft = make_draft(event, category)
    write_answers(draft, {"photos": True})
    submit(registration=draft, actor=draft.person, key="k", digest="d")
    given = dict(Consent.objects.filter(person=draft.person).values_list("purpose", "text_version"))
    assert given == {f"registration:{event.slug}": "2026-1", f"{event.slug}:photos": "7"}


def test_another_category_takes_a_place_of_the_new_quota_and_frees_the_old():
    event, category = make_open_event(places=1, offer_hours=0)
    other = make_category(event, places=1)
    mover, waiting = make_registration(event, category), make_registration(event, category)
    change_category(registration=mover, category=other, actor=None)
    waiting.refresh_from_db()
    assert (counted(category.quota), counted(other.quota), waiting.state) == ((1, 1), (1, 1), "confirmed")
    with pytest.raises(Full):
        change_category(registration=waiting, category=other, actor=None)
    assert counted(category.quota) == (1, 1)


def test_the_database_itself_refuses_one_place_too_many():
    _event, category = make_open_event(places=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Quota.objects.filter(pk=category.quota_id).update(taken=2)


def test_erasing_a_person_cancels_what_is_to_come_and_empties_the_row():
    from network.services import erase_account

    event, category = make_open_event(places=1, offer_hours=0)
    registration, waiting = make_registration(event, category), make_registration(event, category)
    erase_account(person=registration.person)
    registration.refresh_from_db()
    waiting.refresh_from_db()
    assert (registration.state, registration.name, registration.email) == ("cancelled", "", "")
    assert registration.person is None
    assert waiting.state == "confirmed"


def test_names_with_placeholders_are_printed_as_they_are():
    event, category = make_open_event()
    registration = make_registration(
        event, category, person=PersonFactory(), name="{x.__class__} {{ 7|add:7 }} **{link}**"
    )
    body = OutboxMessage.objects.get(payload__to=[registration.email]).payload["body"]
    assert "{x.__class__} {{ 7|add:7 }} **{link}**" in body


def test_an_event_with_registrations_can_be_deleted_as_a_whole_but_a_used_category_cannot():
    event, category = make_open_event(places=3)
    make_registration(event, category)
    with pytest.raises(RestrictedError):
        category.delete()
    event.delete()
    assert not Registration.objects.exists()
