"""Paper: what is written is what stands there, in every script and at every length."""

import io
import re

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from network.paper.printing import CannotPrint, print_pdf
from network.paper.texts import file_name, is_covered, plain, runs_left, two_names
from sessions_app.admission import documents
from sessions_app.admission.queries import valid_ticket
from sessions_app.admission.services.ticketing import block_ticket
from tests.factories import PersonFactory, make_category, make_open_event, make_registration

EVIL = r"*bold* #panic() $x$ [a] \n <b> @ref = 1"


def text_of(pdf, page=0):
    """Return the page's text without anything that only parts lines."""
    return re.sub(r"[\s\u200b]+", "", PdfReader(io.BytesIO(pdf)).pages[page].extract_text())


def squeezed(text):
    return re.sub(r"\s+", "", text)


@pytest.fixture
def event(db):
    return make_open_event(name_en="Cluster Forum", name_ru="Форум кластеров")[0]


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("Анна Иванова", "Anna Ivanova"),
        ("Zoë Łukasiewicz", ""),
        ("Ыы" * 60, "Y" * 150),
        ("Мария " * 30, ""),
        (EVIL, "Evil"),
    ],
)
def test_a_badge_says_what_was_written_on_both_sides(event, name, latin):
    category = make_category(event, badge_word_en="Speaker", hue=5)
    registration = make_registration(
        event, category, name=name.strip(), name_latin=latin, organisation_name=EVIL, post="Директор"
    )
    pdf = print_pdf(documents.badges(event, [registration]))
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2
    front, back = text_of(pdf), text_of(pdf, 1)
    for said in (name, latin, EVIL, "Директор", "Speaker"):
        assert squeezed(said) in front
    assert squeezed(name) in back
    assert registration.code in back


def test_an_arabic_badge_has_all_its_words(event):
    registration = make_registration(event, event.categories.get(), name="محمد عبد الرحمن")
    words = PdfReader(io.BytesIO(print_pdf(documents.badges(event, [registration])))).pages[0].extract_text()
    assert {"محمد", "عبد", "الرحمن"} <= set(words.split())


@pytest.mark.parametrize(
    ("size", "sheet", "pages"), [("105x148", "a4", 2), ("a7", "a4", 2), ("a7", "single", 8)]
)
def test_sheets_hold_as_many_as_fit(event, size, sheet, pages):
    people = [make_registration(event, event.categories.get()) for _ in range(4)]
    pdf = PdfReader(io.BytesIO(print_pdf(documents.badges(event, people, size=size, sheet=sheet))))
    assert len(pdf.pages) == pages
    box = pdf.pages[0].mediabox
    assert round(float(box.width) / 72 * 25.4) == (210 if sheet == "a4" else 74)


def test_a_blocked_ticket_gets_a_badge_without_a_code(event):
    registration = make_registration(event, event.categories.get())
    assert documents.badges(event, [registration])["badges"][0]["qr"]
    block_ticket(ticket=valid_ticket(registration), actor=None, reason="Lost")
    assert not documents.badges(event, [registration])["badges"][0]["qr"]


def test_the_list_for_the_door_is_by_name_and_has_no_contacts(event):
    from django.utils import timezone

    for name in ("яна", "Анна"):
        person = PersonFactory(email=f"{'b' if name == 'яна' else 'a'}@secret.example")
        make_registration(event, event.categories.get(), person=person, name=name, phone="+7 999")
    text = text_of(print_pdf(documents.door_list(event, event.registrations.all(), now=timezone.now())))
    assert text.index("Анна") < text.index("яна")
    assert "secret" not in text
    assert "+7999" not in text
    assert "2people" in text


def test_tents_show_the_name_to_both_sides(event):
    registration = make_registration(event, event.categories.get(), name="Анна")
    assert text_of(print_pdf(documents.tents(event, [registration]))).count("Анна") == 2


def test_many_people_cost_no_more_queries(event, django_assert_num_queries):
    one = [make_registration(event, event.categories.get())]
    three = one + [make_registration(event, event.categories.get()) for _ in range(2)]
    from sessions_app.registration.models import Registration

    for people in (one, three):
        ids = [person.pk for person in people]
        rows = list(Registration.objects.filter(pk__in=ids).select_related("category"))
        with django_assert_num_queries(2):  # tickets with keys; days
            documents.badges(event, rows)


def test_a_document_nobody_knows_is_not_printed():
    with pytest.raises(CannotPrint):
        print_pdf({"template": "../../etc/passwd"})


def test_a_document_that_takes_too_long_is_given_up():
    with pytest.raises(CannotPrint, match="slow"):
        print_pdf({"template": "badges"}, seconds=0.001)


def test_the_process_of_the_pages_never_loads_the_typesetter():
    import subprocess
    import sys

    code = "import sys, network.paper.printing; sys.exit('typst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_texts():
    assert two_names("李明", "Li Ming") == ("Li Ming", "")
    assert two_names("Анна", "Anna") == ("Анна", "Anna")
    assert two_names("Anna", "ANNA") == ("Anna", "")
    assert is_covered("Ўткир Ğ ى")
    assert not is_covered("李")
    assert runs_left("«محمد»")
    assert not runs_left("1 Anna محمد")
    assert plain("a\x00b\n c\t") == "ab c"
    assert file_name("Билет", "../../" + "я" * 300, ending="pdf").startswith("Билет ....яя")
    assert len(file_name("я" * 300, ending="pdf")) <= 84
    assert file_name("\u202e/", ending="pdf") == "plenum.pdf"


def test_a_person_prints_her_own_ticket_alone(client, event):
    registration = make_registration(event, event.categories.get(), name="Анна محمد")
    address = f"/ru/me/tickets/{registration.code}/ticket.pdf"
    client.force_login(PersonFactory())
    assert client.get(address).status_code == 404
    client.force_login(registration.person)
    answer = client.get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert "Анна" in text_of(answer.content)
    block_ticket(ticket=valid_ticket(registration), actor=None, reason="Lost")
    assert client.get(address).status_code == 404


def test_the_command_writes_the_confirmed_of_a_category(event, tmp_path):
    press = make_category(event, slug="press")
    make_registration(event, press, name="Пётр")
    make_registration(event, event.categories.first(), name="Анна")
    out = tmp_path / "badges.pdf"
    call_command("badges", event=event.slug, out=out, category="press", format="a7")
    assert len(PdfReader(out).pages) == 2
    assert "Пётр" in text_of(out.read_bytes())
    with pytest.raises(CommandError, match="no event"):
        call_command("badges", event="nothing", out=out)
    with pytest.raises(CommandError, match="no category"):
        call_command("badges", event=event.slug, out=out, category="nothing")
