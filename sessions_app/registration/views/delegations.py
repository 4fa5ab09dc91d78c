"""Delegations of an event: those that a person leads, and the page of one, for her and for the team."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network.localised import localised
from network.models import Person
from sessions_app.events.models import Event
from sessions_app.registration.delegation_queries import (
    CheckedLine,
    checked,
    get_delegation,
    led_by,
    organisations_to_act_for,
    sent_lines,
    state_counts_of,
    state_of,
    turn_of,
)
from sessions_app.registration.delegation_words import Refusal, refusal_of, sentence_of
from sessions_app.registration.errors import RegistrationError
from sessions_app.registration.forms.delegations import LABELS, FrameForm, ListForm
from sessions_app.registration.models import Category, Delegation, DelegationMember, Entry
from sessions_app.registration.places_in_words import of_category
from sessions_app.registration.queries import (
    categories_for,
    category_opening,
    may_change_until,
    opening,
    queued_quotas,
    settings_of,
)
from sessions_app.registration.services.delegating import change_delegation, open_delegation
from sessions_app.registration.services.delegation_places import remind_members, withdraw_delegation
from sessions_app.registration.states import ENDED, State
from sessions_app.registration.tables.columns import LONGEST
from sessions_app.registration.views.visit import find_event
from sessions_app.registration.wording_of_states import tag_of

SHOWN_FAULTS = 20
LINES = 100  # so many are on one page, to be changed in one form
EMPTY_LINES = 3
ORDER = ("name", "email", "name_latin", "phone", "post")
PAGE = require_http_methods(["GET", "HEAD", "POST"])


def event_with_registration(request: HttpRequest, slug: str) -> Event:
    """Return the event; raise Http404 when it takes no registrations, or the viewer may not know of it."""
    event = find_event(request, slug)
    if settings_of(event) is None:
        raise Http404
    return event


def find_delegation(request: HttpRequest, slug: str, code: str) -> Delegation:
    """Return the delegation for its head or the team; raise Http404 for everybody else."""
    if "\x00" in code:
        raise Http404
    return get_delegation(find_event(request, slug), request.user, code)


def person_of(request: HttpRequest) -> Person:
    """Return who is signed in."""
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


def by_team(request: HttpRequest, delegation: Delegation) -> bool:
    """Tell whether the team acts, whom deadlines do not bind."""
    return delegation.head_id != person_of(request).pk


def base_context(event: Event) -> dict[str, Any]:
    """Return what every page of a delegation shows."""
    return {
        "event": event,
        "event_name": localised(event, "name"),
        "zone": event.timezone,
    }


@never_cache
@require_safe
@login_required
def delegations(request: HttpRequest, slug: str) -> HttpResponse:
    """List the delegations that the viewer leads."""
    event = event_with_registration(request, slug)
    found = list(led_by(event, person_of(request)))
    counts = state_counts_of(found)
    context = {
        **base_context(event),
        "rows": [(one, tags_of(counts[one.pk])) for one in found],
        "is_open": opening(settings_of(event)).is_open,
    }
    return render(request, "registration/delegations.html", context)


def tags_of(counts: Any) -> list[dict[str, Any]]:
    """Return how many lines are in which state, as tags in the order of the states."""
    states = [*(state.value for state in State), ""]
    return [{**tag_of(state), "count": counts[state]} for state in states if counts.get(state)]


def _choices(event: Event, person: Person, now: Category | None = None) -> list[tuple[Category, str]]:
    """Return the categories that she may choose now, with their places in words."""
    queued = queued_quotas(event)
    found = [one for one in categories_for(event, person) if category_opening(one).is_open]
    if now is not None and now not in found:
        found.append(now)
    notes = {
        Entry.APPROVAL: _("after approval by the organiser"),
        Entry.AUTOMATIC: "",
    }
    return [
        (one, "; ".join(part for part in (of_category(one, queued), str(notes[Entry(one.entry)])) if part))
        for one in found
    ]


@never_cache
@PAGE
@login_required
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a delegation."""
    event = event_with_registration(request, slug)
    person = person_of(request)
    choices = _choices(event, person)
    if not opening(settings_of(event)).is_open or not choices:
        return render(
            request, "registration/delegation_closed.html", base_context(event), status=200 if request.method != "POST" else 409
        )  # fmt: skip
    organisations = list(organisations_to_act_for(person))
    first = {"category": choices[0][0].slug if len(choices) == 1 else "", "organisation": ""}
    if organisations:
        first["organisation"] = organisations[0].code
    posted = request.POST if request.method == "POST" else None
    form = FrameForm(posted, choices=choices, organisations=organisations, initial=first)
    if posted is None or not form.is_valid():
        return _frame_page(request, event, form, status=422 if posted is not None else 200)
    try:
        delegation = open_delegation(event=event, head=person, frame=form.frame())
    except RegistrationError as error:
        return _frame_page(request, event, form, problem=refusal_of(error))
    return redirect("registration:delegation", event.slug, delegation.code)


@never_cache
@PAGE
@login_required
def frame(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Change what a delegation says of itself before anybody is invited."""
    delegation = find_delegation(request, slug, code)
    event, person = delegation.event, person_of(request)
    if delegation.sent_at is not None:
        return redirect("registration:delegation", slug, code)
    form = FrameForm(
        request.POST if request.method == "POST" else None,
        choices=_choices(event, person, delegation.category),
        organisations=list(organisations_to_act_for(person)),
        initial={
            "organisation": delegation.organisation.code if delegation.organisation else "",
            "organisation_name": "" if delegation.organisation else delegation.organisation_name,
            "category": delegation.category.slug,
            "all_or_none": delegation.all_or_none,
        },
    )
    if request.method != "POST" or not form.is_valid():
        return _frame_page(
            request, event, form, delegation=delegation, status=422 if request.method == "POST" else 200
        )
    try:
        change_delegation(
            delegation=delegation, actor=person, frame=form.frame(), by_team=by_team(request, delegation)
        )
    except RegistrationError as error:
        return _frame_page(request, event, form, delegation=delegation, problem=refusal_of(error))
    return redirect("registration:delegation", slug, code)


def _frame_page(
    request: HttpRequest,
    event: Event,
    form: FrameForm,
    *,
    delegation: Delegation | None = None,
    problem: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {**base_context(event), "form": form, "delegation": delegation, "problem": problem}
    return answer(request, "registration/delegation_form.html", context, problem, status)


def answer(
    request: HttpRequest, template: str, context: dict[str, Any], problem: Refusal | None, status: int = 200
) -> HttpResponse:
    """Answer with a page; a problem decides its status."""
    response = render(request, template, context, status=problem.status if problem is not None else status)
    if response.status_code == 503:
        response["Retry-After"] = "5"
    return response


def delegation_page(
    request: HttpRequest,
    delegation: Delegation,
    *,
    problem: Refusal | None = None,
    list_form: ListForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the page of a delegation: who has been invited, who is to be, and how to add more."""
    event = delegation.event
    rows = checked(delegation)
    page = Paginator(rows, LINES).get_page(request.GET.get("page"))
    sent = Paginator(sent_lines(delegation), LINES).get_page(request.GET.get("sent"))
    counts = state_counts_of([delegation])[delegation.pk]
    until = may_change_until(event, settings_of(event))
    in_time = until is None or timezone.now() < until
    team = by_team(request, delegation)
    context = {
        **base_context(event),
        "delegation": delegation,
        "is_team": team,
        "may_change": delegation.withdrawn_at is None and (in_time or team),
        "change_until": until,
        "tags": tags_of(counts),
        "unfinished": counts.get(State.INVITED, 0),
        "sent": [(one, tag_of(state_of(one)), state_of(one) not in ENDED) for one in sent],
        "sent_page": sent,
        "lines": [line_of(row, page.start_index() + n) for n, row in enumerate(page)],
        "line_page": page,
        "empty_lines": [empty_line(n) for n in range(EMPTY_LINES)],
        "faulty": sum(1 for row in rows if row.faults),
        "faults": _faults(rows)[:SHOWN_FAULTS] if problem is not None and problem.names_lines else [],
        "turn": turn_of(delegation) if delegation.all_or_none else 0,
        "closes_at": opening(settings_of(event)).at if delegation.sent_at is None else None,
        "to_send": len(rows),
        "columns": [(name, LABELS[name]) for name in ORDER],
        "list_form": list_form or ListForm(),
        "problem": problem,
    }
    return answer(request, "registration/delegation.html", context, problem, status)


def _faults(rows: list[CheckedLine]) -> list[tuple[str, str]]:
    """Return address and sentence of each fault, in the order of the lines."""
    found = []
    for number, row in enumerate(rows, 1):
        page = f"?page={(number - 1) // LINES + 1}" if len(rows) > LINES else ""
        for fault in row.faults:
            said = _("Line %(number)d, %(column)s: %(fault)s")
            values = {"number": number, "column": LABELS[fault.field], "fault": sentence_of(fault)}
            found.append((f"{page}#p{row.line.pk}-{fault.field}", said % values))
    return found


def line_of(row: CheckedLine, number: int) -> dict[str, Any]:
    """Return a line as the table shows it: its fields with what is wrong at each."""
    faults = {fault.field: sentence_of(fault) for fault in reversed(row.faults)}
    return _line(f"p{row.line.pk}", str(number), row.line, faults)


def empty_line(number: int) -> dict[str, Any]:
    """Return a line in which nothing stands yet."""
    return _line(f"n{number}", "", None, {})


def _line(prefix: str, number: str, line: DelegationMember | None, faults: dict[str, str]) -> dict[str, Any]:
    cells = [
        {
            "name": name,
            "label": LABELS[name],
            "value": getattr(line, name, ""),
            "fault": faults.get(name, ""),
            "longest": LONGEST[name],
        }
        for name in ORDER
    ]
    return {
        "prefix": prefix,
        "pk": line.pk if line else "",
        "number": number,
        "cells": cells,
        "is_wrong": faults,
    }


@never_cache
@require_POST
@login_required
def remind(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Remind those who have not finished."""
    delegation = find_delegation(request, slug, code)
    try:
        remind_members(delegation=delegation, actor=person_of(request))
    except RegistrationError as error:
        return delegation_page(request, delegation, problem=refusal_of(error))
    messages.success(request, _("Those who have not finished get a reminder."))
    return redirect("registration:delegation", slug, code)


@never_cache
@PAGE
@login_required
def withdraw(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Ask, then take the whole delegation back."""
    delegation = find_delegation(request, slug, code)
    if delegation.withdrawn_at is not None:
        return redirect("registration:delegation", slug, code)
    team = by_team(request, delegation)
    problem = None
    if request.method == "POST":
        try:
            withdraw_delegation(delegation=delegation, actor=person_of(request), by_team=team)
        except RegistrationError as error:
            problem = refusal_of(error)
        else:
            messages.success(request, _("The delegation is withdrawn."))
            if team:
                return redirect(reverse("backoffice_delegations", args=(slug,)))
            return redirect("registration:delegations", slug)
    counts = state_counts_of([delegation])[delegation.pk]
    context = {
        **base_context(delegation.event),
        "delegation": delegation,
        "live": sum(count for state, count in counts.items() if state and state not in ENDED),
        "unsent": counts.get("", 0),
        "problem": problem,
    }
    return answer(request, "registration/delegation_withdraw.html", context, problem)
