"""People, organisations, audit trail and outbox, as operators use them."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from network.models import AuditEntry, Organisation, OutboxMessage, OutboxState, Person
from network.services import record_audit
from sessions_app.programme.services.editing import save_session
from tests.backoffice.forms import text_of
from tests.factories import OrganisationFactory, PersonFactory


@pytest.fixture
def operator(db):
    return PersonFactory(is_staff=True, name="Oksana Operator")


@pytest.fixture
def desk_of_operator(operator, log_in):
    return log_in(operator)


def test_a_person_is_added_and_changed_with_audit_rows(desk_of_operator, operator):
    url = reverse("wagtailusers_users:add")
    desk_of_operator.post(url, {"name": "Анна Новая", "email": "anna@plenum.example", "is_active": "on"})
    person = Person.objects.get(email="anna@plenum.example")
    assert not person.has_usable_password()
    desk_of_operator.post(
        reverse("wagtailusers_users:edit", args=(person.pk,)), {"name": "Анна Иная", "email": ""}
    )
    person.refresh_from_db()
    assert (person.name, person.email, person.is_active) == ("Анна Иная", None, False)
    created, changed = AuditEntry.objects.filter(object_type="network.person").order_by("pk")
    assert (created.actor, changed.actor) == (operator, operator)
    assert changed.changes["name"] == ["Анна Новая", "Анна Иная"]
    assert "password" not in created.changes


def test_two_people_without_an_e_mail_are_no_conflict(desk_of_operator):
    for name in ("One", "Two"):
        desk_of_operator.post(reverse("wagtailusers_users:add"), {"name": name, "email": ""})
    assert Person.objects.filter(email=None).count() == 2


def test_people_are_found_in_the_list(desk_of_operator):
    PersonFactory(name="Ёлкина Мария")
    page = text_of(desk_of_operator.get(reverse("wagtailusers_users:index"), {"q": "ёлкина"}))
    assert "Ёлкина Мария" in page


def test_an_organisation_is_changed_with_an_audit_row(desk_of_operator):
    organisation = OrganisationFactory(name_en="Old name")
    data = {"name_en": "New name", "name_ru": "Имя", "kind": "cluster", "status": "published"}
    desk_of_operator.post(reverse("organisations:edit", args=(organisation.pk,)), data)
    organisation.refresh_from_db()
    assert organisation.name_en == "New name"
    entry = AuditEntry.objects.get(action="organisation.changed")
    assert entry.changes["name_en"] == ["Old name", "New name"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"name_en": "", "name_ru": ""}, "Give the name in at least one language."),
        ({"name_en": "A", "latitude": "55"}, "Give both latitude and longitude"),
        ({"name_en": "A", "region": "Moscow"}, "ISO 3166-2"),
        ({"name_en": "A", "website": "javascript:alert(1)"}, "Enter a valid URL"),
    ],
)
def test_what_an_organisation_cannot_be(desk_of_operator, data, message):
    count = Organisation.objects.count()
    url = reverse("organisations:add")
    page = desk_of_operator.post(url, {"kind": "cluster", "status": "published", **data})
    assert message in text_of(page)
    assert Organisation.objects.count() == count


def test_the_audit_trail_tells_who_did_what_in_words(event, organiser, desk_of_operator):
    session = event.sessions.first()
    session.title_en = "After"
    save_session(session=session, actor=organiser)
    page = text_of(desk_of_operator.get(reverse("audit_report")))
    assert organiser.name in page
    assert "session changed" in page
    assert "After" in page
    found = desk_of_operator.get(reverse("audit_report"), {"actor_name": "nobody of this name"})
    assert "After" not in text_of(found)


@pytest.mark.parametrize(
    ("language", "state", "old", "new"),
    [
        ("en", "State", "ready for the next release", "withdrawn"),
        ("ru", "Состояние", "готова к следующей редакции", "снята"),
    ],
)
def test_old_and_new_values_are_told_in_the_readers_words(
    event, operator, desk_of_operator, language, state, old, new
):
    UserProfile.objects.create(user=operator, preferred_language=language)
    session = event.sessions.first()
    changes = {"state": ("ready", "withdrawn"), "chosen": (None, "by hand")}
    record_audit(actor=operator, action="session.changed", subject=session, changes=changes)
    AuditEntry.objects.create(action="x.gone", object_type="gone.thing", changes={"thing": ["a", "b"]})
    page = text_of(desk_of_operator.get(reverse("audit_report")))
    assert f"{state} {old} → {new}" in page
    assert "chosen" in page
    assert "thing a → b" in page


@pytest.mark.parametrize(
    ("language", "moved", "published"),
    [
        ("en", "meeting moved to make room", "cut published"),
        ("ru", "встреча перенесена, чтобы освободить место", "фрагмент опубликован"),
    ],
)
def test_the_actions_of_all_floors_are_told_in_the_readers_words(
    operator, desk_of_operator, language, moved, published
):
    UserProfile.objects.create(user=operator, preferred_language=language)
    for action in ("meeting.made_room", "media.cut_published"):
        AuditEntry.objects.create(action=action, actor=operator, object_name="x")
    page = text_of(desk_of_operator.get(reverse("audit_report")))
    assert moved in page
    assert published in page
    assert "meeting.made_room" not in page
    assert "media.cut_published" not in page


def test_the_audit_trail_is_searched_by_object_by_words_and_by_code(operator, desk_of_operator):
    for action, name in (("meeting.made_room", "M1AAAA"), ("media.cut_published", "Room for all")):
        AuditEntry.objects.create(action=action, actor=operator, object_name=name)

    def found(words: str) -> list[str]:
        page = desk_of_operator.get(reverse("audit_report"), {"object_name": words})
        return [entry.object_name for entry in page.context["object_list"]]

    assert found("Moved to make") == ["M1AAAA"]
    assert found("meeting.made") == ["M1AAAA"]
    assert sorted(found("room")) == ["M1AAAA", "Room for all"]
    assert found("nothing of this") == []


def message(state: str, **fields) -> OutboxMessage:
    return OutboxMessage.objects.create(
        kind="mail", key=f"k-{state}", payload={"to": ["a"]}, state=state, **fields
    )


def test_a_failed_message_is_sent_again(desk_of_operator):
    failed = message(OutboxState.FAILED, attempts=5, last_error="refused")
    page = desk_of_operator.get(reverse("outbox_report"))
    assert "refused" in text_of(page)
    desk_of_operator.post(reverse("outbox_send_again", args=(failed.pk,)))
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == (OutboxState.WAITING, 0)


def test_a_message_that_waits_is_not_sent_twice(desk_of_operator):
    waiting = message(OutboxState.WAITING)
    page = desk_of_operator.post(reverse("outbox_send_again", args=(waiting.pk,)), follow=True)
    assert "Only a message that failed" in text_of(page)


def test_the_outbox_shows_nobodys_letters(desk_of_operator):
    message(OutboxState.WAITING)
    OutboxMessage.objects.update(payload={"body": "secret code 123456"})
    assert "123456" not in desk_of_operator.get(reverse("outbox_report")).content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_team_members_do_not_reach_the_outbox(event, desk, method):
    failed = message(OutboxState.FAILED)
    getattr(desk, method)(reverse("outbox_send_again", args=(failed.pk,)))
    failed.refresh_from_db()
    assert failed.state == OutboxState.FAILED


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_with_one_row_and_with_three(
    desk_of_operator, django_assert_max_num_queries, count
):
    for _number in range(count):
        OrganisationFactory()
        AuditEntry.objects.create(action="event.changed", actor=PersonFactory(), object_name="x")
    for name in ("wagtailusers_users:index", "organisations:index", "audit_report", "outbox_report"):
        desk_of_operator.get(reverse(name))
        with django_assert_max_num_queries(14):
            desk_of_operator.get(reverse(name))
