"""The door's part of the REST API: redeem a ticket, send what was scanned without a network, take back.

A program comes with a token of scope ``admission.redeem``; the door's own pages come with the steward's
log-in and its CSRF token. Times are RFC 3339 with a zone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import parse_etags, quote_etag
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from ninja.security import APIKeyCookie
from pydantic import AwareDatetime

from network.localised import localised
from network.models import Person
from sessions_app.admission.models import Gate, Scan
from sessions_app.admission.queries import door_list, gates_of
from sessions_app.admission.services import redeeming
from sessions_app.events.api_tokens import TokenAuth, TokenThrottle, token_of
from sessions_app.events.models import Event, Scope
from sessions_app.events.permissions import Capability
from sessions_app.events.queries import with_capability
from sessions_app.programme.api_schemas import Invalid, Problem, Slug
from sessions_app.registration.models import Registration

LARGEST_BATCH = 500
NO_NUL = r"^[^\x00]*$"


class StewardAuth(APIKeyCookie):
    """Lets the door's own pages in: by the session of somebody who keeps the event's doors."""

    param_name = "sessionid"

    def authenticate(self, request: HttpRequest, key: str | None) -> Event | None:
        """Return the event of the address; for somebody who does not keep its doors it does not exist."""
        if not request.user.is_authenticated:
            return None
        match = request.resolver_match
        slug = match.kwargs.get("slug") if match else None
        event = with_capability(request.user, Capability.ADMISSION).filter(slug=slug).first()
        if event is None:
            raise Http404("No such event.")
        return event


class ScanIn(Schema):
    """One scan: the code as it was read or typed, and a nonce of the door's own making.

    ``confirmed`` says that the steward has seen the guest's document.
    """

    code: Annotated[str, Field(max_length=400)]
    nonce: Annotated[str, Field(min_length=1, max_length=64, pattern=NO_NUL)]
    gate: Annotated[str, Field(max_length=80, pattern=NO_NUL)] | None = None
    at: AwareDatetime | None = None
    confirmed: bool = False


class OfflineScanIn(ScanIn):
    """A scan that a door made without a network, at the time its clock showed."""

    at: AwareDatetime


class GuestOut(Schema):
    """Who comes: no contact data."""

    code: str
    name: str
    category: dict[str, str]
    organisation: str


class EntryOut(Schema):
    """The entry that stands; ``nonce`` tells whether it is this scan's own."""

    at: dt.datetime
    gate: str | None
    nonce: str


class AnswerOut(Schema):
    """What the door shows."""

    result: str
    reason: str
    registration: GuestOut | None
    first_entry: EntryOut | None
    nonce: str


class UndoIn(Schema):
    """The scan to take back, by its nonce."""

    nonce: Annotated[str, Field(min_length=1, max_length=64, pattern=NO_NUL)]


class Batch(Schema):
    """What a door scanned without a network, in any order."""

    scans: Annotated[list[OfflineScanIn], Field(max_length=LARGEST_BATCH)]


router = Router(
    tags=["admission"],
    auth=[TokenAuth(Scope.ADMISSION_REDEEM), StewardAuth()],
    throttle=[TokenThrottle("6000/min")],
)
ERRORS: dict[int, Any] = {401: Problem, 403: Problem, 404: Problem, 422: Invalid, 429: Problem, 503: Problem}


@router.post("/{slug}/admission/redeem", response={200: AnswerOut, **ERRORS}, summary="Redeem a ticket")
def redeem(request: HttpRequest, slug: Slug, scan: ScanIn) -> Any:
    """Let a ticket in or say why not; the same nonce gets the same answer."""
    event = _event(request)
    attempt = _attempt(scan, _gate(event, scan.gate), offline=False)
    return _answer(redeeming.redeem(event=event, attempt=attempt, by=_steward(request)))


@router.post(
    "/{slug}/admission/scans", response={200: list[AnswerOut], **ERRORS}, summary="Send offline scans"
)
def send_scans(request: HttpRequest, slug: Slug, batch: Batch) -> Any:
    """Take in what was scanned without a network; sent again, it changes nothing."""
    event = _event(request)
    gates = {gate.slug: gate for gate in gates_of(event)}
    attempts = []
    for scan in batch.scans:
        if scan.gate and scan.gate not in gates:
            raise HttpError(422, f"There is no gate “{scan.gate}”.")
        attempts.append(_attempt(scan, gates.get(scan.gate or ""), offline=True))
    answers = redeeming.redeem_all(event=event, attempts=attempts, by=_steward(request))
    return [_answer(answer) for answer in answers]


@router.post("/{slug}/admission/undo", response={200: UndoIn, **ERRORS}, summary="Take a scan back")
def undo(request: HttpRequest, slug: Slug, scan: UndoIn) -> Any:
    """Take a scan back, for example of somebody who did not come in after all."""
    if redeeming.undo(event=_event(request), nonce=scan.nonce, by=_steward(request)) is None:
        raise Http404("No such scan.")
    return {"nonce": scan.nonce}


@router.get("/{slug}/admission/list", response={200: dict[str, Any], **ERRORS}, summary="The door's list")
def get_list(request: HttpRequest, response: HttpResponse, slug: Slug) -> Any:
    """Return what a door needs to go on without a network: keys, rules and tickets, no contact data.

    With ``If-None-Match`` a list that has not changed is answered with 304.
    """
    listed = door_list(_event(request))
    tag = quote_etag(hashlib.sha256(json.dumps(listed).encode()).hexdigest()[:32])
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        unchanged = HttpResponse(status=304)
        unchanged["ETag"] = tag
        return unchanged
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return listed


def _event(request: HttpRequest) -> Event:
    token = token_of(request)
    found = token.event if token is not None else getattr(request, "auth", None)
    if not isinstance(found, Event):
        raise Http404("No such event.")
    return found


def _steward(request: HttpRequest) -> Person | None:
    """Return who scans; a program is nobody."""
    return request.user if token_of(request) is None and isinstance(request.user, Person) else None


def _gate(event: Event, slug: str | None) -> Gate | None:
    if not slug:
        return None
    gate = next(iter(gates_of(event).filter(slug=slug).order_by()[:1]), None)
    if gate is None:
        raise HttpError(422, f"There is no gate “{slug}”.")
    return gate


def _attempt(scan: ScanIn, gate: Gate | None, *, offline: bool) -> redeeming.Attempt:
    return redeeming.Attempt(
        code=scan.code,
        nonce=scan.nonce,
        gate=gate,
        at=scan.at or dt.datetime.now(dt.UTC),
        confirmed=scan.confirmed,
        offline=offline,
    )


def _answer(answer: redeeming.Answer) -> dict[str, Any]:
    return {
        "result": str(answer.result),
        "reason": answer.reason,
        "registration": _guest(answer.registration) if answer.registration else None,
        "first_entry": _entry(answer.first) if answer.first else None,
        "nonce": answer.scan.nonce,
    }


def _guest(registration: Registration) -> dict[str, Any]:
    return {
        "code": registration.code,
        "name": registration.name,
        "category": localised(registration.category, "name") if registration.category else {},
        "organisation": registration.organisation_name,
    }


def _entry(scan: Scan) -> dict[str, Any]:
    return {
        "at": scan.at.astimezone(dt.UTC),
        "gate": scan.gate.slug if scan.gate else None,
        "nonce": scan.nonce,
    }
