"""Questions of the form through the pages of the back office."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from network.models import AuditEntry
from sessions_app.registration.models import Answer, Choice, Question, QuestionKind, Quota
from tests.backoffice.forms import rows, text_of
from tests.factories import make_excursion, make_open_event, make_registration


def ask(event, key: str, **fields) -> Question:
    """Return a new last question of the event."""
    order = event.questions.count()
    given = {"kind": QuestionKind.TEXT, "label_en": key.title(), "sort_order": order, **fields}
    return Question.objects.create(event=event, key=key, **given)


def choice_post(*choices: dict, initial: int = 0, **changes) -> dict:
    """Return a post of a question with these choices."""
    return {
        "label_en": "Excursion", "label_ru": "Экскурсия", **rows("choices", *choices, initial=initial), **changes,
    }  # fmt: skip


@pytest.mark.parametrize("kind", QuestionKind.values)
def test_every_kind_has_its_form_and_is_saved(desk, event, url_of, kind):
    assert desk.get(url_of("backoffice_question_new", kind)).status_code == 200
    post = {
        "label_en": "Anything?",
        "text_en": "I agree.",
        "text_version": "1",
        **rows("choices", {"label_en": "One"}),
    }
    response = desk.post(url_of("backoffice_question_new", kind), post)
    assert response.status_code == 302
    question = Question.objects.get()
    assert (question.kind, question.key, question.label_en) == (kind, "anything", "Anything?")
    assert question.choices.count() == (kind in ("choice", "choices"))
    assert desk.get(url_of("backoffice_question", question.pk)).status_code == 200


def test_a_kind_that_does_not_exist_is_not_found(desk, url_of):
    assert desk.get(url_of("backoffice_question_new", "poem")).status_code == 404


def test_choices_get_their_places_from_the_same_form(desk, event, url_of):
    desk.post(
        url_of("backoffice_question_new", "choice"),
        choice_post(
            {"label_en": "Kremlin", "label_ru": "Кремль", "places": "40"},
            {"label_en": "Museum", "places": ""},
            {"label_en": ""},
        ),
    )
    kremlin, museum = Choice.objects.all()
    assert (kremlin.key, kremlin.quota.size, kremlin.quota.name_ru) == ("kremlin", 40, "Экскурсия: Кремль")
    assert museum.quota is None
    entry = AuditEntry.objects.get(action="question.created")
    assert entry.changes["choices"][1] == ["kremlin · Kremlin · Кремль · 40", "museum · Museum"]


def test_places_are_resized_but_never_below_what_is_taken(desk, event, category, url_of):
    choice = make_excursion(event, places=5)
    draft = make_registration(event, category)
    answer_yes(draft, choice)
    row = {"pk": choice.pk, "label_en": "Yes, please"}
    response = desk.post(
        url_of("backoffice_question", choice.question_id), choice_post({**row, "places": "0"}, initial=1)
    )
    assert response.status_code == 422
    assert "“Yes, please”: 1 place is taken already" in text_of(response)
    desk.post(
        url_of("backoffice_question", choice.question_id), choice_post({**row, "places": "1"}, initial=1)
    )
    choice.quota.refresh_from_db()
    assert (choice.quota.size, choice.quota.taken) == (1, 1)


def answer_yes(registration, choice) -> None:
    """Let a registration choose it, with its place."""
    from sessions_app.registration.services.registering import Details, change

    details = Details(name=registration.name, email=registration.email)
    change(
        registration=registration, actor=None, details=details,
        answers={choice.question.key: choice.key}, by_team=True,
    )  # fmt: skip


def test_who_chose_before_holds_a_place_when_places_are_counted(desk, event, category, url_of):
    question = ask(event, "excursion", kind=QuestionKind.CHOICE)
    choice = Choice.objects.create(question=question, key="yes", label_en="Yes")
    registration = make_registration(event, category)
    answer_yes(registration, choice)
    row = {"pk": choice.pk, "label_en": "Yes"}
    refused = desk.post(
        url_of("backoffice_question", question.pk), choice_post({**row, "places": "0"}, initial=1)
    )
    assert "1 place is taken already" in text_of(refused)
    desk.post(url_of("backoffice_question", question.pk), choice_post({**row, "places": "3"}, initial=1))
    quota = Choice.objects.get().quota
    assert (quota.taken, list(quota.places.values_list("registration", flat=True))) == (1, [registration.pk])
    desk.post(url_of("backoffice_question", question.pk), choice_post({**row, "places": ""}, initial=1))
    assert Choice.objects.get().quota is None
    assert not Quota.objects.filter(pk=quota.pk).exists()


def test_a_chosen_answer_is_hidden_and_another_is_deleted(desk, event, category, url_of):
    chosen = make_excursion(event, places=5)
    other = Choice.objects.create(question=chosen.question, key="no", label_en="No")
    answer_yes(make_registration(event, category), chosen)
    desk.post(
        url_of("backoffice_question", chosen.question_id),
        choice_post(
            {"pk": chosen.pk, "label_en": "Yes", "DELETE": "on"},
            {"pk": other.pk, "label_en": "No", "DELETE": "on"},
            {"label_en": "Perhaps"},
            initial=2,
        ),
    )
    assert Choice.objects.get(pk=chosen.pk).is_removed
    assert not Choice.objects.filter(pk=other.pk).exists()
    assert Choice.objects.get(label_en="Perhaps").is_removed is False


def test_more_rows_save_nothing_and_keep_what_was_typed(desk, event, url_of):
    response = desk.post(
        url_of("backoffice_question_new", "choices"), choice_post({"label_en": "Kremlin"}, more="1")
    )
    assert response.status_code == 200
    assert 'value="Kremlin"' in response.content.decode()
    assert 'name="choices-4-label_en"' in response.content.decode()
    assert not Question.objects.exists()


def test_a_question_without_answers_to_choose_is_refused(desk, url_of):
    response = desk.post(url_of("backoffice_question_new", "choice"), choice_post({"label_en": ""}))
    assert response.status_code == 422
    assert "Write at least one answer to choose." in text_of(response)


def test_rows_that_are_no_rows_are_an_error_of_the_form(desk, url_of):
    for total in ("", "x", "-1", "9999999"):
        post = {"label_en": "Q", "choices-TOTAL_FORMS": total, "choices-INITIAL_FORMS": "0"}
        assert desk.post(url_of("backoffice_question_new", "choice"), post).status_code == 422
        assert (
            desk.post(url_of("backoffice_question_new", "choice"), {**post, "more": "1"}).status_code == 200
        )


def test_a_condition_is_chosen_from_the_answers_of_an_earlier_question(desk, event, url_of):
    transfer = ask(event, "transfer", kind=QuestionKind.YES_NO)
    desk.post(
        url_of("backoffice_question_new", "text"),
        {"label_en": "Flight", "conditions": [f"{transfer.pk}:yes"]},
    )
    flight = Question.objects.get(key="flight")
    assert (flight.shown_if, flight.shown_if_values) == (transfer, ["yes"])
    assert "after “Transfer”: yes" in text_of(desk.get(url_of("backoffice_questions")))
    assert f"{flight.pk}:" not in desk.get(url_of("backoffice_question", transfer.pk)).content.decode()


def test_a_condition_of_two_questions_or_of_another_event_is_refused(desk, event, url_of):
    one, two = (ask(event, key, kind=QuestionKind.YES_NO) for key in ("one", "two"))
    foreign = ask(make_open_event()[0], "foreign", kind=QuestionKind.YES_NO)
    for values in ([f"{one.pk}:yes", f"{two.pk}:yes"], [f"{foreign.pk}:yes"], ["x"]):
        post = {"label_en": "Q", "conditions": values}
        assert desk.post(url_of("backoffice_question_new", "text"), post).status_code == 422


def test_a_question_is_not_moved_before_its_condition(desk, event, url_of):
    first = ask(event, "first", kind=QuestionKind.YES_NO)
    second = ask(event, "second", shown_if=first, shown_if_values=["yes"])
    third = ask(event, "third")
    page = desk.post(url_of("backoffice_question_move", second.pk), {"step": "up"}, follow=True)
    assert "stands after the one whose answer decides" in text_of(page)
    desk.post(url_of("backoffice_question_move", third.pk), {"step": "up"})
    assert list(event.questions.all()) == [first, third, second]


def test_a_question_with_answers_is_hidden_and_comes_back(desk, event, category, url_of):
    kept, gone = ask(event, "kept"), ask(event, "gone")
    registration = make_registration(event, category)
    Answer.objects.create(registration=registration, question=kept, value="an answer")
    for question in (kept, gone):
        desk.post(url_of("backoffice_question_remove", question.pk))
    kept.refresh_from_db()
    assert kept.is_removed
    assert not Question.objects.filter(pk=gone.pk).exists()
    assert "Asked no more" in text_of(desk.get(url_of("backoffice_questions")))
    desk.post(url_of("backoffice_question_restore", kept.pk))
    kept.refresh_from_db()
    assert not kept.is_removed


def test_a_question_for_which_another_waits_stays(desk, event, url_of):
    first = ask(event, "first", kind=QuestionKind.YES_NO)
    ask(event, "second", shown_if=first, shown_if_values=["yes"])
    page = desk.post(url_of("backoffice_question_remove", first.pk), follow=True)
    assert "still used 1 time" in text_of(page)
    assert Question.objects.filter(pk=first.pk, is_removed=False).exists()


def test_the_text_of_a_consent_changes_with_its_version(desk, event, url_of):
    consent = ask(
        event, "photos", kind=QuestionKind.CONSENT, text_en="You may be seen.", text_version="2026-01"
    )
    post = {"label_en": "Photos", "text_en": "You will be seen.", "text_version": "2026-01"}
    response = desk.post(url_of("backoffice_question", consent.pk), post)
    assert response.status_code == 422
    assert 'value="2026-2"' in response.content.decode()
    desk.post(url_of("backoffice_question", consent.pk), {**post, "text_version": "2026-02"})
    consent.refresh_from_db()
    assert (consent.text_en, consent.text_version) == ("You will be seen.", "2026-02")


def test_two_editors_of_a_question_overwrite_nothing_unseen(desk, event, url_of):
    choice = make_excursion(event, places=5)
    seen = desk.get(url_of("backoffice_question", choice.question_id)).context["form"].initial["seen"]
    Quota.objects.update(size=9)
    post = choice_post({"pk": choice.pk, "label_en": "Yes, please", "places": "7"}, initial=1, seen=seen)
    response = desk.post(url_of("backoffice_question", choice.question_id), post)
    assert response.status_code == 409
    assert Quota.objects.get(choice=choice).size == 9


def test_questions_of_another_event_are_not_found(desk, url_of):
    foreign = ask(make_open_event()[0], "foreign")
    assert desk.get(url_of("backoffice_question", foreign.pk)).status_code == 404
    for name in ("move", "remove", "restore"):
        assert desk.post(url_of(f"backoffice_question_{name}", foreign.pk)).status_code == 404


def test_the_list_costs_the_same_with_one_and_three(desk, event, url_of, django_assert_num_queries):
    make_excursion(event, places=5, key="excursion-1")
    desk.get(url_of("backoffice_questions"))
    with CaptureQueriesContext(connection) as one:
        desk.get(url_of("backoffice_questions"))
    make_excursion(event, places=5, key="excursion-2")
    ask(event, "third", shown_if=event.questions.first(), shown_if_values=["yes"])
    with django_assert_num_queries(len(one)):
        desk.get(url_of("backoffice_questions"))
