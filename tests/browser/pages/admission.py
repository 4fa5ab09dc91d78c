"""Pages of admission in the back office: gates, rules, tickets, scans and paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from network.paper import printing
from sessions_app.admission.models import Gate, PaperKind, Rule, Ticket
from sessions_app.admission.services.papers import begin_paper
from sessions_app.events.models import Event
from sessions_app.registration.models import Registration
from tests.browser.pages.visit import State, Visit
from tests.factories import PersonFactory, make_registration


def add_admission(places: dict[str, Any]) -> None:
    """Name gates, rules and tickets of the demo's forum, and begin to print badges there."""
    event = Event.objects.get(slug="cluster-forum")
    people = list(Registration.objects.filter(event=event, state="confirmed").order_by("pk")[:60])
    job = begin_paper(
        event=event, actor=PersonFactory(), kind=PaperKind.BADGES, ids=[person.pk for person in people]
    )
    guest = PersonFactory(name="Gwen Guest", email="ticket@plenum.example")
    category = event.categories.filter(visibility="public", entry="automatic", quota__size__gt=100)[0]
    places |= {
        "gate_pk": Gate.objects.filter(event=event)[0].pk,
        "rule_pk": Rule.objects.filter(event=event)[0].pk,
        "ticket": Ticket.objects.filter(event=event, revoked_at__isnull=True)[0].registration.code,
        "paper_job": job.pk,
        "own_ticket": make_registration(event, category, person=guest).code,
    }


def ask_a_busy_printer(visit: Visit) -> None:
    """Ask for the ticket on paper while others print theirs."""
    taken = 0
    while printing._free.acquire(blocking=False):
        taken += 1
    try:
        visit.goto("/en/me/tickets/{own_ticket}/ticket.pdf")
    finally:
        printing._free.release(taken)


DESK = "/admin/admission/cluster-forum/"
ADMISSION = (
    *(
        replace(state, role="organiser", ru=True)
        for state in (
            State("registration, arrivals", "/admin/registration/cluster-forum/"),
            State("admission, events", "/admin/admission/"),
            State("admission", DESK),
            State("admission, key", DESK + "key/"),
            State("admission, scans", DESK + "scans/"),
            State("admission, gates", DESK + "gates/"),
            State("admission, new gate", DESK + "gates/new/"),
            State("admission, gate", DESK + "gates/{gate_pk}/"),
            State("admission, rules", DESK + "rules/"),
            State("admission, new rule", DESK + "rules/new/"),
            State("admission, rule", DESK + "rules/{rule_pk}/"),
            State("admission, ticket", DESK + "tickets/{ticket}/"),
            State("admission, paper", DESK + "paper/"),
            State("admission, printing", DESK + "paper/{paper_job}/"),
        )
    ),
    State(
        "ticket, busy printer", "/en/me/tickets/{own_ticket}/", "ticket", steps=ask_a_busy_printer, status=503
    ),
)
