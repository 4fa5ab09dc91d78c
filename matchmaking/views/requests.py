"""Requests for meetings: the inbox, and one request with its answers and the talk of the two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from matchmaking import queries
from matchmaking.errors import ExchangeError
from matchmaking.forms.asking import ANY, AskForm, DeclineForm, NoteForm, TimeForm
from matchmaking.free_time import free_time
from matchmaking.models import MeetingRequest, Slot
from matchmaking.pages.slots import choices_for, open_slots
from matchmaking.refusals import Refusal, refusal_of
from matchmaking.services import asking
from matchmaking.services.accepting import accept
from matchmaking.states import RequestState, takes_requests
from matchmaking.views.visit import Visit, page, participant


@require_safe
@participant()
def inbox(visit: Visit) -> HttpResponse:
    """List what she must answer first, what waits, what is agreed, and what has ended."""
    found = queries.inbox_of(visit.profile, now=visit.now)
    rows = {
        box: [_row(visit, one) for one in getattr(found, box)]
        for box in ("to_answer", "waiting", "agreed", "ended")
    }
    context = {
        "inbox": rows,
        "is_empty": not any(rows.values()),
        "to_answer_count": len(found.to_answer),
        "live_part": "#inbox",
        "can_answer": takes_requests(visit.exchange.preset, visit.exchange.phase),
    }
    return page(visit, "requests.html", context, tab="requests")


def _row(visit: Visit, one: MeetingRequest) -> dict[str, Any]:
    return {
        "asked": one,
        "other": one.other(visit.profile),
        "meeting": getattr(one, "meeting", None),
        "is_late": one.state == RequestState.PENDING and one.expires_at <= visit.now,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is done with a request: the form that must be valid (none for a plain button), and the service."""

    form: Callable[[OneRequest], Form | None] | None
    run: Callable[[OneRequest, Any], Any]
    done: Callable[[OneRequest], str]


class OneRequest:
    """One request on its page: the two people, their common time, and the forms."""

    def __init__(self, visit: Visit, code: str) -> None:
        self.visit = visit
        self.request = queries.request_of(visit.profile, code)
        self.request.exchange = visit.exchange
        for side in (self.request.sender, self.request.recipient):
            side.exchange = visit.exchange
        self.other = self.request.other(visit.profile)
        self.is_open = self.request.state == RequestState.PENDING and self.request.expires_at > visit.now
        self.is_mine = self.request.turn_id == visit.profile.pk
        self.days: list[Any] = []
        self.slots: list[Slot] = []
        if self.is_open:
            free = free_time(visit.exchange, [visit.profile, self.other], now=visit.now)
            self.days = choices_for(free, visit.profile, self.other)
            self.slots = open_slots(self.days)
        self.forms: dict[str, Form] = {}

    @property
    def service(self) -> dict[str, Any]:
        """Who does what, as every service wants it."""
        return {
            "request": self.request,
            "by": self.visit.profile,
            "actor": self.visit.person,
            "now": self.visit.now,
        }

    def accept_form(self) -> TimeForm | None:
        """Return the form of the time she accepts; None where the asked-for time or any is accepted."""
        post = self.visit.request.POST
        return TimeForm(post, slots=self.slots) if post.get("slot") else None


def _accept(one: OneRequest, form: Any) -> None:
    accept(**one.service, slot=form.slot_chosen() if form else None)


def _other_time(one: OneRequest, form: Any) -> None:
    asking.propose_other_time(**one.service, slot=form.slot_chosen())


def _decline(one: OneRequest, form: Any) -> None:
    asking.decline(**one.service, **form.cleaned_data)


def _withdraw(one: OneRequest, _form: Any) -> None:
    asking.withdraw(**one.service)


def _change(one: OneRequest, form: Any) -> None:
    data = form.cleaned_data
    asking.change_request(
        **one.service, slot=form.slot_chosen(), message=data["message"], priority=data["priority"]
    )


def _note(one: OneRequest, form: Any) -> None:
    service = {name: value for name, value in one.service.items() if name != "actor"}
    asking.write_note(**service, text=form.cleaned_data["text"])


def _change_form(one: OneRequest, post: Any = None) -> AskForm:
    asked = one.request
    own = (
        [asked.slot]
        if asked.slot and asked.slot not in one.slots and asked.slot.start > one.visit.now
        else []
    )
    initial = {"slot": str(asked.slot_id or ANY), "message": asked.message, "priority": asked.priority}
    return AskForm(post, slots=[*own, *one.slots], initial=initial)


STEPS: dict[str, Step] = {
    "accept": Step(form=OneRequest.accept_form, run=_accept, done=lambda one: _("Agreed.")),
    "other": Step(
        form=lambda one: TimeForm(one.visit.request.POST, slots=one.slots),
        run=_other_time,
        done=lambda one: _("Your time is proposed. %(name)s answers now.") % {"name": one.other.name},
    ),
    "decline": Step(
        form=lambda one: DeclineForm(one.visit.request.POST),
        run=_decline,
        done=lambda one: _("Declined. %(name)s is told.") % {"name": one.other.name},
    ),
    "withdraw": Step(form=None, run=_withdraw, done=lambda one: _("Your request is taken back.")),
    "change": Step(
        form=lambda one: _change_form(one, one.visit.request.POST),
        run=_change,
        done=lambda one: _("Your request is changed."),
    ),
    "note": Step(form=lambda one: NoteForm(one.visit.request.POST), run=_note, done=lambda one: _("Sent.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@participant()
def request(visit: Visit, code: str) -> HttpResponse:
    """Show one request with what can be done now; a POST does what ``do`` names."""
    one = OneRequest(visit, code)
    if visit.request.method != "POST":
        return _show(one)
    name = visit.request.POST.get("do", "")
    step = STEPS.get(name)
    if step is None:
        return _show(one, status=400)
    form = step.form(one) if step.form else None
    if form is not None and not form.is_valid():
        one.forms[name] = form
        taken = isinstance(form, TimeForm | AskForm) and form.has_error("slot", "invalid_choice")
        return _show(one, status=409 if taken else 422, opened=name)
    try:
        step.run(one, form)
    except ExchangeError as error:
        if form is not None:
            one.forms[name] = form
        refusal = refusal_of(error)
        return _show(
            OneRequest(visit, code), forms=one.forms, refusal=refusal, opened=name, status=refusal.status
        )
    messages.success(visit.request, step.done(one))
    if name == "accept" and queries.meeting_of_request(one.request) is not None:
        return redirect("matchmaking:mine", slug=visit.slug)
    if name in {"note", "change"}:
        return redirect("matchmaking:request", slug=visit.slug, code=code)
    return redirect("matchmaking:requests", slug=visit.slug)


def _show(
    one: OneRequest,
    *,
    forms: dict[str, Form] | None = None,
    refusal: Refusal | None = None,
    opened: str = "",
    status: int = 200,
) -> HttpResponse:
    kept = forms if forms is not None else one.forms
    can = one.is_open and takes_requests(one.visit.exchange.preset, one.visit.exchange.phase)
    is_sender = one.request.sender_id == one.visit.profile.pk
    context = {
        "asked": one.request,
        "other": one.other,
        "notes": one.request.notes.select_related("author"),
        "days": one.days,
        "has_common": bool(one.slots),
        "can_answer": can and one.is_mine,
        "can_change": can and is_sender and not one.is_mine,
        "can_withdraw": one.is_open and is_sender,
        "can_write": one.is_open or one.request.state == RequestState.ACCEPTED,
        "is_late": one.request.state == RequestState.PENDING and not one.is_open,
        "other_form": kept.get("other") or kept.get("accept") or TimeForm(slots=one.slots),
        "decline_form": kept.get("decline") or DeclineForm(),
        "change_form": kept.get("change") or _change_form(one),
        "note_form": kept.get("note") or NoteForm(),
        "opened": opened or one.visit.request.GET.get("open", ""),
        "refusal": refusal,
        "meeting": getattr(one.request, "meeting", None),
        "live_part": "#request, #talk",
    }
    return page(one.visit, "request.html", context, tab="requests", status=status)
