"""The marketplace: what stays after an event, for everybody to read and for those signed in to answer."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matchmaking.forms.marketplace import LetterForm, MarketForm, UntilForm
from matchmaking.models import Offer
from matchmaking.pages.marketplace import rows_of
from matchmaking.queries import marketplace as queries
from matchmaking.services import marketplace as services
from network.models import Person

ON_A_PAGE = 20


@require_safe
@never_cache
def offers(request: HttpRequest) -> HttpResponse:
    """List what is offered and sought, by the words and filters of the address."""
    rows = queries.listed()
    form = MarketForm(request.GET, topics=queries.topics_of(rows), regions=queries.regions_of(rows))
    found = queries.with_all(queries.narrowed(rows, form.wanted()))
    shown = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    chosen = form.chosen()
    context = {
        "form": form,
        "rows": rows_of(list(shown), with_authors=request.user.is_authenticated),
        "page_obj": shown,
        "query": f"&{urlencode(chosen)}" if chosen else "",
        "chips": [
            {
                "words": form.words_of(name),
                "rest": urlencode({key: value for key, value in chosen.items() if key != name}),
            }
            for name in chosen
        ],
    }
    return render(request, "matchmaking/marketplace.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """Show one offer or need; a POST of who is signed in writes to its author."""
    reader = request.user if isinstance(request.user, Person) else None
    found = _find(code, reader)
    if request.method == "POST":
        return _write(request, found.code)
    return _show(request, found, reader, LetterForm())


def _find(code: str, reader: Person | None) -> Offer:
    """Return what is listed, or what the reader herself keeps and is not listed yet; raise Http404 otherwise."""
    found = queries.with_all(queries.listed()).filter(code=code.upper()).first()
    if found is None and reader is not None:
        found = queries.with_all(queries.kept_by(reader)).filter(code=code.upper()).first()
    if found is None:
        raise Http404
    return found


def _show(
    request: HttpRequest,
    found: Offer,
    reader: Person | None,
    form: LetterForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    is_own = reader is not None and found.person_id == reader.pk
    context = {
        "row": rows_of([found], with_authors=reader is not None)[0],
        "form": form,
        "form_key": _key(request),
        "is_own": is_own,
        "is_listed": not is_own or queries.listed().filter(pk=found.pk).exists(),
        "can_write": reader is not None and not is_own and queries.can_be_written_to(found, reader),
        "until_form": UntilForm(initial={"until": found.expires_on}) if is_own else None,
        **more,
    }
    return render(request, "matchmaking/marketplace_offer.html", context, status=status)


def _key(request: HttpRequest) -> uuid.UUID:
    """Return the key that was sent with the form, so that a form sent twice writes once; else a new one."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


@login_required
def _write(request: HttpRequest, code: str) -> HttpResponse:
    writer = _person(request)
    found = _find(code, writer)
    form = LetterForm(request.POST)
    if not form.is_valid():
        return _show(request, found, writer, form, status=422)
    try:
        services.write_to_author(
            offer=found, writer=writer, message=form.cleaned_data["message"], key=_key(request)
        )
    except services.CannotWrite:
        return _show(request, found, writer, form, status=403)
    except services.TooManyLetters:
        return _show(request, found, writer, form, status=429, too_many=services.LETTERS_A_DAY)
    messages.success(request, _("Your message is on its way. The answer comes to your e-mail."))
    return redirect("matchmaking:offer", code=found.code)


@require_POST
@login_required
@never_cache
def own_offer(request: HttpRequest, code: str) -> HttpResponse:
    """Take the reader's own offer off the marketplace, or say until when it stays."""
    owner = _person(request)
    found = get_object_or_404(queries.with_all(queries.kept_by(owner)), code=code.upper())
    if request.POST.get("do") == "take_off":
        services.take_off(offer=found, actor=owner)
        messages.success(request, _("It is off the marketplace."))
        return redirect("me")
    form = UntilForm(request.POST)
    if not form.is_valid():
        return _show(request, found, owner, LetterForm(), status=422, until_form=form)
    services.keep_until(offer=found, until=form.cleaned_data["until"], actor=owner)
    messages.success(request, _("Saved."))
    return redirect("matchmaking:offer", code=found.code)


def _person(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise TypeError("The view asks for a log-in first.")
    return request.user
