"""The desk: the list with its filters, steps on many, one registration with log and trail."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from network.models import AuditEntry, OutboxMessage, OutboxState
from network.services import record_audit
from sessions_app.registration.models import (
    Answer,
    AnswerFile,
    BulkJob,
    Entry,
    Message,
    Question,
    SavedFilter,
)
from sessions_app.registration.services.deciding import change_category, decline
from sessions_app.registration.services.registering import Details, change, detail_names
from tests.factories import (
    SessionFactory,
    make_category,
    make_excursion,
    make_open_event,
    make_registration,
    make_team_member,
)

pytestmark = pytest.mark.django_db


class Desk:
    def __init__(self, client, **event):
        self.event, self.category = make_open_event(**event)
        self.registrar = make_team_member(self.event, "registrar")
        self.client = client
        client.force_login(self.registrar)
        self.root = f"/admin/registration/{self.event.slug}/list/"

    def people(self, number, category=None, **fields):
        return [make_registration(self.event, category or self.category, **fields) for _n in range(number)]

    def get(self, path="", **query):
        return self.client.get(self.root + path, query)

    def shown(self, **query):
        return [row.code for row, _state in self.get(**query).context["rows"]]

    def post(self, path, **data):
        return self.client.post(self.root + path, data)


@pytest.fixture
def desk(client):
    return Desk(client)


def test_the_list_is_searched_by_name_address_organisation_and_code(desk):
    anna = make_registration(
        desk.event, desk.category, name="Анна Ёлкина", email="anna@x.example", organisation_name="Завод"
    )
    desk.people(2)
    for words in ("анна", "ёлкина", "anna@x", "завод", anna.code.lower()):
        assert desk.shown(q=words) == [anna.code], words


def test_tabs_count_what_the_other_filters_leave(desk):
    approval = make_category(desk.event, entry=Entry.APPROVAL)
    desk.people(2)
    waiting = desk.people(3, approval)
    page = desk.get(category=approval.slug)
    assert [(tab.label, tab.count) for tab in page.context["tabs"]] == [("All", 3), ("For approval", 3)]
    assert sorted(desk.shown(state="pending")) == sorted(r.code for r in waiting)


def test_answers_filter_single_and_several_choices(desk):
    choice = make_excursion(desk.event, places=5)
    several = Question.objects.create(event=desk.event, key="food", kind="choices", label_en="Food")
    agrees = Question.objects.create(event=desk.event, key="bus", kind="yes_no", label_en="Bus")
    one, two, three = desk.people(3)
    Answer.objects.create(registration=one, question=choice.question, value="yes")
    Answer.objects.create(registration=two, question=several, value=["fish", "soup"])
    Answer.objects.create(registration=three, question=agrees, value=True)
    assert desk.shown(answer="excursion:yes") == [one.code]
    assert desk.shown(answer="food:soup") == [two.code]
    assert desk.shown(answer="food:sou") == []
    assert desk.shown(answer="bus:yes") == [three.code]
    assert desk.shown(answer="bus:no") == []


@pytest.mark.parametrize(
    "query",
    [{"q": "\x00'\"%"}, {"state": "x"}, {"sort": "password"}, {"page": "9" * 40}, {"answer": "::"},
     {"category": "%s"}, {"q": "ы" * 5000}],
)  # fmt: skip
def test_no_address_of_the_list_breaks_it(desk, query):
    desk.people(1)
    assert desk.get(**query).status_code == 200


def test_sorting_turns_round(desk):
    names = [make_registration(desk.event, desk.category, name=name).code for name in ("Bo", "Al", "Cy")]
    assert desk.shown(sort="name") == [names[1], names[0], names[2]]
    assert desk.shown(sort="-name") == [names[2], names[0], names[1]]


def test_the_list_costs_the_same_for_one_and_for_three(desk):
    def queries():
        with CaptureQueriesContext(connection) as found:
            desk.get()
        return len(found)

    desk.people(1)
    queries()
    one = queries()
    desk.people(2)
    assert queries() == one
    assert one <= 16


def test_another_events_team_finds_nothing(desk, client):
    (mine,) = desk.people(1)
    other, foreign = make_open_event()
    theirs = make_registration(other, foreign)
    client.force_login(make_team_member(other, "organiser"))
    for path in ("", f"{mine.code}/", f"{mine.code}/edit/", "import/", "export/csv/"):
        assert desk.get(path).status_code == 404, path
    for path in ("bulk/", "filters/", f"{mine.code}/", f"{mine.code}/messages/1/again/"):
        assert desk.post(path, action="approve").status_code == 404, path
    client.force_login(desk.registrar)
    assert desk.get(f"{theirs.code}/").status_code == 404
    assert desk.get(f"{mine.code}/").status_code == 200


def test_filters_are_kept_by_name_replaced_and_forgotten(desk):
    desk.post("filters/", name="Press", query="state=pending&x=y&sort=name")
    desk.post("filters/", name="Press", query="state=waiting")
    saved = SavedFilter.objects.get()
    assert saved.query == "state=waiting"
    assert "Press" in desk.get().content.decode()
    other, _category = make_open_event()
    foreign = SavedFilter.objects.create(event=other, name="Theirs")
    assert desk.post("filters/", forget=str(foreign.pk)).status_code == 404
    desk.post("filters/", forget=str(saved.pk))
    assert list(SavedFilter.objects.all()) == [foreign]


def test_a_step_on_the_marked_ones_is_looked_at_and_done(desk):
    approval = make_category(desk.event, entry=Entry.APPROVAL)
    one, two, left = desk.people(3, approval)
    look = desk.post("bulk/", action="approve", code=[one.code, two.code])
    assert (look.status_code, look.context["count"]) == (200, 2)
    assert not BulkJob.objects.exists()
    data = {"action": "approve", "code": [one.code, two.code], "count": 2, "key": "k", "step": "run"}
    result = desk.post("bulk/", **data)
    again = desk.post("bulk/", **data)
    assert result.url == again.url
    page = desk.client.get(result.url).content.decode()
    assert "Done for 2 registrations" in page
    for row, state in ((one, "confirmed"), (two, "confirmed"), (left, "pending")):
        row.refresh_from_db()
        assert row.state == state


def test_the_whole_filter_is_taken_and_a_change_of_its_number_is_told(desk):
    approval = make_category(desk.event, entry=Entry.APPROVAL)
    desk.people(3, approval)
    data = {
        "action": "decline",
        "all": "1",
        "query": "state=pending",
        "count": 2,
        "step": "run",
        "reason": "No.",
    }
    assert desk.post("bulk/", **data).status_code == 409
    result = desk.post("bulk/", **{**data, "count": 3})
    assert BulkJob.objects.get().done == 3
    assert "Done for 3" in desk.client.get(result.url).content.decode()


def test_the_result_names_who_was_refused_and_why(desk):
    approval = make_category(desk.event, entry=Entry.APPROVAL, places=1, has_waiting_list=False)
    make_registration(desk.event, approval, name="Ann First")
    make_registration(desk.event, approval, name="Zoe Last")
    result = desk.post("bulk/", action="approve", all="1", query="sort=name", count=2, step="run", key="k")
    page = desk.client.get(result.url).content.decode()
    assert "Zoe Last" in page
    assert "There is no place left in" in page


def test_a_message_is_previewed_in_each_language_before_it_goes(desk):
    (row,) = desk.people(1, name="Olga {link}")
    data = {"action": "message", "code": row.code, "count": 1, "key": "k",
            "subject_en": "Buses", "body_en": "Dear {name}", "subject_ru": "Автобусы", "body_ru": "Здравствуйте"}  # fmt: skip
    look = desk.post("bulk/", **data, step="preview")
    assert [(code, letter.subject) for code, letter in look.context["letters"]] == [
        ("en", "Buses"),
        ("ru", "Автобусы"),
    ]
    assert "Dear Olga {link}" in look.content.decode()
    assert not Message.objects.filter(kind="free").exists()
    desk.post("bulk/", **data, step="run")
    desk.post("bulk/", **data, step="run")
    assert Message.objects.filter(kind="free").count() == 1


@pytest.mark.parametrize(
    "data",
    [{"action": "decline", "step": "run"}, {"action": "message", "step": "run", "subject_en": "Only"},
     {"action": "move", "step": "run", "category": "999999"}],
)  # fmt: skip
def test_what_is_missing_is_asked_for_and_nothing_is_done(desk, data):
    (row,) = desk.people(1)
    answer = desk.post("bulk/", code=row.code, count=1, **data)
    assert answer.status_code == 422
    assert not BulkJob.objects.exists()


def test_nothing_marked_or_chosen_leads_back(desk):
    (row,) = desk.people(1)
    assert desk.post("bulk/", action="approve").status_code == 302
    assert desk.post("bulk/", code=row.code).status_code == 302
    assert desk.post("bulk/", action="approve", code="..").status_code == 302


def test_a_job_of_another_event_is_not_found(desk):
    (row,) = desk.people(1)
    desk.post("bulk/", action="cancel", code=row.code, count=1, key="k", step="run")
    job = BulkJob.objects.get()
    other, _category = make_open_event()
    desk.client.force_login(make_team_member(other, "organiser"))
    assert desk.client.get(f"/admin/registration/{other.slug}/list/jobs/{job.pk}/").status_code == 404


def test_one_page_shows_answers_places_trail_and_messages(desk):
    choice = make_excursion(desk.event, places=5)
    (row,) = desk.people(1, name="<b>Ann</b> {{ 7|add:7 }}")
    Answer.objects.create(registration=row, question=choice.question, value="yes")
    decline(registration=row, actor=desk.registrar, reason="Too late")
    page = desk.get(f"{row.code}/").content.decode()
    assert "&lt;b&gt;Ann&lt;/b&gt; {{ 7|add:7 }}" in page
    for words in ("Yes, please", "Too late", "queued", "Registration declined", str(desk.registrar)):
        assert words in page, words


def test_one_page_costs_the_same_for_a_long_trail(desk):
    (row,) = desk.people(1)

    def queries():
        with CaptureQueriesContext(connection) as found:
            desk.get(f"{row.code}/")
        return len(found)

    queries()
    before = queries()
    for number in range(3):
        desk.post(f"{row.code}/edit/", name=f"Name {number}", email=row.email)
    assert AuditEntry.objects.filter(action="registration.changed").count() == 3
    assert queries() <= before


def test_the_team_decides_one_by_one(desk):
    approval = make_category(desk.event, entry=Entry.APPROVAL)
    (row,) = desk.people(1, approval)

    def state():
        row.refresh_from_db()
        return row.state

    assert desk.post(f"{row.code}/", step="decline").status_code == 422
    assert state() == "pending"
    desk.post(f"{row.code}/", step="decline", reason="No seat")
    assert (state(), row.reason) == ("declined", "No seat")
    desk.post(f"{row.code}/", step="approve")
    assert state() == "confirmed"
    small = make_category(desk.event, places=0)
    full = desk.post(f"{row.code}/", step="move", category=small.pk)
    assert (full.status_code, "There is no place left" in full.content.decode()) == (409, True)
    desk.post(f"{row.code}/", step="cancel")
    assert state() == "cancelled"
    assert desk.post(f"{row.code}/", step="explode").status_code == 404


def test_editing_keeps_answers_and_tells_old_and_new(desk):
    choice = make_excursion(desk.event, places=5)
    (row,) = desk.people(1, name="Old Name")
    Answer.objects.create(registration=row, question=choice.question, value="yes")
    desk.post(f"{row.code}/edit/", name="New Name", email=row.email)
    row.refresh_from_db()
    assert row.name == "New Name"
    assert row.answers.get().value == "yes"
    entry = AuditEntry.objects.get(action="registration.changed")
    assert (entry.changes["name"], entry.actor) == (["Old Name", "New Name"], desk.registrar)
    wrong = desk.post(f"{row.code}/edit/", name="Kept", email="not an address")
    assert (wrong.status_code, 'value="Kept"' in wrong.content.decode()) == (422, True)


def test_an_address_that_is_taken_is_refused_and_kept_in_the_form(desk):
    one, two = desk.people(2)
    answer = desk.post(f"{two.code}/edit/", name="Two", email=one.email.upper())
    assert answer.status_code == 409
    assert one.email.upper() in answer.content.decode()


def test_files_go_to_the_team_alone(desk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    question = Question.objects.create(event=desk.event, key="cv", kind="file", label_en="CV")
    one, two = desk.people(2)
    file = AnswerFile.objects.create(
        registration=one, question=question, name="резюме.pdf", media_type="application/pdf", size=4,
        content=ContentFile(b"%PDF", "x.pdf"),
    )  # fmt: skip
    answer = desk.get(f"{one.code}/files/{file.pk}/")
    assert b"".join(answer) == b"%PDF"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert desk.get(f"{two.code}/files/{file.pk}/").status_code == 404


def test_a_message_that_came_back_is_sent_again(desk):
    (row,) = desk.people(1)
    message = Message.objects.get(registration=row)
    again = f"{row.code}/messages/{message.pk}/again/"
    desk.post(again)
    OutboxMessage.objects.filter(pk=message.outbox_id).update(state=OutboxState.FAILED)
    assert "came back" in desk.get(f"{row.code}/").content.decode()
    desk.post(again)
    message.outbox.refresh_from_db()
    assert message.outbox.state == OutboxState.WAITING
    (other,) = desk.people(1)
    assert desk.post(f"{other.code}/messages/{message.pk}/again/").status_code == 404


def test_answers_and_changes_are_told_in_words(desk):
    choice = make_excursion(desk.event, places=5)
    region = Question.objects.create(event=desk.event, key="from", kind="region", label_en="From where?")
    (row,) = desk.people(1, region="RU-TOM")
    other = make_category(desk.event, name_en="Press people")
    Answer.objects.create(registration=row, question=region, value="RU-TOM")
    details = {name: getattr(row, name) for name in detail_names()}
    change(
        registration=row,
        actor=row.person,
        details=Details(**details),
        answers={"excursion": choice.key, "from": "RU-TA"},
    )
    change_category(registration=row, category=other, actor=desk.registrar)
    page = desk.get(f"{row.code}/").content.decode()
    for words in ("Tatarstan", "Tomsk", "Yes, please", "Press people", "Category 1"):
        assert words in page, words
    for key in ("RU-TA", "RU-TOM", f">{other.slug}<", f">{choice.key}<"):
        assert key not in page, key


def test_seats_are_told_by_name_in_the_trail(desk):
    (row,) = desk.people(1)
    session = SessionFactory(event=desk.event, title_en="Bridges and boats")
    record_audit(
        actor=row.person,
        action="registration.session_signed_up",
        subject=row,
        event_id=desk.event.pk,
        changes={"session": (None, session.code)},
    )
    page = desk.get(f"{row.code}/").content.decode()
    assert "Took a seat at a session" in page
    assert "registration.session_signed_up" not in page
    assert "Bridges and boats" in page


def test_the_region_is_chosen_and_an_imported_one_is_kept(desk):
    (row,) = desk.people(1, region="RU-XX")
    page = desk.get(f"{row.code}/edit/").content.decode()
    assert "Tomsk Oblast" in page
    answer = desk.post(f"{row.code}/edit/", name="Ann", email=row.email, region="RU-XX")
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.name, row.region) == ("Ann", "RU-XX")
    assert desk.post(f"{row.code}/edit/", name="Ann", email=row.email, region="nowhere").status_code == 422
