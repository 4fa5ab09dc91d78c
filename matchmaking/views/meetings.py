"""One meeting: where and when, running late, cancelling, moving, and afterwards what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from matchmaking import queries
from matchmaking.errors import ExchangeError, SlotTaken, WrongState
from matchmaking.forms.asking import TimeForm
from matchmaking.forms.meetings import CancelForm, FeedbackForm, LateForm, MarkForm
from matchmaking.free_time import free_time
from matchmaking.models import Slot
from matchmaking.pages.day import MeetingView, view_of
from matchmaking.pages.slots import choices_for, open_slots
from matchmaking.refusals import Refusal, refusal_of
from matchmaking.services import booking, marking
from matchmaking.states import MeetingState, Phase
from matchmaking.views.visit import Visit, page, participant


class OneMeeting:
    """One meeting on its page: the two people, other times that would do, and the forms."""

    def __init__(self, visit: Visit, code: str) -> None:
        self.visit = visit
        self.meeting = queries.meeting_of(visit.profile, code)
        self.meeting.exchange = visit.exchange
        for side in (self.meeting.low, self.meeting.high):
            side.exchange = visit.exchange
        self.other = self.meeting.other(visit.profile)
        self.is_booked = self.meeting.state == MeetingState.BOOKED
        self.has_begun = self.meeting.slot.start <= visit.now
        self.days: list[Any] = []
        self.slots: list[Slot] = []
        if self.may_move:
            free = free_time(visit.exchange, [visit.profile, self.other], now=visit.now)
            self.days = choices_for(free, visit.profile, self.other, is_online=self.meeting.is_online)
            self.slots = open_slots(self.days)

    @property
    def may_move(self) -> bool:
        """Whether the two may still find another time."""
        return self.is_booked and not self.has_begun and self.visit.exchange.phase != Phase.OVER

    def view(self) -> MeetingView:
        """Return the meeting as the reader sees it."""
        contact = queries.shown_contacts(self.visit.profile, [self.other]).get(self.other.pk, "")
        return view_of(self.meeting, self.visit.profile, now=self.visit.now, contact=contact)

    def feedback(self) -> FeedbackForm:
        """Return the form of what came of it, as it was filled in before."""
        return FeedbackForm(instance=queries.feedback_of(self.visit.profile, self.meeting))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is done with a meeting: the form that must be valid, and the service."""

    form: Callable[[OneMeeting], BaseForm]
    run: Callable[[OneMeeting, Any], Any]
    done: Callable[[OneMeeting], str]


def _late(one: OneMeeting, form: Any) -> None:
    if one.meeting.slot.end <= one.visit.now:
        raise WrongState
    marking.tell_late(
        meeting=one.meeting,
        by=one.visit.profile,
        minutes=form.cleaned_data["minutes"],
        actor=one.visit.person,
    )


def _cancel(one: OneMeeting, form: Any) -> None:
    booking.cancel_meeting(
        meeting=one.meeting,
        by=one.visit.profile,
        actor=one.visit.person,
        reason=form.cleaned_data["reason"],
        now=one.visit.now,
    )


def _move(one: OneMeeting, form: Any) -> None:
    if not one.may_move:
        raise WrongState
    booking.move_meeting(
        meeting=one.meeting,
        slot=form.slot_chosen(),
        by=one.visit.profile,
        actor=one.visit.person,
        now=one.visit.now,
    )


def _mark(one: OneMeeting, form: Any) -> None:
    if not one.has_begun:
        raise WrongState
    marking.mark_meeting(
        meeting=one.meeting, state=MeetingState(form.cleaned_data["state"]), actor=one.visit.person
    )


def _feedback(one: OneMeeting, form: Any) -> None:
    marking.give_feedback(meeting=one.meeting, by=one.visit.profile, **form.values())


STEPS: dict[str, Step] = {
    "late": Step(
        form=lambda one: LateForm(one.visit.request.POST),
        run=_late,
        done=lambda one: _("%(name)s is told.") % {"name": one.other.name},
    ),
    "cancel": Step(
        form=lambda one: CancelForm(one.visit.request.POST),
        run=_cancel,
        done=lambda one: _("The meeting is cancelled. %(name)s is told.") % {"name": one.other.name},
    ),
    "move": Step(
        form=lambda one: TimeForm(one.visit.request.POST, slots=one.slots),
        run=_move,
        done=lambda one: _("The meeting is moved. %(name)s is told.") % {"name": one.other.name},
    ),
    "mark": Step(
        form=lambda one: MarkForm(one.visit.request.POST), run=_mark, done=lambda one: _("Thank you.")
    ),
    "feedback": Step(
        form=lambda one: FeedbackForm(one.visit.request.POST),
        run=_feedback,
        done=lambda one: _("Saved."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@participant()
def meeting(visit: Visit, code: str) -> HttpResponse:
    """Show one meeting with what can be done now; a POST does what ``do`` names."""
    one = OneMeeting(visit, code)
    if visit.request.method != "POST":
        return _show(one)
    name = visit.request.POST.get("do", "")
    step = STEPS.get(name)
    if step is None:
        return _show(one, status=400)
    form = step.form(one)
    if not form.is_valid():
        taken = isinstance(form, TimeForm) and form.has_error("slot", "invalid_choice")
        refusal = refusal_of(SlotTaken(one.slots[:5])) if taken else None
        return _show(one, forms={name: form}, opened=name, refusal=refusal, status=409 if taken else 422)
    try:
        step.run(one, form)
    except ExchangeError as error:
        refusal = refusal_of(error)
        return _show(
            OneMeeting(visit, code), forms={name: form}, opened=name, refusal=refusal, status=refusal.status
        )
    messages.success(visit.request, step.done(one))
    if name == "cancel":
        return redirect("matchmaking:mine", slug=visit.slug)
    return redirect("matchmaking:meeting", slug=visit.slug, code=code)


def _show(
    one: OneMeeting,
    *,
    forms: dict[str, BaseForm] | None = None,
    refusal: Refusal | None = None,
    opened: str = "",
    status: int = 200,
) -> HttpResponse:
    kept = forms or {}
    stands = one.meeting.state != MeetingState.CANCELLED
    context = {
        "view": one.view(),
        "other": one.other,
        "days": one.days,
        "has_common": bool(one.slots),
        "can_move": one.may_move,
        "can_cancel": one.is_booked and not one.has_begun,
        "can_tell_late": one.is_booked and one.meeting.slot.end > one.visit.now,
        "can_mark": stands and one.has_begun,
        "can_rate": stands and one.has_begun,
        "late_form": kept.get("late") or LateForm(initial={"minutes": one.meeting.late_minutes or 5}),
        "cancel_form": kept.get("cancel") or CancelForm(),
        "move_form": kept.get("move") or TimeForm(slots=one.slots),
        "feedback_form": kept.get("feedback") or (one.feedback() if one.has_begun else None),
        "opened": opened or one.visit.request.GET.get("open", ""),
        "refusal": refusal,
        "live_part": "#meeting",
    }
    return page(one.visit, "meeting.html", context, tab="mine", status=status)
