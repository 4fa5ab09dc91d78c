"""Plans: sought, looked at beside the present one, published or given up."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin import messages

from matchmaking.backoffice.pages import ActPage
from matchmaking.backoffice.plan_forms import PublishForm, RunForm, seconds_in_words
from matchmaking.backoffice.scope import ExchangePageMixin
from matchmaking.comparison import compare
from matchmaking.errors import ExchangeError, PlanOutdated
from matchmaking.models import Exchange, RunKind, RunState, SolverRun
from matchmaking.queries_team import demand_of, has_plan, room_of
from matchmaking.services.planning import publish_run
from matchmaking.services.running import discard_run, queue_run, stop_run
from matchmaking.snapshot import STANDING, WORTH
from matchmaking.wording import refusal_in_words, room_in_words
from matchmaking.wording_of_plans import STAGES, outdated_in_words
from sessions_app.registration.errors import Busy

EARLIER = 10
SHOWN_ROWS = 200


class PlanView(ExchangePageMixin, TemplateView):
    """What waits for a place, and the button that seeks a plan."""

    template_name = "backoffice/exchange/plan.html"
    page_title = gettext_lazy("Plan")
    section = "backoffice_exchange_plan"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add demand, room, form and earlier runs."""
        runs = list(SolverRun.objects.filter(exchange=self.exchange).select_related("by")[: EARLIER + 1])
        newest = runs[0] if runs and (runs[0].is_active or runs[0].state == RunState.DONE) else None
        return {
            **super().get_context_data(**kwargs),
            "form": kwargs.pop("form", None) or self._form(),
            "demand": demand_of(self.exchange),
            "room": room_in_words(*room_of(self.exchange)),
            "newest": newest,
            "progress": progress_of(newest) if newest else None,
            "earlier": [run for run in runs if run is not newest][:EARLIER],
            "worth": sorted(WORTH.items(), reverse=True),
            "standing": STANDING,
        }

    def _form(self, data: Any = None) -> RunForm:
        return RunForm(data, has_plan=has_plan(self.exchange))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Have a plan sought."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        data = form.cleaned_data
        try:
            run = queue_run(
                exchange=self.exchange,
                actor=request.user,  # type: ignore[arg-type]
                kind=RunKind(data.get("kind") or RunKind.PLAN),
                seconds=data["seconds"],
                options=form.options(),
            )
        except ExchangeError as error:
            messages.error(request, refusal_in_words(error))
            return self.render_to_response(self.get_context_data(form=form), status=409)
        return redirect("backoffice_exchange_run", self.event.slug, run.pk)


def progress_of(run: SolverRun) -> dict[str, Any]:
    """Return how far a run has come, for its page and its fragment."""
    elapsed = (timezone.now() - run.started_at).total_seconds() if run.started_at else 0.0
    return {
        "run": run,
        "stage": STAGES.get(run.stage, STAGES["placing"]),
        "elapsed": min(int(elapsed), run.seconds),
        "seconds": seconds_in_words(run.seconds),
    }


class RunMixin(ExchangePageMixin):
    """A page about one run of this exchange."""

    section = "backoffice_exchange_plan"
    page_title = gettext_lazy("Plan")
    kwargs: dict[str, Any]

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the plan."""
        return [{"url": self.url("backoffice_exchange_plan"), "label": _("Plan")}]

    def run_of(self, key: uuid.UUID) -> SolverRun:
        """Return the run; those of other exchanges are not found."""
        return find_run(self.exchange, key)


def find_run(exchange: Exchange, key: uuid.UUID) -> SolverRun:
    """Return the exchange's run with this key, or answer 404."""
    run: SolverRun = get_object_or_404(SolverRun.objects.select_related("by"), exchange=exchange, pk=key)
    run.exchange = exchange
    return run


class RunView(RunMixin, TemplateView):
    """How far a run is; then what its proposal would change, and the button that publishes it."""

    template_name = "backoffice/exchange/run.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add progress or proposal."""
        run = self.run_of(self.kwargs["run"])
        return {
            **super().get_context_data(**kwargs),
            **progress_of(run),
            "comparison": None if run.is_active else compare(run),
            "form": kwargs.pop("form", None) or PublishForm(),
            "outdated": kwargs.pop("outdated", []),
            "most": f":{SHOWN_ROWS}",
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Publish the proposal, or say what has changed since it was made."""
        run, form = self.run_of(kwargs["run"]), PublishForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            publish_run(run=run, actor=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        except PlanOutdated as error:
            found = [outdated_in_words(reason, who) for reason, who in error.reasons]
            return self.render_to_response(self.get_context_data(form=form, outdated=found), status=409)
        except ExchangeError as error:
            messages.error(request, refusal_in_words(error))
            return redirect("backoffice_exchange_run", self.event.slug, run.pk)
        except Busy:
            form.add_error(None, _("Many are booking at this moment, so nothing was published. Press again."))
            return self.render_to_response(self.get_context_data(form=form), status=503)
        changes = len(run.plan)
        said = ngettext(
            "Published: %(count)d change. Everybody concerned is told by mail.",
            "Published: %(count)d changes. Everybody concerned is told by mail.",
            changes,
        )
        messages.success(request, said % {"count": changes})
        return redirect("backoffice_exchange_run", self.event.slug, run.pk)


class RunProgressView(RunMixin, View):
    """How far a run is, as a part of its page."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the part."""
        context = {"event": self.event, **progress_of(self.run_of(kwargs["run"]))}
        response = render(request, "backoffice/exchange/run_progress.html", context)
        response["Cache-Control"] = "no-store"
        return response


class RunActView(RunMixin, ActPage):
    """Stops a run, gives a proposal up, or seeks anew with what it was sought with."""

    back = "backoffice_exchange_plan"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Do it."""
        run, actor = self.run_of(kwargs["run"]), request.user
        match kwargs["verb"]:
            case "stop":
                stop_run(run=run, actor=actor)  # type: ignore[arg-type]
                return _("Asked to stop: the best plan so far is kept.")
            case "discard":
                discard_run(run=run, actor=actor)  # type: ignore[arg-type]
                return _("The proposal is given up. Nothing has changed.")
            case _:
                options = {name: value for name, value in run.options.items() if name != "reason"}
                queue_run(
                    exchange=self.exchange, actor=actor, kind=RunKind(run.kind), seconds=run.seconds,
                    options=options,
                )  # type: ignore[arg-type]  # fmt: skip
                return ""
