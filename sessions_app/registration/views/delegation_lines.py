"""The people of a delegation: typed, pasted, sent, swapped and removed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from sessions_app.registration.delegation_queries import checked, lines_to_send, sent_lines, state_of
from sessions_app.registration.delegation_words import UNREADABLE, Refusal, refusal_of, sentence_of
from sessions_app.registration.errors import RegistrationError
from sessions_app.registration.forms.delegations import LABELS, ListForm, MemberForm
from sessions_app.registration.models import Delegation, DelegationMember
from sessions_app.registration.services.delegating import TooManyLines, add_lines, save_lines
from sessions_app.registration.services.delegation_places import remove_member, swap_member
from sessions_app.registration.services.delegation_sending import send_delegation
from sessions_app.registration.states import ENDED
from sessions_app.registration.tables.columns import LONGEST
from sessions_app.registration.tables.people import (
    FIELDS,
    MOST_COLUMNS,
    MOST_LINES,
    Sheet,
    Unreadable,
    lines_of,
    rows_of_file,
    rows_of_text,
    understood,
)
from sessions_app.registration.views.delegations import (
    ORDER,
    PAGE,
    answer,
    base_context,
    by_team,
    delegation_page,
    find_delegation,
    person_of,
)
from sessions_app.registration.views.visit import language_of_page

PREVIEW = 8  # rows
BIGGEST_KEY = 2**63 - 1
_NAME = re.compile(r"([pn])([0-9]{1,18})-([a-z_]+)")


@never_cache
@PAGE
@login_required
def delegation(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show the delegation; keep its lines, and send those that have not been sent."""
    found = find_delegation(request, slug, code)
    if request.method != "POST":
        return delegation_page(request, found)
    changed, added = typed_lines(request.POST)
    removed = [int(pk) for pk in request.POST.getlist("remove") if pk.isdecimal() and len(pk) < 19]
    wants_json = "application/json" in request.headers.get("Accept", "")
    try:
        new = save_lines(delegation=found, changed=changed, added=list(added.values()), removed=removed)
        if wants_json:
            return _saved(found, added, new)
        if request.POST.get("do") == "send":
            return _send(request, found)
    except RegistrationError as error:
        refusal = refusal_of(error)
        if wants_json:
            return JsonResponse({"problem": refusal.title}, status=refusal.status)
        return delegation_page(request, found, problem=refusal)
    messages.success(request, _("The lines are saved."))
    query = f"?page={request.GET['page']}" if request.GET.get("page", "").isdecimal() else ""
    response = redirect("registration:delegation", slug, code)
    response["Location"] += f"{query}#lines"
    return response


def typed_lines(data: Mapping[str, Any]) -> tuple[dict[int, dict[str, str]], dict[str, dict[str, str]]]:
    """Return the lines of the form: by their keys those that stand, by their prefix those that are new."""
    changed: dict[int, dict[str, str]] = {}
    added: dict[str, dict[str, str]] = {}
    for key in data:
        match = _NAME.fullmatch(key)
        if match is None or match[3] not in FIELDS:
            continue
        kind, number, name = match.groups()
        line = changed.setdefault(int(number), {}) if kind == "p" else added.setdefault(f"n{number}", {})
        line[name] = str(data[key])
    filled = {prefix: line for prefix, line in added.items() if any(text.strip() for text in line.values())}
    return changed, filled


def _saved(found: Delegation, added: Mapping[str, object], new: list[DelegationMember]) -> JsonResponse:
    """Tell a script which lines are new under which key, and what is wrong in which line."""
    rows = checked(found)
    faults = {
        f"p{row.line.pk}": {fault.field: sentence_of(fault) for fault in reversed(row.faults)}
        for row in rows
        if row.faults
    }
    keys = {prefix: line.pk for prefix, line in zip(added, new, strict=True)}
    return JsonResponse({"new": keys, "faults": faults, "count": len(rows), "summary": _summary(len(faults))})


def _summary(faulty: int) -> str:
    if not faulty:
        return _("All lines are right.")
    return ngettext("%(count)d line is not right yet", "%(count)d lines are not right yet", faulty) % {
        "count": faulty
    }


def _send(request: HttpRequest, found: Delegation) -> HttpResponse:
    count = send_delegation(
        delegation=found,
        actor=person_of(request),
        by_team=by_team(request, found),
        locale=language_of_page(),
    )
    if count:
        text = ngettext("%(count)d person gets a letter.", "%(count)d people get letters.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, _("There was nobody left to invite."))
    return redirect("registration:delegation", found.event.slug, found.code)


# --- Pasting and uploading -----------------------------------------------------------------


@never_cache
@PAGE
@login_required
def paste(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Take a list: show what its columns are taken for, then add its rows as lines."""
    found = find_delegation(request, slug, code)
    if request.method != "POST":
        return redirect("registration:delegation", slug, code)
    if "rows" in request.POST:
        return _take(request, found)
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return delegation_page(request, found, list_form=form, status=422)
    file = form.cleaned_data["file"]
    try:
        rows = rows_of_file(file.read()) if file is not None else rows_of_text(form.cleaned_data["text"])
    except Unreadable as error:
        form.add_error("file" if file is not None else "text", str(UNREADABLE[error.code]))
        return delegation_page(request, found, list_form=form, status=422)
    return _match_page(request, found, understood(rows))


def _take(request: HttpRequest, found: Delegation) -> HttpResponse:
    rows = _posted_rows(request.POST["rows"])
    width = len(rows[0])
    columns = [request.POST.get(f"column-{at}", "") for at in range(width)]
    columns = [name if name in FIELDS else "" for name in columns]
    sheet = Sheet(rows, columns, has_headings=request.POST.get("headings") == "on")
    if "name" not in columns and "email" not in columns:
        problem = Refusal(
            title=_("Which column holds the names, which the addresses?"),
            text=_("Choose it above the column."),
            status=422,
        )
        return _match_page(request, found, sheet, problem=problem)
    lines = lines_of(rows, columns, has_headings=sheet.has_headings)
    try:
        add_lines(delegation=found, lines=lines)
    except TooManyLines as error:
        return _match_page(request, found, sheet, problem=refusal_of(error))
    except RegistrationError as error:
        return delegation_page(request, found, problem=refusal_of(error))
    text = ngettext("%(count)d line was added.", "%(count)d lines were added.", len(lines))
    messages.success(request, text % {"count": len(lines)})
    cut = sum(1 for line in lines if any(len(line[name]) > LONGEST[name] for name in FIELDS))
    if cut:
        text = ngettext(
            "In %(count)d line a text was too long and was cut. Look it through.",
            "In %(count)d lines a text was too long and was cut. Look them through.",
            cut,
        )
        messages.warning(request, text % {"count": cut})
    response = redirect("registration:delegation", found.event.slug, found.code)
    response["Location"] += "#lines"
    return response


def _posted_rows(text: str) -> list[list[str]]:
    """Return the rows that the page before has read; raise Http404 for what it never wrote."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Http404 from error
    is_table = isinstance(rows, list) and 0 < len(rows) <= MOST_LINES + 1
    if not is_table or not all(isinstance(row, list) and 0 < len(row) <= MOST_COLUMNS for row in rows):
        raise Http404
    width = len(rows[0])
    if not all(len(row) == width and all(isinstance(cell, str) for cell in row) for row in rows):
        raise Http404
    return rows


def _match_page(
    request: HttpRequest, found: Delegation, sheet: Sheet, *, problem: Refusal | None = None
) -> HttpResponse:
    shown = sheet.rows[: PREVIEW + 1]
    context = {
        **base_context(found.event),
        "delegation": found,
        "columns": [
            {"at": at, "number": at + 1, "taken": name, "cells": [row[at] for row in shown]}
            for at, name in enumerate(sheet.columns)
        ],
        "fields": [(name, LABELS[name]) for name in ORDER],
        "shown": shown,
        "has_headings": sheet.has_headings,
        "rows_json": json.dumps(sheet.rows, ensure_ascii=False),
        "count": len(sheet.rows),
        "more": max(0, len(sheet.rows) - len(shown)),
        "problem": problem,
    }
    return answer(request, "registration/delegation_columns.html", context, problem)


# --- One person -----------------------------------------------------------------------------


def _find_member(found: Delegation, pk: int) -> DelegationMember:
    if pk > BIGGEST_KEY:
        raise Http404
    rows = DelegationMember.objects.select_related(
        "registration", "delegation__category", "delegation__event"
    )
    return get_object_or_404(rows, delegation=found, pk=pk)


@never_cache
@PAGE
@login_required
def swap(request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
    """Let another person have the place, or put right what is said of this one."""
    found = find_delegation(request, slug, code)
    member = _find_member(found, pk)
    if not state_of(member):
        return redirect("registration:delegation", slug, code)
    others = [
        one.email for one in sent_lines(found) if one.pk != member.pk and state_of(one) not in ENDED
    ] + [line.email for line in lines_to_send(found)]
    data = request.POST if request.method == "POST" else None
    initial = {name: getattr(member, name) for name in FIELDS}
    form = MemberForm(data, taken=others, initial=initial)
    context = {**base_context(found.event), "delegation": found, "member": member, "form": form}
    template = "registration/delegation_swap.html"
    if data is None or not form.is_valid():
        return answer(request, template, context, None, 422 if data is not None else 200)
    try:
        swap_member(
            member=member,
            line=form.line(),
            actor=person_of(request),
            by_team=by_team(request, found),
            locale=language_of_page(),
        )
    except RegistrationError as error:
        context["problem"] = refusal_of(error)
        return answer(request, template, context, context["problem"])
    messages.success(request, _("The change is made."))
    return redirect("registration:delegation", slug, code)


@never_cache
@PAGE
@login_required
def remove(request: HttpRequest, slug: str, code: str, pk: int) -> HttpResponse:
    """Ask, then take somebody out of the delegation."""
    found = find_delegation(request, slug, code)
    member = _find_member(found, pk)
    problem = None
    if request.method == "POST":
        try:
            remove_member(member=member, actor=person_of(request), by_team=by_team(request, found))
        except RegistrationError as error:
            problem = refusal_of(error)
        else:
            messages.success(request, _("The person is taken out of the delegation."))
            return redirect("registration:delegation", slug, code)
    context = {**base_context(found.event), "delegation": found, "member": member, "problem": problem}
    return answer(request, "registration/delegation_remove.html", context, problem)
