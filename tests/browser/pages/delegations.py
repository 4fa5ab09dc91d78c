"""Pages of delegations: what they tell of, what leads to their states, and the states themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from network.models import Affiliation, AffiliationRight
from sessions_app.registration.models import Registration, RegistrationSettings
from sessions_app.registration.services.delegating import Frame, add_lines, open_delegation
from sessions_app.registration.services.delegation_places import remove_member, withdraw_delegation
from sessions_app.registration.services.delegation_sending import send_delegation
from sessions_app.registration.services.submitting import submit
from tests.browser.pages.visit import State, Visit
from tests.factories import OrganisationFactory, PersonFactory, make_open_event, make_team_member

UNBROKEN = "Сельскохозяйственнаявысокотехнологичнаякооперация" * 2


def add_delegations(places: dict[str, Any]) -> None:
    """Add an event whose delegations are in every state, led by one person, and one that is closed."""
    event, category = make_open_event(places=4, slug="groups", name_en="Groups", name_ru="Группы")
    make_team_member(event, "registrar", name="Rita Registrar", email="groups@plenum.example")
    head = PersonFactory(name="Hedda Head", email="head@plenum.example")
    organisation = OrganisationFactory(name_en=UNBROKEN, name_ru=UNBROKEN)
    Affiliation.objects.create(person=head, organisation=organisation, right=AffiliationRight.OWNER)
    long = Frame(category=category, organisation=organisation)
    full = open_delegation(event=event, head=head, frame=long)
    add_lines(delegation=full, lines=[_line(number, UNBROKEN) for number in range(6)])
    send_delegation(delegation=full, actor=head)
    first = Registration.objects.filter(delegation=full, state="invited").first()
    assert first is not None
    submit(registration=first, actor=PersonFactory(email=first.email), key="group", digest="group")
    remove_member(member=full.members.order_by("-pk")[0], actor=head)
    wrong = [{"name": UNBROKEN, "email": UNBROKEN}, {"phone": "1"}, _line(0, "Twice"), _line(9, "Right")]
    add_lines(delegation=full, lines=wrong)
    short = Frame(category=category, organisation_name="Short", all_or_none=True)
    fresh = open_delegation(event=event, head=head, frame=short)
    gone = open_delegation(event=event, head=head, frame=short)
    add_lines(delegation=gone, lines=[_line(20, "Gone")])
    send_delegation(delegation=gone, actor=head)
    withdraw_delegation(delegation=gone, actor=head)
    shut, _category = make_open_event(slug="no-groups")
    RegistrationSettings.objects.filter(event=shut).update(is_open=False)
    places |= {
        "group": full.code,
        "fresh_group": fresh.code,
        "gone_group": gone.code,
        "member_pk": full.members.order_by("pk")[0].pk,
    }


def _line(number: int, name: str) -> dict[str, str]:
    return {"name": name, "email": f"group{number}@plenum.example", "post": name}


def paste(visit: Visit) -> None:
    """Paste a table without headings."""
    details = visit.page.locator("details.paste")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    visit.page.locator("#id_text").fill(f"Anna Li\tanna@plenum.example\t{UNBROKEN}\t1\n\t\tx\t2")
    visit.page.locator(".paste button").click()


def match_nothing(visit: Visit) -> None:
    """Say of no column what it is."""
    paste(visit)
    for select in visit.page.locator(".columns select").all():
        select.select_option("")
    visit.page.locator(".columns ~ .actions button").click()


def paste_nothing(visit: Visit) -> None:
    """Send the list without rows and file."""
    visit.page.locator(".paste button").click()


def invite_wrong_lines(visit: Visit) -> None:
    """Invite people whose lines are wrong."""
    visit.page.locator("button[value=send]").click()


def swap_with_nobody(visit: Visit) -> None:
    """Swap somebody without saying for whom."""
    visit.page.locator("#id_email").fill("")
    visit.page.locator("main form .button--primary").click()


def begin_nothing(visit: Visit) -> None:
    """Begin a delegation without saying whose."""
    visit.page.locator("#id_organisation").select_option("")
    visit.page.locator("main form .button--primary").click()


LIST = "/en/events/groups/delegation/"
ONE = LIST + "{group}/"
DELEGATIONS = (
    *(
        replace(state, role=state.role or "head", ru=True)
        for state in (
            State("delegations", LIST),
            State("delegations, none yet", LIST, "new"),
            State("delegation, new", LIST + "new/"),
            State("delegation, new, wrong", LIST + "new/", steps=begin_nothing, status=422),
            State("delegation, closed", "/en/events/no-groups/delegation/new/"),
            State("delegations, closed", "/en/events/no-groups/delegation/"),
            State("delegation, half finished", ONE),
            State("delegation, for the team", ONE, "groups"),
            State("delegation, nobody yet", LIST + "{fresh_group}/"),
            State("delegation, withdrawn", LIST + "{gone_group}/"),
            State("delegation, frame", LIST + "{fresh_group}/frame/"),
            State("delegation, wrong lines", ONE, steps=invite_wrong_lines, status=422),
            State("delegation, nothing pasted", LIST + "{fresh_group}/", steps=paste_nothing, status=422),
            State("delegation, columns", ONE, steps=paste),
            State("delegation, columns, none", ONE, steps=match_nothing, status=422),
            State("delegation, swap", ONE + "members/{member_pk}/"),
            State(
                "delegation, swap, wrong", ONE + "members/{member_pk}/", steps=swap_with_nobody, status=422
            ),
            State("delegation, take out", ONE + "members/{member_pk}/remove/"),
            State("delegation, withdraw", ONE + "withdraw/"),
            State("delegation, delete", LIST + "{fresh_group}/withdraw/"),
            State("delegations, desk", "/admin/registration/groups/delegations/", "groups"),
        )
    ),
)
