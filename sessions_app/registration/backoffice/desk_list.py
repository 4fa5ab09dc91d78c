"""The list of an event's registrations: search, tabs, filters with names, pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages

from sessions_app.registration import team_queries
from sessions_app.registration.backoffice.desk_words import STATE_NAMES, TABS
from sessions_app.registration.backoffice.scope import RegistrationPageMixin
from sessions_app.registration.models import BulkAction, Registration, SavedFilter
from sessions_app.registration.services.filters import forget_filter, save_filter
from sessions_app.registration.team_queries import QUEUED, Turn, Wanted

PAGE = 50
COLUMNS: tuple[tuple[str, Promise], ...] = (
    ("name", gettext_lazy("Name")),
    ("organisation", gettext_lazy("Organisation")),
    ("category", gettext_lazy("Category")),
    ("state", gettext_lazy("State")),
    ("received", gettext_lazy("Received")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """A state with the number of registrations in it."""

    label: str
    count: int
    query: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's name, and the address that sorts by it; ``direction`` is up, down or empty."""

    label: str
    query: str
    direction: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A state as the list says it; ``note`` tells the turn in a waiting list, or until when an offer holds."""

    text: str
    note: str = ""


class CountedPaginator(Paginator):  # type: ignore[type-arg]
    """Takes the number from the tabs, so that the rows are not counted once more."""

    def __init__(self, rows: Any, per_page: int, count: int) -> None:
        self.__dict__["count"] = count
        super().__init__(rows, per_page)


class ListView(RegistrationPageMixin, TemplateView):
    """The registrations."""

    template_name = "backoffice/registration/desk_list.html"
    page_title = gettext_lazy("Registrations")
    section = "backoffice_registration_list"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Read one page of the list."""
        wanted = Wanted.of(self.request.GET)
        viewer: Any = self.request.user
        counts = team_queries.counts_by_state(self.event, viewer, wanted)
        total = counts.get(wanted.state, 0) if wanted.state else sum(counts.values())
        rows = team_queries.listing(self.event, viewer, wanted)
        page = CountedPaginator(rows, PAGE, total).get_page(self.request.GET.get("page"))
        turns = team_queries.turns_of(page.object_list)
        return {
            **super().get_context_data(**kwargs),
            "wanted": wanted,
            "tabs": _tabs(wanted, counts),
            "headings": _headings(wanted),
            "rows": [(row, self._standing(row, turns.get(row.pk), wanted)) for row in page],
            "page_obj": page,
            "total": total,
            "query": wanted.query(),
            "page_query": f"&{wanted.query()}" if wanted.query() else "",
            "categories": team_queries.categories_of(self.event),
            "delegations": list(team_queries.delegations_of(self.event)[:300]),
            "questions": _answers(self.event),
            "saved": list(SavedFilter.objects.filter(event=self.event)),
            "actions": BulkAction.choices,
        }

    def _standing(self, row: Registration, turn: Turn | None, wanted: Wanted) -> Standing:
        """Say the state, or in a list of one state only what tells its rows apart."""
        if turn is None:
            return Standing(str(STATE_NAMES[row.state]))
        if turn.offer_until is None:
            note = _("number %(number)d") % {"number": turn.place}
        else:
            until = date_format(turn.offer_until.astimezone(self.event.zone), "j M, H:i")
            note = _("until %(time)s") % {"time": until}
        return Standing("" if wanted.state in QUEUED else str(STATE_NAMES[row.state]), note)


def _tabs(wanted: Wanted, counts: dict[str, int]) -> list[Tab]:
    everybody = Tab(_("All"), sum(counts.values()), wanted.query(state=""), not wanted.state)
    tabs = [
        Tab(str(label), counts.get(state, 0), wanted.query(state=state), wanted.state == state)
        for state, label in TABS.items()
    ]
    return [everybody, *(tab for tab in tabs if tab.count or tab.is_current)]


def _headings(wanted: Wanted) -> list[Heading]:
    current = wanted.order
    found = []
    for name, label in COLUMNS:
        if name == "state" and wanted.state in QUEUED:  # all of them are in one state
            name, label = "turn", gettext_lazy("Place in the list")
        direction = "up" if current == name else "down" if current == f"-{name}" else ""
        found.append(
            Heading(str(label), wanted.query(sort=f"-{name}" if direction == "up" else name), direction)
        )
    return found


def _answers(event: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return question and its answers, each with its value in the address."""
    found = []
    for question in team_queries.questions_to_filter(event):
        choices = [(choice.key, str(choice)) for choice in question.choices.all()]
        pairs = choices or [("yes", _("yes")), ("no", _("no"))]
        found.append((str(question), [(f"{question.key}:{key}", label) for key, label in pairs]))
    return found


class FiltersView(RegistrationPageMixin, View):
    """Gives the list's filter a name, or forgets one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save or forget, and go back to the list."""
        query = wanted_in(request.POST.get("query", "")).query()
        address = reverse("backoffice_registration_list", args=(self.event.slug,))
        actor: Any = request.user
        if "forget" in request.POST:
            key = request.POST["forget"]
            pk = int(key) if key.isdecimal() and len(key) < 19 else 0
            saved = get_object_or_404(SavedFilter, event=self.event, pk=pk)
            forget_filter(saved=saved, actor=actor)
            messages.success(request, _("The filter “%(name)s” is gone.") % {"name": saved.name})
            return redirect(f"{address}?{query}" if query else address)
        name = " ".join(request.POST.get("name", "").split())[:80]
        if not name:
            messages.error(request, _("Write a name under which the filter is kept."))
        else:
            save_filter(event=self.event, actor=actor, name=name, query=query)
            messages.success(request, _("The filter is kept as “%(name)s”.") % {"name": name})
        return redirect(f"{address}?{query}" if query else address)


def wanted_in(query: str) -> Wanted:
    """Return what a query of the list's address wants; one that cannot be read wants everybody."""
    try:
        return Wanted.of(dict(QueryDict(query[:2000]).items()))
    except SuspiciousOperation:
        return Wanted()
