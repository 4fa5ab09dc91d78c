"""Registrations as tables: matched by their headings, all or nothing, formulas quoted."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from openpyxl import Workbook, load_workbook

from network.models import AuditEntry, OutboxMessage
from sessions_app.admission.models import Ticket
from sessions_app.registration.models import Answer, Category, Entry, Registration
from sessions_app.registration.services.importing import ImportRefused, apply_import, plan_import
from sessions_app.registration.signals import registrations_imported
from sessions_app.registration.tables.columns import column_named
from sessions_app.registration.tables.reading import read_table
from tests.factories import (
    PersonFactory,
    make_category,
    make_excursion,
    make_open_event,
    make_registration,
    make_team_member,
)

pytestmark = pytest.mark.django_db


def table(*rows, headings="email,name,category"):
    return read_table("\n".join([headings, *rows]).encode())


def codes(problems):
    return [(problem.line, problem.code) for problem in problems]


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("heading", "column"),
    [("E-Mail", "email"), ("Электронная почта", "email"), ("ФИО", "name"), (" full  name *", "name"),
     ("Организация", "organisation"), ("name_latin", "name_latin"), ("Должность", "post"), ("x", None)],
)  # fmt: skip
def test_headings_are_matched_in_two_languages(heading, column):
    assert column_named(heading) == column


def test_csv_and_workbook_read_the_same():
    rows = [["ФИО", "Почта", "Телефон"], ["Анна Ли", "Anna@X.example", 79991112233]]
    text = "\ufeffФИО;Почта;Телефон\nАнна Ли;Anna@X.example;79991112233\n"
    one, two = read_table(workbook(*rows)), read_table(text.encode())
    assert one == two
    assert one.lines[0].values == {"name": "Анна Ли", "email": "anna@x.example", "phone": "79991112233"}


def test_each_fault_is_named_by_its_row():
    found = table(
        "a@x.example,Ann,", ",No Mail,", "wrong,Bo,", "A@x.example,Again,", f"b@x.example,{'n' * 201},"
    )
    assert codes(found.problems) == [(3, "no_email"), (4, "bad_email"), (5, "repeated"), (6, "too_long")]


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b"PK\x03\x04broken", b"name\nAnn", b"\n\n", b"a" * 300]
)
def test_files_without_people_are_refused(data):
    assert read_table(data).problems


def test_new_people_are_confirmed_with_a_place_and_nobody_is_written_to():
    event, category = make_open_event(places=2)
    account = PersonFactory(email="ann@x.example")
    heard = []
    registrations_imported.connect(
        lambda registrations, **_: heard.append(len(registrations)), weak=False, dispatch_uid="t"
    )
    try:
        apply_import(
            event=event,
            table=table("ann@x.example,Ann,", "bo@x.example,Bo,"),
            actor=account,
            category=category,
        )
    finally:
        registrations_imported.disconnect(dispatch_uid="t")
    category.quota.refresh_from_db()
    assert category.quota.taken == category.quota.places.count() == 2
    assert list(Registration.objects.order_by("email").values_list("name", "state", "person")) == [
        ("Ann", "confirmed", account.pk),
        ("Bo", "confirmed", None),
    ]
    assert heard == [2]
    assert Ticket.objects.filter(registration__event=event, revoked_at=None).count() == 2
    assert not OutboxMessage.objects.exists()
    assert AuditEntry.objects.filter(action="registration.imported", actor=account).count() == 2


def test_the_same_table_twice_changes_nothing_and_a_newer_one_updates():
    event, category = make_open_event()
    first = table("a@x.example,Ann,Director", headings="email,name,post")
    apply_import(event=event, table=first, actor=None, category=category)
    again = apply_import(event=event, table=first, actor=None, category=category)
    assert (again.is_empty, again.unchanged) == (True, 1)
    newer = table("a@x.example,Anna,", headings="email,name,post")
    apply_import(event=event, table=newer, actor=None, category=category)
    row = Registration.objects.get()
    assert (row.name, row.post) == ("Anna", "Director")
    assert AuditEntry.objects.get(action="registration.changed").changes == {"name": ["Ann", "Anna"]}


def test_more_people_than_places_are_refused_at_the_first_without_one():
    event, category = make_open_event(places=1)
    rows = table("a@x.example,Ann,", "b@x.example,Bo,")
    with pytest.raises(ImportRefused) as refused:
        apply_import(event=event, table=rows, actor=None, category=category)
    assert codes(refused.value.problems) == [(3, "no_place")]
    assert not Registration.objects.exists()
    category.quota.refresh_from_db()
    assert category.quota.taken == 0


def test_categories_are_found_by_address_and_by_name_in_both_languages():
    event, _category = make_open_event()
    make_category(event, slug="press", name_en="Press", name_ru="Пресса")
    rows = table("a@x.example,A,press", "b@x.example,B,ПРЕССА", "c@x.example,C,Nobody", "d@x.example,D,")
    plan = plan_import(event=event, table=rows)
    assert [r.category.slug for r in plan.created] == ["press", "press"]
    assert codes(plan.problems) == [(4, "unknown_category"), (5, "no_category")]


def test_what_cannot_be_brought_up_to_date_is_told():
    event, category = make_open_event()
    other = make_category(event)
    person = PersonFactory(email="new@x.example")
    make_registration(event, category, email="a@x.example")
    make_registration(event, category, person=person, email="old@x.example")
    rows = table(f"a@x.example,A,{other.slug}", "new@x.example,B,")
    plan = plan_import(event=event, table=rows, category=category)
    assert codes(plan.problems) == [(2, "other_category"), (3, "other_address")]


def test_names_stay_as_they_are_written():
    event, category = make_open_event()
    name = "{{ 7|add:7 }} <b>**x**</b>"
    apply_import(event=event, table=table(f"a@x.example,{name},"), actor=None, category=category)
    assert Registration.objects.get().name == name


def write(tmp_path, text):
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_command_imports_says_so_and_refuses_with_1(tmp_path, capsys):
    event, category = make_open_event()
    good = write(tmp_path, "email,name\na@x.example,Ann\n")
    arguments = ("import_registrations", good, "--event", event.slug, "--category", category.slug, "--json")
    call_command(*arguments, "--dry-run")
    assert json.loads(capsys.readouterr().out)["created"] == 1
    assert not Registration.objects.exists()
    call_command(*arguments)
    assert json.loads(capsys.readouterr().out)["imported"] is True
    bad = write(tmp_path, "email,name\nb@x.example,Bo\nwrong,Cy\n")
    with pytest.raises(SystemExit) as ended:
        call_command("import_registrations", bad, "--event", event.slug, "--category", category.slug)
    assert ended.value.code == 1
    assert "line 3" in capsys.readouterr().out
    assert Registration.objects.count() == 1


FORMULA = '=HYPERLINK("http://x")'


def exported(tmp_path, event, format, *more):
    out = tmp_path / f"out.{format}"
    call_command("export_registrations", "--event", event.slug, "--format", format, "--out", str(out), *more)
    if format == "csv":
        return list(csv.reader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    return [["" if cell is None else cell for cell in row] for row in load_workbook(out).active.values]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_exports_quote_formulas_and_tell_answers_in_words(tmp_path, format, capsys):
    event, category = make_open_event()
    choice = make_excursion(event, places=3)
    row = make_registration(event, category, name=FORMULA, organisation_name="Ёж & <Ко> \x0b")
    Answer.objects.create(registration=row, question=choice.question, value="yes")
    headings, cells = exported(tmp_path, event, format)
    found = dict(zip(headings, cells, strict=True))
    assert found["name"] == f"'{FORMULA}"
    assert found["organisation"].rstrip(" \x0b") == "Ёж & <Ко>"
    assert (found["email"], found["state"]) == (row.email, "confirmed")
    assert found["Excursion"] == "Yes, please"


def test_an_export_can_be_imported_again_and_changes_nothing(tmp_path, capsys):
    event, category = make_open_event()
    for name in (FORMULA, "Анна"):
        make_registration(event, category, name=name)
    out = tmp_path / "out.xlsx"
    call_command("export_registrations", "--event", event.slug, "--format", "xlsx", "--out", str(out))
    read = read_table(out.read_bytes())
    assert (list(read.problems), list(read.passed_over)) == ([], [])
    plan = plan_import(event=event, table=read)
    assert (plan.problems, plan.is_empty, plan.unchanged) == ([], True, 2)


def test_who_may_see_no_contacts_gets_none(client, tmp_path):
    event, category = make_open_event()
    row = make_registration(event, category, phone="+7 999 1112233")
    address = f"/admin/registration/{event.slug}/list/export/csv/"
    client.force_login(make_team_member(event, "registrar"))
    assert row.email in b"".join(client.get(address)).decode()
    client.force_login(make_team_member(event, "door_steward"))
    text = b"".join(client.get(address)).decode()
    assert row.code in text
    assert row.email not in text
    assert "1112233" not in text


def test_the_export_follows_the_lists_filter(client):
    event, category = make_open_event()
    approval = make_category(event, entry=Entry.APPROVAL)
    one, two = make_registration(event, category), make_registration(event, approval)
    client.force_login(make_team_member(event, "registrar"))
    text = b"".join(client.get(f"/admin/registration/{event.slug}/list/export/csv/?state=pending")).decode()
    assert (one.code in text, two.code in text) == (False, True)
    assert client.get(f"/admin/registration/{event.slug}/list/export/pdf/").status_code == 404


def test_the_page_previews_then_imports(client):
    event, category = make_open_event()
    client.force_login(make_team_member(event, "registrar"))
    address = f"/admin/registration/{event.slug}/list/import/"
    file = SimpleUploadedFile("people.csv", b"email,name\na@x.example,Ann\n")
    page = client.post(address, {"file": file, "category": category.pk})
    assert not Registration.objects.exists()
    token = page.context["upload"].pk
    assert client.post(address, {"token": token}).status_code == 302
    assert Registration.objects.get().category == category
    client.post(address, {"token": token})
    client.post(address, {"token": "x"})
    assert Registration.objects.count() == 1


def test_the_page_shows_faults_and_keeps_nothing(client):
    event, _category = make_open_event()
    client.force_login(make_team_member(event, "registrar"))
    file = SimpleUploadedFile("people.csv", b"email,name\nwrong,Ann\n")
    page = client.post(f"/admin/registration/{event.slug}/list/import/", {"file": file})
    assert page.status_code == 422
    assert "is not an e-mail address" in page.content.decode()
    assert Category.objects.filter(event=event).exists()


def test_the_preview_names_who_is_new_and_what_changes(client):
    event, category = make_open_event()
    row = make_registration(event, category, name="Ann")
    client.force_login(make_team_member(event, "registrar"))
    table = f"email,name,post\n{row.email},Ann,Engineer\nnew@x.example,Boris <b>,\n".encode()
    file = SimpleUploadedFile("people.csv", table)
    page = client.post(
        f"/admin/registration/{event.slug}/list/import/", {"file": file, "category": category.pk}
    ).content.decode()
    assert "Boris &lt;b&gt;" in page
    assert "new@x.example" in page
    assert "post:</span> — → Engineer" in page
