"""The pages of a delegation: who sees them, and that nothing typed is lost."""

import datetime as dt
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from network.models import Affiliation, AffiliationRight
from sessions_app.events.models import TeamRoleName
from sessions_app.registration.delegation_queries import sent_lines, state_of
from sessions_app.registration.links import go_on_url
from sessions_app.registration.models import Delegation, DelegationMember, Registration, RegistrationSettings
from sessions_app.registration.services.delegating import add_lines
from sessions_app.registration.services.delegation_sending import send_delegation
from tests.factories import (
    OrganisationFactory,
    PersonFactory,
    make_open_event,
    make_registration,
    make_team_member,
)
from tests.registration.forms import code_from_letter
from tests.registration.test_delegations import line, make_delegation

pytestmark = pytest.mark.django_db


def address(delegation, rest="") -> str:
    return f"/en/events/{delegation.event.slug}/delegation/{delegation.code}/{rest}"


@pytest.fixture
def delegation():
    event, category = make_open_event(places=3)
    return make_delegation(event, category, size=2)


@pytest.fixture
def head(delegation, client):
    client.force_login(delegation.head)
    return client


def page_paths(delegation, member) -> dict[str, str]:
    """Return the pages of the delegation, by GET and by POST."""
    one = f"members/{member.pk}/"
    return dict.fromkeys(("", "frame/", "withdraw/", one, f"{one}remove/", "paste/"), "get") | {
        "remind/": "post"
    }


@pytest.mark.parametrize(
    ("role", "is_let_in"),
    [(None, None), ("stranger", False), (TeamRoleName.DOOR_STEWARD, False), (TeamRoleName.PROGRAMME_EDITOR, False),
     (TeamRoleName.REGISTRAR, True), (TeamRoleName.ORGANISER, True), ("head", True), ("other_head", False)],
)  # fmt: skip
def test_only_the_head_and_the_team_see_it(role, is_let_in, delegation, client):
    send_delegation(delegation=delegation, actor=delegation.head)
    if role == "head":
        client.force_login(delegation.head)
    elif role == "other_head":
        client.force_login(make_delegation(delegation.event, delegation.category).head)
    elif role == "stranger":
        client.force_login(PersonFactory())
    elif role is not None:
        client.force_login(make_team_member(delegation.event, role))
    for path, method in page_paths(delegation, delegation.members.first()).items():
        status = getattr(client, method)(address(delegation, path)).status_code
        if is_let_in is None:
            assert status == 302
        else:
            assert (status in (200, 302)) if is_let_in else status == 404, path


def test_a_delegation_of_another_event_or_of_nothing_is_not_found(delegation, head):
    other, _category = make_open_event()
    assert head.get(f"/en/events/{other.slug}/delegation/{delegation.code}/").status_code == 404
    assert head.get(address(delegation).replace(delegation.code, "XXXXXX")).status_code == 404
    foreign = make_delegation(delegation.event, delegation.category, size=1).members.get()
    assert head.get(address(delegation, f"members/{foreign.pk}/")).status_code == 404
    assert head.post(address(delegation, f"members/{10**18}/remove/")).status_code == 404
    assert head.post(address(delegation, f"members/{10**30}/remove/")).status_code == 404


def test_from_nothing_to_invited_without_a_script(client):
    event, category = make_open_event(places=1)
    person, organisation = PersonFactory(), OrganisationFactory()
    tie = AffiliationRight.CONTACT
    Affiliation.objects.create(person=person, organisation=organisation, right=tie)
    client.force_login(person)
    start = f"/en/events/{event.slug}/delegation/"
    assert client.get(start).status_code == 200
    answer = client.post(f"{start}new/", {"category": category.slug, "organisation": organisation.code})
    delegation = Delegation.objects.get()
    assert answer["Location"] == address(delegation)
    assert delegation.organisation == organisation
    pasted = "ФИО\tПочта\tДолжность\nАнна Ли\tanna@plenum.example\tДиректор\nИван Петров\tivan@\tИнженер"
    look = client.post(address(delegation, "paste/"), {"text": pasted})
    assert look.status_code == 200
    assert [column["taken"] for column in look.context["columns"]] == ["name", "email", "post"]
    taken = {f"column-{column['at']}": column["taken"] for column in look.context["columns"]}
    client.post(address(delegation, "paste/"), {"rows": look.context["rows_json"], "headings": "on", **taken})
    first, second = delegation.members.all()
    assert (first.name, first.post, second.email) == ("Анна Ли", "Директор", "ivan@")
    refused = client.post(address(delegation), {"do": "send", f"p{second.pk}-name": "Иван П."})
    assert refused.status_code == 422
    assert "This is not an e-mail address." in refused.text
    assert Registration.objects.count() == 0
    second.refresh_from_db()
    assert second.name == "Иван П."
    fixed = {f"p{second.pk}-email": "ivan@plenum.example", f"p{second.pk}-name": "Иван Петров"}
    added = {"n0-name": "Li Wei", "n0-email": "wei@plenum.example", "n1-name": " "}
    answer = client.post(address(delegation), {"do": "send", **fixed, **added}, follow=True)
    assert "3 people get letters." in answer.text
    assert [state_of(one) for one in sent_lines(delegation)] == ["invited", "waiting", "waiting"]


def test_a_workbook_is_read_and_what_is_none_is_told(delegation, head):
    book = Workbook()
    book.active.append(["Name", "E-mail"])
    book.active.append(["Anna Li", "anna@plenum.example"])
    file = io.BytesIO()
    book.save(file)
    upload = SimpleUploadedFile("people.xlsx", file.getvalue())
    look = head.post(address(delegation, "paste/"), {"file": upload})
    assert json.loads(look.context["rows_json"])[1] == ["Anna Li", "anna@plenum.example"]
    broken = SimpleUploadedFile("people.xlsx", b"PK\x03\x04 nothing")
    told = head.post(address(delegation, "paste/"), {"file": broken})
    assert told.status_code == 422
    assert "The file cannot be read" in told.text
    assert head.post(address(delegation, "paste/"), {"text": " \n "}).status_code == 422
    many = "\n".join(f"n{n},a{n}@plenum.example" for n in range(502))
    assert head.post(address(delegation, "paste/"), {"text": many}).status_code == 422


@pytest.mark.parametrize("rows", ["", "[]", "{}", "[1]", '[["a"], ["b", "c"]]', "[[1]]", "[" * 100_000])
def test_rows_that_the_page_never_wrote_are_not_found(rows, delegation, head):
    assert head.post(address(delegation, "paste/"), {"rows": rows, "column-0": "name"}).status_code == 404


def test_columns_must_be_named(delegation, head):
    answer = head.post(address(delegation, "paste/"), {"rows": '[["a", "b"]]', "column-0": "phone"})
    assert answer.status_code == 422
    assert delegation.members.count() == 2


def test_a_script_saves_and_hears_what_is_wrong(delegation, head):
    one = delegation.members.first()
    data = {f"p{one.pk}-email": "nonsense", "n3-name": "New", "n4-phone": " "}
    said = head.post(address(delegation), data, headers={"accept": "application/json"}).json()
    new = delegation.members.get(name="New")
    assert said["new"] == {"n3": new.pk}
    assert said["faults"] == {
        f"p{one.pk}": {"email": "This is not an e-mail address."},
        f"p{new.pk}": {"email": "The e-mail address is missing."},
    }


def test_after_the_deadline_it_says_409_and_keeps_what_was_typed(delegation, head):
    send_delegation(delegation=delegation, actor=delegation.head)
    past = timezone.now() - dt.timedelta(hours=1)
    RegistrationSettings.objects.update(change_until=past)
    one = delegation.members.first()
    swap = head.post(
        address(delegation, f"members/{one.pk}/"), {"name": "Anna Li", "email": "a@plenum.example"}
    )
    assert (swap.status_code, "Anna Li" in swap.text) == (409, True)
    assert head.post(address(delegation, f"members/{one.pk}/remove/")).status_code == 409
    assert head.post(address(delegation, "withdraw/")).status_code == 409
    late = head.post(
        address(delegation), {"do": "send", "n0-name": "Late", "n0-email": "late@plenum.example"}
    )
    assert late.status_code == 409
    assert DelegationMember.objects.filter(name="Late", registration=None).exists()
    assert "The time for changes is over" in head.get(address(delegation)).text


def test_swap_remove_remind_withdraw(delegation, head):
    send_delegation(delegation=delegation, actor=delegation.head)
    first, second = delegation.members.all()
    taken = head.post(address(delegation, f"members/{first.pk}/"), {"name": "X", "email": second.email})
    assert taken.status_code == 422
    head.post(address(delegation, f"members/{first.pk}/"), {"name": "Anna Li", "email": "a@plenum.example"})
    head.post(address(delegation, f"members/{second.pk}/remove/"))
    assert [state_of(one) for one in sent_lines(delegation)] == ["invited", "cancelled"]
    assert head.post(address(delegation, "remind/")).status_code == 302
    assert head.post(address(delegation, "remind/")).status_code == 409
    head.post(address(delegation, "withdraw/"))
    assert [state_of(one) for one in sent_lines(delegation)] == ["cancelled", "cancelled"]
    assert "The delegation is withdrawn" in head.get(address(delegation)).text
    assert head.post(address(delegation), {"n0-name": "Late"}).status_code == 409


def test_a_closed_registration_begins_no_delegation(client):
    event, category = make_open_event()
    RegistrationSettings.objects.update(is_open=False)
    client.force_login(PersonFactory())
    start = f"/en/events/{event.slug}/delegation/"
    assert client.get(start).status_code == 200
    data = {"category": category.slug, "organisation_name": "Cluster"}
    assert client.post(f"{start}new/", data).status_code == 409
    assert client.post(f"{start}new/", data, follow=True).status_code == 409
    RegistrationSettings.objects.update(is_open=True)
    assert client.post(f"{start}new/", {"category": category.slug}).status_code == 422
    assert client.post(f"{start}new/", {**data, "category": "nonsense"}).status_code == 422
    assert not Delegation.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_ask_the_same_number_of_questions(count, client, django_assert_max_num_queries):
    event, category = make_open_event(places=20)
    head = PersonFactory()
    found = [make_delegation(event, category, head=head) for _ in range(count)]
    add_lines(delegation=found[0], lines=[line(n) for n in range(count)])
    send_delegation(delegation=found[0], actor=head)
    add_lines(delegation=found[0], lines=[line(n + 50) for n in range(count)])
    client.force_login(head)
    path = f"/en/events/{event.slug}/delegation/"
    client.get(path)
    with django_assert_max_num_queries(LIST_QUERIES):
        assert client.get(path).status_code == 200
    with django_assert_max_num_queries(PAGE_QUERIES):
        assert client.get(address(found[0])).status_code == 200


LIST_QUERIES = 9
PAGE_QUERIES = 14


@pytest.mark.parametrize("count", [1, 3])
def test_the_team_lists_all_of_them(count, client, django_assert_max_num_queries):
    event, category = make_open_event(places=20)
    for number in range(count):
        found = make_delegation(event, category)
        add_lines(delegation=found, lines=[line(number), line(number + 10)])
        send_delegation(delegation=found, actor=found.head)
    client.force_login(make_team_member(event, TeamRoleName.REGISTRAR))
    path = f"/admin/registration/{event.slug}/delegations/"
    client.get(path)
    with django_assert_max_num_queries(OFFICE_QUERIES):
        answer = client.get(path)
    assert answer.text.count("2 invited, not finished") == count


OFFICE_QUERIES = 13


@pytest.mark.parametrize("entry", ["automatic", "approval"])
def test_an_invited_person_finishes_by_the_letters_link_and_a_code(entry, delegation, client):
    delegation.event.categories.update(entry=entry)
    delegation.refresh_from_db()
    send_delegation(delegation=delegation, actor=delegation.head)
    invited = Registration.objects.order_by("pk").first()
    client.get(go_on_url(invited, "en"))
    form = f"/en/events/{delegation.event.slug}/register/"
    shown = client.get(form)
    assert "Member 1" in shown.text
    answer = client.post(form, {"name": "Anna Li", "email": "thief@plenum.example", "key": "k"})
    assert answer["Location"].endswith("/register/code/")
    client.post(answer["Location"], {"code": code_from_letter()})
    invited.refresh_from_db()
    wanted = "confirmed" if entry == "automatic" else "pending"
    assert (invited.state, invited.email, invited.name) == (wanted, "member1@plenum.example", "Anna Li")
    assert invited.person.email == "member1@plenum.example"


def test_who_is_signed_in_with_another_address_is_told_so(delegation, client):
    send_delegation(delegation=delegation, actor=delegation.head)
    invited = Registration.objects.order_by("pk").first()
    client.force_login(PersonFactory())
    client.get(go_on_url(invited, "en"))
    answer = client.post(f"/en/events/{delegation.event.slug}/register/", {"name": "Anna Li", "key": "k"})
    assert (answer.status_code, "went to another address" in answer.text) == (409, True)
    assert "Anna Li" in answer.text
    invited.refresh_from_db()
    assert (invited.state, invited.person) == ("invited", None)


def test_each_fault_is_named_with_a_link_to_its_place(delegation, head):
    one, two = delegation.members.all()
    answer = head.post(
        address(delegation), {"do": "send", f"p{one.pk}-email": "nonsense", f"p{two.pk}-name": ""}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'<a href="#p{one.pk}-email">Line 1, E-mail: This is not an e-mail address.</a>' in page
    assert f'<a href="#p{two.pk}-name">Line 2, Full name: The name is missing.</a>' in page
    assert f'id="p{two.pk}-name"' in page


def test_who_pastes_too_long_a_text_is_told_that_it_was_cut(delegation, head):
    rows = json.dumps([["Anna " + "x" * 300, "anna@plenum.example"]])
    answer = head.post(
        address(delegation, "paste/"), {"rows": rows, "column-0": "name", "column-1": "email"}, follow=True
    )
    assert "In 1 line a text was too long and was cut" in answer.content.decode()


def test_the_head_adds_people_after_registration_has_closed_until_the_deadline(delegation, head):
    send_delegation(delegation=delegation, actor=delegation.head)
    RegistrationSettings.objects.update(
        closes_at=timezone.now() - dt.timedelta(hours=1), change_until=timezone.now() + dt.timedelta(days=1)
    )
    answer = head.post(
        address(delegation), {"do": "send", "n0-name": "Late", "n0-email": "late@plenum.example"}
    )
    assert answer.status_code == 302
    assert state_of(delegation.members.get(name="Late")) == "invited"


def test_a_delegation_that_was_never_sent_is_not_sent_after_registration_has_closed(delegation, head):
    RegistrationSettings.objects.update(
        closes_at=timezone.now() - dt.timedelta(hours=1), change_until=timezone.now() + dt.timedelta(days=1)
    )
    assert head.post(address(delegation), {"do": "send"}).status_code == 409


def test_a_delegation_that_waits_together_reads_its_place_in_the_list(client):
    event, category = make_open_event(places=1)
    make_registration(event, category)
    make_registration(event, category)
    delegation = make_delegation(event, category, size=2, all_or_none=True)
    client.force_login(delegation.head)
    assert "Either all of them get places" in client.get(address(delegation)).text
    send_delegation(delegation=delegation, actor=delegation.head)
    assert "<b>2</b> <span>Your delegation" in client.get(address(delegation)).text
