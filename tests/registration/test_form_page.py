"""The form of an event: one screen, three steps, conditional questions, drafts, and bad input."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from network.models import OutboxMessage, Person
from sessions_app.events.models import TeamRoleName
from sessions_app.registration.models import Invitation, QuestionKind, Registration, RegistrationSettings
from sessions_app.registration.queries import answers_of
from tests.factories import (
    PersonFactory,
    make_category,
    make_excursion,
    make_open_event,
    make_registration,
    make_team_member,
)
from tests.registration.forms import WHO, ask, code_from_letter, filled, path, register

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def signed_in(client):
    person = PersonFactory(name="Vera Example")
    client.force_login(person)
    client.person = person
    return client


def test_an_open_event_asks_everything_on_one_screen(client):
    event, _category = make_open_event(places=12)
    ask(event, "diet")
    page = client.get(path(event)).content.decode()
    assert "Question diet" in page
    assert "Full name" in page
    assert ">Register</button>" in page


def test_a_signed_in_person_registers_with_one_form(signed_in):
    event, category = make_open_event(places=12)
    ask(event, "diet", is_required=True)
    registration = register(signed_in, event, **{"q-diet": "vegetarian"})
    assert registration.state == "confirmed"
    assert registration.person == signed_in.person
    assert registration.category == category
    assert registration.email == signed_in.person.email
    assert registration.answers.get().value == "vegetarian"


def test_every_kind_of_question_is_kept_as_it_is_asked(signed_in):
    event, _category = make_open_event()
    for kind in QuestionKind.values:
        ask(
            event,
            kind.replace("_", "-"),
            kind,
            choices=("a", "b") if "choice" in kind else (),
            is_required=True,
        )
    registration = register(
        signed_in,
        event,
        **{
            "q-text": "A line", "q-long-text": "More\nlines", "q-number": "2,5", "q-date": "2026-10-05",
            "q-choice": "a", "q-choices": ["a", "b"], "q-yes-no": "no", "q-region": "RU-TOM",
            "q-phone": "8 (900) 123-45-67", "q-email": "second@plenum.example", "q-consent": "on",
            "q-file": SimpleUploadedFile("CV.exe", PDF),
        },
    )  # fmt: skip
    assert {answer.question.key: answer.value for answer in registration.answers.all()} == {
        "text": "A line", "long-text": "More\nlines", "number": 2.5, "date": "2026-10-05", "choice": "a",
        "choices": ["a", "b"], "yes-no": False, "region": "RU-TOM", "phone": "+79001234567",
        "email": "second@plenum.example", "consent": True, "file": "CV.pdf",
    }  # fmt: skip
    assert (registration.phone, registration.region) == ("+79001234567", "RU-TOM")
    assert registration.files.get().media_type == "application/pdf"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", "NaN"), ("number", "1e309"), ("number", "１２"), ("number", "11"), ("number", "0"),
        ("date", "2026-02-30"), ("choice", "zzz"), ("choices", ["a", "zzz"]), ("yes_no", "perhaps"),
        ("region", "XX-XX"), ("phone", "call me"), ("email", "nobody"), ("text", "a\x00b"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_at_its_field_and_nothing_is_sent(signed_in, kind, value):
    event, _category = make_open_event()
    bounds = {"minimum": 1, "maximum": 10} if kind == "number" else {}
    ask(event, "thing", kind, choices=("a", "b") if "choice" in kind else (), is_required=True, **bounds)
    answer = signed_in.post(path(event), filled(event, **{"q-thing": value}))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'href="#id_q-thing' in page
    assert 'value="Ada Example"' in page
    assert not Registration.objects.exclude(state="draft").exists()


def test_a_required_question_that_was_not_shown_comes_next_instead_of_an_error(signed_in):
    event, _category = make_open_event()
    car = ask(event, "car", QuestionKind.YES_NO, is_required=True)
    ask(event, "plate", is_required=True, shown_if=car, shown_if_values=["yes"])
    first = signed_in.get(path(event)).content.decode()
    assert 'data-after="q-car" data-values="yes" hidden disabled' in first
    answer = signed_in.post(path(event), filled(event, shown=["car"], **{"q-car": "yes"}))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "A few more questions" in page
    assert "error-summary" not in page
    assert 'data-after="q-car" data-values="yes">' in page
    assert register(signed_in, event, **{"q-car": "yes", "q-plate": "K 123"}).answers.count() == 2


def test_what_is_not_asked_is_neither_required_nor_kept(signed_in):
    event, _category = make_open_event()
    car = ask(event, "car", QuestionKind.YES_NO)
    ask(event, "plate", is_required=True, shown_if=car, shown_if_values=["yes"])
    registration = register(signed_in, event, **{"q-car": "no", "q-plate": "K 123"})
    assert [answer.question.key for answer in registration.answers.all()] == ["car"]


def test_questions_of_other_categories_are_not_asked(signed_in):
    event, category = make_open_event()
    press = make_category(event)
    ask(event, "outlet", is_required=True).categories.add(press)
    assert register(signed_in, event, category=category.slug).state == "confirmed"


def test_an_event_with_approval_asks_in_three_steps(client):
    event, _category = make_open_event()
    press = make_category(event, entry="approval")
    ask(event, "outlet", is_required=True)
    RegistrationSettings.objects.update(consent_text_en="We keep your data.")
    answer = client.post(path(event), {**WHO, "category": press.slug})
    assert answer["Location"] == path(event, "questions/")
    answer = client.post(path(event, "questions/"), {"shown": ["outlet"], "q-outlet": ""})
    assert answer.status_code == 422
    answer = client.post(path(event, "questions/"), {"shown": ["outlet"], "q-outlet": "The Paper"})
    assert answer["Location"] == path(event, "check/")
    page = client.get(path(event, "check/")).content.decode()
    assert "The Paper" in page
    assert "We keep your data." in page
    assert client.post(path(event, "check/"), {"key": "k"}).status_code == 422  # without the consent
    answer = client.post(path(event, "check/"), {"key": "k", "consent": "on"})
    assert answer["Location"] == path(event, "code/")
    client.post(path(event, "code/"), {"code": code_from_letter()})
    registration = Registration.objects.get()
    assert registration.state == "pending"
    assert registration.person.consents.count() == 1


def test_nobody_jumps_over_a_step(client):
    event, _category = make_open_event()
    press = make_category(event, entry="approval")
    ask(event, "outlet", is_required=True)
    assert client.get(path(event, "check/"))["Location"] == path(event)
    client.post(path(event), {**WHO, "category": press.slug})
    assert client.post(path(event, "check/"), {"key": "k"})["Location"] == path(event, "questions/")


def test_the_form_continues_on_another_device(signed_in):
    event, _category = make_open_event()
    ask(event, "diet")
    signed_in.post(path(event), filled(event, do="later", name="Half a name", **{"q-diet": "fish"}))
    other = Client()
    other.force_login(signed_in.person)
    page = other.get(path(event)).content.decode()
    assert 'value="Half a name"' in page
    assert 'value="fish"' in page


def test_a_visitor_gets_a_link_to_go_on_by_mail(client):
    event, _category = make_open_event()
    answer = client.post(path(event), {**WHO, "do": "later", "name": "Half"})
    assert answer["Location"] == path(event, "later/")
    body = OutboxMessage.objects.get().payload["body"]
    link = next(line for line in body.splitlines() if "/register/go-on/" in line)
    other = Client()
    assert other.get(link.partition("8000")[2]).status_code == 302
    assert 'value="Half"' in other.get(path(event)).content.decode()
    Registration.objects.update(email="other@plenum.example")
    assert Client().get(link.partition("8000")[2]).status_code == 404


def test_a_file_is_kept_while_the_rest_is_mended(signed_in):
    event, _category = make_open_event()
    ask(event, "cv", QuestionKind.FILE, is_required=True)
    ask(event, "diet", is_required=True)
    sent = filled(event, **{"q-cv": SimpleUploadedFile("cv.pdf", PDF), "q-diet": ""})
    page = signed_in.post(path(event), sent).content.decode()
    assert "cv.pdf" in page
    registration = register(signed_in, event, **{"q-diet": "fish"})
    assert registration.files.get().name == "cv.pdf"
    address = f"/en/events/{event.slug}/register/files/{registration.files.get().pk}/"
    assert signed_in.get(address).getvalue() == PDF
    assert Client().get(address).status_code == 404


def test_the_profile_fills_what_it_knows(signed_in):
    event, _category = make_open_event()
    assert 'value="Vera Example"' in signed_in.get(path(event)).content.decode()


def test_an_invitation_opens_its_category(client):
    event, _category = make_open_event()
    closed = make_category(event, visibility="code", name_en="Speakers only")
    Invitation.objects.create(event=event, category=closed, code="LETMEIN")
    assert "Speakers only" not in client.get(path(event)).content.decode()
    assert "Speakers only" in client.get(path(event) + "?code=letmein").content.decode()
    assert "opens nothing" in client.get(path(event) + "?code=wrong").content.decode()


def test_places_are_told_in_words(client):
    event, category = make_open_event(places=2)
    make_category(event, places=0)
    make_registration(event, category)
    page = client.get(path(event)).content.decode()
    assert "1 place left" in page
    assert "full, waiting list" in page


def test_an_event_without_registration_answers_404(client):
    event, _category = make_open_event()
    RegistrationSettings.objects.all().delete()
    assert client.get(path(event)).status_code == 404


def test_a_form_that_is_not_open_yet_is_tried_by_the_team_alone(client):
    event, _category = make_open_event()
    RegistrationSettings.objects.update(is_open=False)
    assert "not open" in client.get(path(event)).content.decode()
    client.force_login(make_team_member(event, TeamRoleName.REGISTRAR))
    assert "You are trying the form" in client.get(path(event)).content.decode()


# --- RELIABILITY, "Registration" ---------------------------------------------------------------


def test_the_same_form_sent_twice_is_one_registration_and_one_letter(signed_in):
    event, _category = make_open_event(places=5)
    sent = filled(event)
    first, second = (signed_in.post(path(event), sent) for _turn in range(2))
    assert first["Location"] == second["Location"]
    assert Registration.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_a_visitors_form_sent_twice_is_one_draft_and_one_letter(client):
    event, _category = make_open_event()
    sent = filled(event)
    for browser in (client, Client()):  # the second request set out before the first one's cookie came
        assert browser.post(path(event), sent)["Location"] == path(event, "code/")
    assert Registration.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_the_same_key_with_another_content_is_409_and_keeps_what_was_typed(signed_in):
    event, _category = make_open_event()
    sent = filled(event)
    signed_in.post(path(event), sent)
    answer = signed_in.post(path(event), {**sent, "post": "Another post"})
    assert answer.status_code == 409
    assert 'value="Another post"' in answer.content.decode()
    assert Registration.objects.get().post == "Engineer"


@pytest.mark.parametrize("who", ["visitor", "person"])
def test_after_the_deadline_is_409_and_keeps_what_was_typed(client, who):
    event, _category = make_open_event(closes_at=timezone.now() - dt.timedelta(minutes=1))
    if who == "person":
        client.force_login(PersonFactory())
    answer = client.post(path(event), filled(event))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Registration has closed" in page
    assert 'value="Engineer"' in page
    assert not Registration.objects.exclude(state="draft").exists()


def test_known_and_unknown_addresses_get_the_same_page(client):
    event, _category = make_open_event()
    PersonFactory(email="known@plenum.example")
    pages = []
    for email in ("known@plenum.example", "other@plenum.example"):
        browser = Client()
        answer = browser.post(path(event), filled(event, email=email), follow=True)
        page = answer.content.decode().replace(email, "…")
        pages.append((answer.status_code, len(page), page.count("<input")))
    assert pages[0] == pages[1]
    assert Person.objects.filter(email="other@plenum.example").count() == 0


def test_template_syntax_in_a_name_is_printed_as_it_is(signed_in):
    event, _category = make_open_event()
    name = "{x.__class__} **bold** {{ 7 }} <b>"
    registration = register(signed_in, event, name=name)
    assert registration.name == name
    assert "{x.__class__} **bold** {{ 7 }}" in OutboxMessage.objects.get().payload["body"]


def test_extra_fields_are_ignored_and_only_their_names_are_logged(signed_in, caplog):
    event, _category = make_open_event()
    registration = register(signed_in, event, state="confirmed", person="1", secret="value-to-hide")
    assert registration.person == signed_in.person
    text = caplog.text
    assert "registration_extra_fields" in text
    assert "secret" in text
    assert "value-to-hide" not in text


def test_spoofed_proxy_headers_do_not_lift_the_limit_of_codes(client):
    event, _category = make_open_event()
    statuses = [
        Client().post(
            path(event), filled(event, email=f"a{n}@plenum.example"), headers={"X-Forwarded-For": f"10.0.0.{n}"}
        ).status_code
        for n in range(21)
    ]  # fmt: skip
    assert statuses[:20] == [302] * 20
    assert statuses[20] == 429


def test_a_choice_that_filled_up_meanwhile_is_409_at_its_question(signed_in):
    event, _category = make_open_event()
    choice = make_excursion(event, places=0)
    answer = signed_in.post(path(event), filled(event, **{"q-excursion": choice.key}))
    assert answer.status_code == 409
    assert 'href="#id_q-excursion"' in answer.content.decode()


def test_a_full_category_without_a_list_is_409(signed_in):
    event, category = make_open_event(places=0)
    category.has_waiting_list = False
    category.save()
    assert signed_in.post(path(event), filled(event)).status_code == 409


def test_whoever_is_registered_is_led_to_her_registration(signed_in):
    event, category = make_open_event()
    registration = make_registration(event, category, person=signed_in.person)
    assert registration.code in signed_in.get(path(event))["Location"]
    assert registration.code in signed_in.post(path(event), filled(event))["Location"]


def test_a_form_with_forty_questions_takes_at_most_twelve_queries(client):
    event, category = make_open_event(places=5)
    for number in range(40):
        question = ask(
            event, f"q{number}", QuestionKind.CHOICE if number % 3 else QuestionKind.TEXT, choices=("a", "b")
        )
        if number % 5 == 0:
            question.categories.add(category)
    client.get(path(event))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path(event)).status_code == 200
    assert len(captured) <= 12, [query["sql"][:120] for query in captured]


def test_the_key_is_new_on_each_form(client):
    event, _category = make_open_event()
    keys = {client.get(path(event)).context["form_key"] for _turn in range(2)}
    assert len(keys) == 2
    assert all(uuid.UUID(key) for key in keys)


def test_what_she_wrote_for_an_earlier_event_need_not_be_written_again(signed_in):
    earlier, category = make_open_event()
    person = Person.objects.get(name="Vera Example")
    make_registration(
        earlier, category, person=person, post="Engineer", organisation_name="Works No. 1",
        phone="+79001234567", region="RU-TOM",
    )  # fmt: skip
    event, _category = make_open_event()
    ask(event, "phone", QuestionKind.PHONE)
    ask(event, "from", QuestionKind.REGION)
    page = signed_in.get(path(event)).content.decode()
    for value in (
        'value="Engineer"',
        'value="Works No. 1"',
        'value="+79001234567"',
        'value="RU-TOM" selected',
    ):
        assert value in page, value
    answer = signed_in.post(path(event), filled(event, **{"q-phone": "", "q-from": "RU-TA"}))
    assert answer.status_code == 302
    assert answers_of(Registration.objects.get(event=event)) == {"from": "RU-TA"}
