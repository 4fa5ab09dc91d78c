"""Registration's part of the REST API: who has registered, and the organiser's decisions.

A program comes with a token of the event, of scope ``registrations.read`` or ``registrations.write``.
Times are RFC 3339 in UTC.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from network.localised import localised
from sessions_app.events.api_tokens import TokenAuth, TokenThrottle, event_of, token_of
from sessions_app.events.models import Scope
from sessions_app.programme.api_schemas import Code, Invalid, Limit, Offset, Problem, Slug
from sessions_app.registration.errors import Busy, RegistrationError
from sessions_app.registration.models import Registration
from sessions_app.registration.queries import answers_of
from sessions_app.registration.services.deciding import approve, decline
from sessions_app.registration.services.registering import cancel
from sessions_app.registration.states import ENDED, State
from sessions_app.registration.team_queries import Wanted, for_program

RATE = "600/min"
router = Router(tags=["registration"], throttle=[TokenThrottle(RATE)])
READ, WRITE = TokenAuth(Scope.REGISTRATIONS_READ), TokenAuth(Scope.REGISTRATIONS_WRITE)
ERRORS: dict[int, Any] = {401: Problem, 403: Problem, 404: Problem, 422: Invalid, 429: Problem}
DECISION_ERRORS: dict[int, Any] = {**ERRORS, 400: Problem, 409: Problem, 503: Problem}
Shown = StrEnum("Shown", {state.name: state.value for state in State if state is not State.DRAFT})


class CategoryOut(Schema):
    """A kind of attendee."""

    slug: str
    name: dict[str, str]


class RegistrationOut(Schema):
    """A registration that was sent."""

    code: str
    state: str
    category: CategoryOut | None
    name: str
    name_latin: str
    email: str
    phone: str
    organisation: str
    post: str
    region: str
    language: str
    delegation: str
    received_at: dt.datetime | None
    confirmed_at: dt.datetime | None
    changed_at: dt.datetime
    version: int


class RegistrationDetail(RegistrationOut):
    """A registration with its answers by the questions' short names."""

    answers: dict[str, Any]


class RegistrationPage(Schema):
    """One page of registrations, and how many there are."""

    count: int
    items: list[RegistrationOut]


class RegistrationQuery(Schema):
    """Which registrations; the filters all apply together."""

    state: Shown | None = None
    category: Annotated[str, Field(max_length=80)] = ""
    q: Annotated[str, Field(max_length=200)] = ""
    limit: Limit = 50
    offset: Offset = 0


class DeclineIn(Schema):
    """Why; the person reads it."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class CancelIn(Schema):
    """Why, if it is to be said."""

    reason: Annotated[str, Field(max_length=2000)] = ""


@router.get(
    "/{slug}/registrations", auth=READ, response={200: RegistrationPage, **ERRORS}, summary="Registrations"
)
def list_registrations(request: HttpRequest, slug: Slug, query: Query[RegistrationQuery]) -> Any:
    """List the registrations that were sent, in the order in which they came."""
    values = {"q": query.q, "state": query.state or "", "category": query.category, "sort": "received"}
    rows = for_program(event_of(request), Wanted.of(values))
    page = rows[query.offset : query.offset + query.limit]
    return {"count": rows.count(), "items": [_out(row) for row in page]}


@router.get(
    "/{slug}/registrations/{code}",
    auth=READ,
    response={200: RegistrationDetail, **ERRORS},
    summary="One registration",
)
def get_registration(request: HttpRequest, slug: Slug, code: Code) -> Any:
    """Return a registration with its answers."""
    return _detail(_find(request, code))


@router.post(
    "/{slug}/registrations/{code}/approve",
    auth=WRITE,
    response={200: RegistrationDetail, **DECISION_ERRORS},
    summary="Approve",
)
def approve_registration(request: HttpRequest, slug: Slug, code: Code) -> Any:
    """Confirm who waits for approval, or put her on the waiting list; done twice it is done once."""

    def step(registration: Registration) -> Registration:
        if registration.state in ENDED:
            raise HttpError(409, f"The registration is {registration.state}.")
        return approve(registration=registration, actor=_actor(request))

    return _decide(request, code, step)


@router.post(
    "/{slug}/registrations/{code}/decline",
    auth=WRITE,
    response={200: RegistrationDetail, **DECISION_ERRORS},
    summary="Decline",
)
def decline_registration(request: HttpRequest, slug: Slug, code: Code, body: DeclineIn) -> Any:
    """Say no with a reason; the places go on to those who wait."""
    return _decide(
        request,
        code,
        lambda registration: decline(
            registration=registration, actor=_actor(request), reason=_printable(body.reason)
        ),
    )


@router.post(
    "/{slug}/registrations/{code}/cancel",
    auth=WRITE,
    response={200: RegistrationDetail, **DECISION_ERRORS},
    summary="Cancel",
)
def cancel_registration(request: HttpRequest, slug: Slug, code: Code, body: CancelIn) -> Any:
    """Give the registration up for the person; the places go on to those who wait."""
    return _decide(
        request,
        code,
        lambda registration: cancel(
            registration=registration, actor=_actor(request), reason=_printable(body.reason), by_team=True
        ),
    )


def _decide(request: HttpRequest, code: str, step: Callable[[Registration], Registration]) -> dict[str, Any]:
    registration = _find(request, code)
    try:
        return _detail(step(registration))
    except Busy:
        raise
    except RegistrationError as error:
        raise HttpError(409, f"{type(error).__name__}: {error}") from error


def _actor(request: HttpRequest) -> Any:
    """Return who made the token: the trail names a person for what her program did."""
    token = token_of(request)
    return token.created_by if token else None


def _printable(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() or sign == "\n")


def _find(request: HttpRequest, code: str) -> Registration:
    found = for_program(event_of(request), Wanted()).filter(code=code.upper())
    registration = found.select_related("event", "person", "delegation", "category").first()
    if registration is None:
        raise Http404("No such registration.")
    return registration


def _out(row: Registration) -> dict[str, Any]:
    category = row.category
    return {
        "code": row.code,
        "state": row.state,
        "category": {"slug": category.slug, "name": localised(category, "name")} if category else None,
        "name": row.name,
        "name_latin": row.name_latin,
        "email": row.email,
        "phone": row.phone,
        "organisation": row.organisation_name,
        "post": row.post,
        "region": row.region,
        "language": row.locale,
        "delegation": row.delegation.organisation_name if row.delegation else "",
        "received_at": row.submitted_at,
        "confirmed_at": row.confirmed_at,
        "changed_at": row.changed_at,
        "version": row.version,
    }


def _detail(row: Registration) -> dict[str, Any]:
    return {**_out(row), "answers": answers_of(row)}
