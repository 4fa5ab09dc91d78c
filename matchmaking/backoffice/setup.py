"""The events whose exchange one runs, an exchange at a glance, and its set-up on one page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from matchmaking.backoffice.pages import ActPage, FormPage
from matchmaking.backoffice.scope import ExchangePageMixin
from matchmaking.backoffice.setup_forms import ExchangeForm, hours_rows
from matchmaking.models import Exchange
from matchmaking.queries import yield_of
from matchmaking.queries_team import demand_of, newest_proposal, room_of
from matchmaking.services.setting_up import save_exchange, set_phase
from matchmaking.states import Phase
from matchmaking.wording import PHASE_NAMES, opens_in_words, room_in_words
from sessions_app.events.permissions import Capability
from sessions_app.programme.backoffice.scope import own_events


class ExchangesView(WagtailAdminTemplateMixin, TemplateView):
    """The events whose exchange the viewer runs; straight to it when there is only one."""

    template_name = "backoffice/exchange/events.html"
    page_title = gettext_lazy("Exchange")
    header_icon = "table"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Choose the page."""
        self.events = list(
            own_events(request, Capability.EXCHANGE).select_related("exchange").order_by("-pk")
        )
        if len(self.events) == 1:
            return redirect("backoffice_exchange", self.events[0].slug)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List the events, newest first."""
        events = [(event, getattr(event, "exchange", None)) for event in self.events]
        return {**super().get_context_data(**kwargs), "events": events}


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for somebody: how many, what, and where to mend it."""

    count: int
    label: str
    url: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A phase as the strip above the pages shows it."""

    phase: str
    name: str
    opens: str
    is_now: bool
    is_past: bool


def steps_of(exchange: Exchange) -> list[Step]:
    """Return the phases in their order, with what each opens."""
    phases = list(Phase)
    now = phases.index(Phase(exchange.phase))
    return [
        Step(phase.value, str(PHASE_NAMES[phase]), opens_in_words(exchange.preset, phase), n == now, n < now)
        for n, phase in enumerate(phases)
    ]


class ExchangeView(ExchangePageMixin, TemplateView):
    """How the exchange stands: phase, what needs somebody, numbers."""

    template_name = "backoffice/exchange/hub.html"
    page_title = gettext_lazy("Exchange")
    section = "backoffice_exchange"

    def get_page_title(self) -> str:
        """Name the event: the page is its workspace."""
        return str(self.event)

    def get_page_subtitle(self) -> str:
        """Say nothing twice."""
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Collect what the page shows."""
        steps = steps_of(self.exchange)
        now = next(n for n, step in enumerate(steps) if step.is_now)
        return {
            **super().get_context_data(**kwargs),
            "steps": steps,
            "step": steps[now],
            "next_step": steps[now + 1] if now + 1 < len(steps) else None,
            "other_steps": [step for n, step in enumerate(steps) if n not in {now, now + 1}],
            "room": room_in_words(*room_of(self.exchange)),
            "numbers": yield_of(self.exchange),
            "needs": self._needs(),
        }

    def _needs(self) -> list[Need]:
        """Return what waits for somebody, the most urgent first."""
        exchange, plan = self.exchange, self.url("backoffice_exchange_plan")
        _days, slots, tables = room_of(exchange)
        demand, waiting = demand_of(exchange), newest_proposal(exchange)
        needs = [
            Need(int(not slots), _("no hours yet"), self.url("backoffice_exchange_setup"), urgent=True),
            Need(int(not tables), _("no table in use"), self.url("backoffice_exchange_tables"), urgent=True),
            Need(
                demand.displaced,
                ngettext("meeting must move", "meetings must move", demand.displaced),
                plan,
                urgent=True,
            ),
            Need(
                demand.waiting,
                ngettext("agreed meeting has no place", "agreed meetings have no place", demand.waiting),
                plan,
            ),
        ]
        if waiting is not None:
            url = self.url("backoffice_exchange_run", waiting.pk)
            needs.append(Need(1, _("proposal waits to be published"), url))
        return [need for need in needs if need.count]


class PhaseView(ActPage):
    """Moves the exchange to another phase."""

    back = "backoffice_exchange"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Move it, and say what that opens."""
        wanted = request.POST.get("phase", "")
        if wanted not in list(Phase):
            raise Http404
        phase = Phase(wanted)
        exchange = set_phase(exchange=self.exchange, phase=phase, actor=request.user)  # type: ignore[arg-type]
        return f"{PHASE_NAMES[phase]}: {opens_in_words(exchange.preset, phase)}"


class SetupView(FormPage):
    """Rules, days and hours, words: the whole set-up."""

    page_title = gettext_lazy("Set-up")
    template_name = "backoffice/exchange/setup.html"
    section = "backoffice_exchange_setup"
    may_lack_exchange = True

    def build(self, data: Any = None) -> ExchangeForm:
        """Return the form with its rows of hours."""
        instance = self.found or Exchange(event=self.event)
        form = ExchangeForm(data, instance=instance)
        self.hours = hours_rows(self.event, self.found, data)
        return form

    def is_right(self, form: ExchangeForm) -> bool:
        """Check form and rows, so that both tell their errors at once."""
        rows_right = self.hours.is_valid()
        return super().is_right(form) and rows_right

    def save(self, form: ExchangeForm) -> str:
        """Save the exchange and make its slots."""
        exchange = save_exchange(
            exchange=form.save(commit=False),
            hours=self.hours.hours(),
            actor=self.request.user,  # type: ignore[arg-type]
            seen=form.cleaned_data.get("seen"),
        )
        return _("Saved: %(room)s.") % {"room": room_in_words(*room_of(exchange))}

    def after(self) -> str:
        """Stay: an exchange is set up in several goes."""
        return self.url("backoffice_exchange_setup")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the rows and the room as it stands."""
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "hours": self.hours,
            "sections": list(context["form"].sections()),
            "room": room_in_words(*room_of(self.found)) if self.found else "",
            "is_new": self.found is None,
            "steps": steps_of(self.found or context["form"].instance),
        }
