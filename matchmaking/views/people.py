"""Finding partners: suggestions with their reasons, search with filters in the address, and one person."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from matchmaking import queries
from matchmaking.forms.asking import PassForm
from matchmaking.forms.search import NAMES, SearchForm
from matchmaking.free_time import free_time
from matchmaking.pages import suggestions
from matchmaking.pages.day import days_of, nearest
from matchmaking.pages.slots import choices_for
from matchmaking.queries.suggestions import kept_of, kept_with, with_kept
from matchmaking.services import joining
from matchmaking.states import takes_requests
from matchmaking.views.visit import Visit, page, participant

ON_A_PAGE = 20


@require_safe
@participant()
def people(visit: Visit) -> HttpResponse:
    """Show the best partners with reasons and common free time, and her next day beside them."""
    reader, exchange = visit.profile, visit.exchange
    inbox = queries.inbox_of(reader, now=visit.now)
    asked = [one.other(reader).pk for one in inbox.live]
    passed = visit.request.GET.get("passed", "")[:10].replace("\x00", "")
    best = suggestions.suggested(exchange, reader, without=asked, passed=passed)
    found, own = best.people, best.own
    free = free_time(exchange, [reader, *found], now=visit.now)
    days = days_of(
        reader,
        free,
        meetings=queries.meetings_for(reader),
        now=visit.now,
        to_answer=inbox.to_answer,
        partners=found,
    )
    context = {
        "cards": suggestions.cards(reader, found, own, free, best.kept),
        "day": nearest(days, visit.now.astimezone(exchange.event.zone).date()),
        "to_answer_count": len(inbox.to_answer),
        "can_ask": takes_requests(exchange.preset, exchange.phase),
        "has_offers": bool(reader.person.shown_offers),
        "passed": best.passed,
        "live_part": "#people",
    }
    return page(visit, "people.html", context, tab="people")


@require_safe
@participant()
def search(visit: Visit) -> HttpResponse:
    """List those whom she may ask, by the words and filters of the address."""
    reader, exchange = visit.profile, visit.exchange
    form = SearchForm(
        visit.request.GET,
        topics=queries.topics_in(exchange),
        regions=queries.regions_in(exchange),
        has_cluster=reader.cluster_id is not None,
    )
    rows = with_kept(queries.participants(exchange, reader, form.filters()).prefetch_related(None), reader)
    shown = Paginator(rows, ON_A_PAGE).get_page(visit.request.GET.get("page"))
    found = list(shown)
    own = suggestions.with_offers(exchange, found, reader)
    free = free_time(exchange, [reader, *found], now=visit.now)
    chosen = {name: visit.request.GET[name] for name in NAMES if visit.request.GET.get(name)}
    inbox = queries.inbox_of(reader, now=visit.now)
    standing = {one.other(reader).pk: one for one in inbox.live}
    shown_cards = suggestions.cards(reader, found, own, free, kept_of(found))
    context = {
        "form": form,
        "cards": [(card, standing.get(card.profile.pk)) for card in shown_cards],
        "page_obj": shown,
        "to_answer_count": len(inbox.to_answer),
        "query": "".join(f"&{urlencode({name: value})}" for name, value in chosen.items()),
        "chips": [
            {"words": words, "rest": urlencode({k: v for k, v in chosen.items() if k != name})}
            for name, words in form.chips
        ],
        "can_ask": takes_requests(exchange.preset, exchange.phase),
    }
    return page(visit, "search.html", context, tab="search")


@require_safe
@participant()
def person(visit: Visit, code: str) -> HttpResponse:
    """Show one participant: who she is, what she offers and seeks, common free time, and what stands between the two."""
    reader = visit.profile
    other = queries.participant(visit.exchange, code, reader)
    free = free_time(visit.exchange, [reader, other], now=visit.now)
    own = suggestions.with_offers(visit.exchange, [other], reader)
    days = choices_for(free, reader, other)
    context = {
        "card": suggestions.cards(reader, [other], own, free, kept_with(reader, [other]))[0],
        "days": [day for day in days if day.open],
        "standing": queries.standing_between(reader, other, now=visit.now),
        "can_ask": takes_requests(visit.exchange.preset, visit.exchange.phase),
        "contact": queries.shown_contacts(reader, [other]).get(other.pk, ""),
        "is_passed": queries.dismissed(reader).filter(partner=other).exists(),
    }
    return page(visit, "person.html", context, tab="people")


@require_http_methods(["GET", "HEAD", "POST"])
@participant()
def pass_by(visit: Visit, code: str) -> HttpResponse:
    """Ask why a partner is not wanted; a POST suggests her no more, or again with ``undo``."""
    post = visit.request.POST if visit.request.method == "POST" else None
    if post is not None and "undo" in post:
        other = queries.find_participant(visit.exchange, code)
        joining.suggest_again(profile=visit.profile, partner=other)
        return redirect("matchmaking:people", slug=visit.slug)
    other = queries.participant(visit.exchange, code, visit.profile)
    form = PassForm(post)
    if post is None or not form.is_valid():
        context = {"form": form, "other": other}
        return page(visit, "pass.html", context, tab="people", status=200 if post is None else 422)
    joining.dismiss(profile=visit.profile, partner=other, reason=form.cleaned_data["reason"])
    return redirect(f"{reverse('matchmaking:people', args=(visit.slug,))}?passed={other.code}")


@require_http_methods(["GET", "HEAD", "POST"])
@participant()
def block(visit: Visit, code: str) -> HttpResponse:
    """Ask whether somebody shall be kept away, naming what happens; a POST does it, or takes it back with ``undo``."""
    post = visit.request.POST if visit.request.method == "POST" else None
    other = queries.find_participant(visit.exchange, code)
    if other.pk == visit.profile.pk:
        return redirect("matchmaking:profile", slug=visit.slug)
    words: dict[str, Any] = {"name": other.name}
    if post is None:
        return page(
            visit,
            "block.html",
            {"other": queries.participant(visit.exchange, code, visit.profile)},
            tab="people",
        )
    if "undo" in post:
        joining.unblock(profile=visit.profile, other=other, actor=visit.person)
        messages.success(visit.request, _("%(name)s can ask you again.") % words)
    else:
        joining.block(profile=visit.profile, other=other, actor=visit.person)
        messages.success(visit.request, _("%(name)s cannot ask you any more, and is not told.") % words)
    return redirect(f"{reverse('matchmaking:profile', args=(visit.slug,))}#blocked")
