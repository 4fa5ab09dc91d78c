"""Asking somebody for a meeting: a dialog that is a page of its own without script."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from matchmaking import queries
from matchmaking.errors import AlreadyAsked, ExchangeError, SlotTaken
from matchmaking.forms.asking import ANY, AskForm
from matchmaking.free_time import free_time
from matchmaking.models import ExchangeProfile, MeetingRequest
from matchmaking.pages.slots import choices_for, open_slots
from matchmaking.refusals import Refusal, refusal_of
from matchmaking.services.asking import ask as send
from matchmaking.states import RequestState
from matchmaking.views.visit import Visit, page, participant


@require_http_methods(["GET", "HEAD", "POST"])
@participant()
def ask(visit: Visit, code: str) -> HttpResponse:
    """Show times, message and priority; a POST asks. Sent twice, it leads to the request that stands."""
    other = queries.participant(visit.exchange, code, visit.profile)
    standing = queries.standing_between(visit.profile, other, now=visit.now)
    if standing is not None and standing.turn_id != visit.profile.pk:
        return redirect("matchmaking:request", slug=visit.slug, code=standing.code)
    days = choices_for(free_time(visit.exchange, [visit.profile, other], now=visit.now), visit.profile, other)
    slots = open_slots(days)
    if visit.request.method != "POST":
        wanted = visit.request.GET.get("slot", ANY)
        form = AskForm(slots=slots, initial={"slot": wanted if wanted in {str(s.pk) for s in slots} else ANY})
        return _show(visit, other, form, days, standing)
    form = AskForm(visit.request.POST, slots=slots)
    if not form.is_valid():
        taken = form.has_error("slot", "invalid_choice")
        refusal = refusal_of(SlotTaken(slots[:5])) if taken else None
        return _show(visit, other, form, days, standing, refusal=refusal, status=409 if taken else 422)
    try:
        made = send(
            sender=visit.profile,
            recipient=other,
            actor=visit.person,
            slot=form.slot_chosen(),
            message=form.cleaned_data["message"],
            priority=form.cleaned_data["priority"],
            now=visit.now,
        )
    except AlreadyAsked:
        found = queries.standing_between(visit.profile, other, now=visit.now)
        if found is None:
            return redirect("matchmaking:requests", slug=visit.slug)
        return redirect("matchmaking:request", slug=visit.slug, code=found.code)
    except ExchangeError as error:
        refusal = refusal_of(error)
        return _show(visit, other, form, days, standing, refusal=refusal, status=refusal.status)
    return _done(visit, made, other)


def _done(visit: Visit, made: MeetingRequest, other: ExchangeProfile) -> HttpResponse:
    if made.state == RequestState.ACCEPTED:
        words = _("%(name)s had asked you, too: you both agree.")
    else:
        words = _("%(name)s is asked. You will hear of the answer by mail and here.")
    messages.success(visit.request, words % {"name": other.name})
    if made.state == RequestState.ACCEPTED:
        return redirect("matchmaking:mine", slug=visit.slug)
    return redirect("matchmaking:requests", slug=visit.slug)


def _show(
    visit: Visit,
    other: ExchangeProfile,
    form: AskForm,
    days: list[Any],
    standing: MeetingRequest | None,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "other": other,
        "form": form,
        "days": days,
        "has_common": any(day.open for day in days),
        "asked_by_other": standing,
        "refusal": refusal,
    }
    return page(visit, "ask.html", context, tab="people", status=status)
