"""Each role sees its own part of the back office, for its own events alone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from sessions_app.events.models import TeamRoleName
from tests.backoffice.forms import text_of
from tests.factories import PersonFactory, make_team_member

ORGANISER, EDITOR = TeamRoleName.ORGANISER, TeamRoleName.PROGRAMME_EDITOR
REGISTRAR = TeamRoleName.REGISTRAR
SECRETARY = TeamRoleName.COMMISSION_SECRETARY
OTHERS = [role for role in TeamRoleName if role not in (ORGANISER, EDITOR)]
WITHOUT_PAGES = [
    role for role in OTHERS if role not in (SECRETARY, TeamRoleName.REGISTRAR, TeamRoleName.MATCHMAKER)
]

PROGRAMME_PAGES = [
    "backoffice_hub",
    "backoffice_import",
    "backoffice_import_csv",
    "backoffice_clashes",
    "backoffice_release",
    "backoffice_releases",
]
LISTS = ["sessions:index", "sessions:add"]
EVENT_PAGES = ["events:index", "venues:index", "venues:add"]
OPERATOR_PAGES = [
    "wagtailusers_users:index",
    "wagtailusers_users:add",
    "organisations:index",
    "organisations:add",
    "audit_report",
    "outbox_report",
    "events:add",
]
WAGTAIL_PAGES = [
    "/admin/pages/",
    "/admin/images/",
    "/admin/documents/",
    "/admin/groups/",
    "/admin/locales/",
    "/admin/redirects/",
    "/admin/workflows/list/",
    "/admin/sites/",
]
CHOOSERS = ["organisation_chooser:choose", "venue_chooser:choose"]


def opens(client, url) -> bool:
    return client.get(url).status_code == 200


@pytest.mark.parametrize("role", [ORGANISER, EDITOR])
@pytest.mark.parametrize("name", PROGRAMME_PAGES)
def test_those_who_work_on_the_programme_open_its_pages(event, log_in, role, name):
    assert opens(log_in(make_team_member(event, role)), reverse(name, args=(event.slug,)))


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("name", PROGRAMME_PAGES)
def test_other_roles_do_not_find_the_programme(event, log_in, role, name):
    response = log_in(make_team_member(event, role)).get(reverse(name, args=(event.slug,)))
    assert response.status_code == 404


@pytest.mark.parametrize("role", list(TeamRoleName))
@pytest.mark.parametrize("name", PROGRAMME_PAGES)
def test_nobody_finds_another_events_programme(event, foreign, log_in, role, name):
    response = log_in(make_team_member(event, role)).get(reverse(name, args=(foreign.slug,)))
    assert response.status_code == 404


@pytest.mark.parametrize("role", list(TeamRoleName))
def test_each_role_opens_its_own_lists(event, log_in, role):
    client = log_in(make_team_member(event, role))
    assert [opens(client, reverse(name)) for name in LISTS] == [role in (ORGANISER, EDITOR)] * 2
    assert [opens(client, reverse(name)) for name in EVENT_PAGES] == [role == ORGANISER] * 3
    assert [opens(client, reverse(name)) for name in CHOOSERS] == [role in (ORGANISER, EDITOR, REGISTRAR)] * 2
    assert opens(client, reverse("person_chooser:choose")) == (role in (ORGANISER, EDITOR, SECRETARY))
    assert opens(client, reverse("calls:index")) == (role in (ORGANISER, SECRETARY))


@pytest.mark.parametrize("role", list(TeamRoleName))
def test_no_team_role_opens_what_belongs_to_operators_or_to_the_site(event, log_in, role):
    client = log_in(make_team_member(event, role))
    assert not [name for name in OPERATOR_PAGES if opens(client, reverse(name))]
    assert not [url for url in WAGTAIL_PAGES if opens(client, url)]


def test_another_events_objects_are_not_found(event, foreign, desk):
    session = foreign.sessions.get()
    for url in (
        reverse("events:edit", args=(foreign.pk,)),
        reverse("sessions:edit", args=(session.pk,)),
        reverse("backoffice_session_withdraw", args=(session.pk,)),
        f"{reverse('sessions:add')}?event={foreign.slug}",
    ):
        assert desk.get(url).status_code == 404, url
        assert desk.post(url, {"title_en": "Taken over", "act": "delete"}).status_code == 404, url
    session.refresh_from_db()
    assert session.title_en != "Taken over"


def test_lists_show_own_events_only(event, foreign, desk):
    assert foreign.name not in text_of(desk.get(reverse("events:index")))
    page = text_of(desk.get(reverse("sessions:index")))
    assert event.sessions.first().title in page
    assert foreign.sessions.get().title not in page
    assert foreign.sessions.get().title not in text_of(
        desk.get(f"{reverse('sessions:index')}?event={foreign.pk}")
    )


def test_pages_to_choose_from_are_hidden_from_teams(event, log_in):
    client = log_in(make_team_member(event, ORGANISER))
    assert client.get("/admin/api/main/pages/").json()["meta"]["total_count"] == 0


@pytest.mark.parametrize("role", WITHOUT_PAGES)
def test_a_role_without_pages_is_told_so(event, log_in, role):
    page = text_of(log_in(make_team_member(event, role)).get("/admin/"))
    assert event.name in page
    assert f"Your role: {role.label}" in page
    assert "There is nothing to do here yet" in page


def test_the_home_page_leads_a_registrar_to_registration(event, log_in):
    page = log_in(make_team_member(event, TeamRoleName.REGISTRAR)).get("/admin/").content.decode()
    assert f'href="{reverse("backoffice_registration", args=(event.slug,))}"' in page
    assert "There is nothing to do here yet" not in page


def test_the_home_page_leads_an_organiser_to_her_programme(event, desk):
    page = desk.get("/admin/").content.decode()
    assert reverse("backoffice_hub", args=(event.slug,)) in page
    assert reverse("events:edit", args=(event.pk,)) in page


def test_people_without_a_role_do_not_enter(db, log_in):
    assert log_in(PersonFactory()).get("/admin/").status_code == 403


def test_an_operator_creates_events_and_edits_people_but_no_superuser(db, log_in):
    root = PersonFactory(is_superuser=True, is_staff=True)
    person = PersonFactory()
    client = log_in(PersonFactory(is_staff=True))
    assert opens(client, reverse("events:add"))
    assert opens(client, reverse("wagtailusers_users:edit", args=(person.pk,)))
    assert client.get(reverse("wagtailusers_users:edit", args=(root.pk,))).status_code == 404
    form = client.get(reverse("wagtailusers_users:edit", args=(person.pk,))).content.decode()
    assert 'name="is_superuser"' not in form
    assert 'name="groups"' not in form


def test_an_operator_cannot_make_herself_a_superuser(db, log_in):
    operator = PersonFactory(is_staff=True)
    data = {
        "name": "Same",
        "email": operator.email,
        "is_active": "on",
        "is_superuser": "on",
        "is_staff": "on",
    }
    log_in(operator).post(reverse("wagtailusers_users:edit", args=(operator.pk,)), data)
    operator.refresh_from_db()
    assert operator.name == "Same"
    assert not operator.is_superuser


def test_anybody_on_a_team_chooses_her_language_and_theme(event, log_in):
    client = log_in(make_team_member(event, "registrar"))
    data = {
        "locale-preferred_language": "ru",
        "locale-current_time_zone": "Europe/Moscow",
        "theme-theme": "dark",
        "theme-contrast": "system",
        "theme-density": "default",
    }
    assert client.post("/admin/account/", data).status_code == 302
    page = client.get("/admin/").content.decode()
    assert 'lang="ru"' in page
    assert "w-theme-dark" in page
