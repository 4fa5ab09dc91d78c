"""A participant's profile: who she is, what she offers and seeks, and when she has time."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from matchmaking.errors import ExchangeError
from matchmaking.forms.profile import OfferRows, ProfileForm
from matchmaking.forms.time import LimitsForm
from matchmaking.models import ProfileState
from matchmaking.pages.own_time import own_time
from matchmaking.queries import all_topics, blocked_by, offers_of
from matchmaking.refusals import refusal_of
from matchmaking.services.presenting import save_presentation, save_time
from matchmaking.states import takes_profiles
from matchmaking.views.visit import Visit, language_of_page, page, participant


@require_http_methods(["GET", "HEAD", "POST"])
@participant(draft_too=True)
def profile(visit: Visit) -> HttpResponse:
    """Show and save the profile with its offers; ``more`` adds a blank row and writes nothing."""
    post = visit.request.POST if visit.request.method == "POST" else None
    was_new = visit.profile.state != ProfileState.SHOWN
    more = post is not None and "more" in post
    form = ProfileForm(post, instance=visit.profile)
    rows = OfferRows(post, standing=offers_of(visit.profile), topics=all_topics(), more=more)
    if post is None or more:
        return _profile_page(visit, form, rows, anchor=more)
    if not (form.is_valid() & rows.is_valid()):
        return _profile_page(visit, form, rows, status=422)
    try:
        save_presentation(profile=form.save(commit=False), offers=rows.drafts(), actor=visit.person)
    except ExchangeError as error:
        refusal = refusal_of(error)
        return _profile_page(visit, form, rows, refusal=refusal, status=refusal.status)
    if was_new:
        return redirect("matchmaking:time", slug=visit.slug)
    messages.success(visit.request, _("Your profile is saved."))
    return redirect("matchmaking:profile", slug=visit.slug)


def _profile_page(
    visit: Visit, form: ProfileForm, rows: OfferRows, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "rows": rows,
        "is_new": visit.profile.state != ProfileState.SHOWN,
        "can_save": takes_profiles(visit.exchange.phase),
        "blocked": blocked_by(visit.profile),
        **more,
    }
    return page(visit, "profile.html", context, tab="profile", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@participant()
def time(visit: Visit) -> HttpResponse:
    """Show and save when she has time for meetings, and her limits."""
    post = visit.request.POST if visit.request.method == "POST" else None
    form = LimitsForm(post, instance=visit.profile)
    days = own_time(visit.profile, language_of_page(), now=visit.now)
    if post is None:
        return _time_page(visit, form, days)
    free = {int(key) for key in post.getlist("free") if key.isascii() and key.isdigit()}
    shown = {int(key) for key in post.getlist("shown") if key.isascii() and key.isdigit()}
    if not form.is_valid():
        return _time_page(
            visit, form, own_time(visit.profile, language_of_page(), now=visit.now, free=free), status=422
        )
    # A slot that was not on the page, because it is new, stays as it is.
    unseen = {row.slot.pk for day in days for row in day.rows if row.is_kept and row.slot.pk not in shown}
    try:
        clashing = save_time(
            profile=form.save(commit=False), busy=(shown - free) | unseen, actor=visit.person, now=visit.now
        )
    except ExchangeError as error:
        refusal = refusal_of(error)
        return _time_page(visit, form, days, refusal=refusal, status=refusal.status)
    if clashing:
        messages.warning(visit.request, _clash_words(len(clashing)))
    else:
        messages.success(visit.request, _("Your time is saved."))
    return redirect("matchmaking:people", slug=visit.slug)


def _clash_words(count: int) -> str:
    return ngettext(
        "Saved. %(count)d meeting already stands in time that you keep free; it stays until you move or cancel it.",
        "Saved. %(count)d meetings already stand in time that you keep free; they stay until you move or cancel them.",
        count,
    ) % {"count": count}


def _time_page(
    visit: Visit, form: LimitsForm, days: list[Any], *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, "days": days, "can_save": takes_profiles(visit.exchange.phase), **more}
    return page(visit, "time.html", context, tab="time", status=status)
