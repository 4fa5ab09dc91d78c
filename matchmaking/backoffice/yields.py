"""The yield of an exchange: requested, agreed, planned, held, and between whom."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView

from matchmaking.backoffice.scope import ExchangePageMixin
from matchmaking.queries import yield_of
from matchmaking.yields import MEASURES, busiest, by_cluster, outcomes, refusals

LABELS: dict[str, Promise] = {
    "requested": pgettext_lazy("meetings", "requested"),
    "agreed": pgettext_lazy("meetings", "agreed"),
    "planned": pgettext_lazy("meetings", "planned"),
    "held": pgettext_lazy("meetings", "held"),
}


class YieldView(ExchangePageMixin, TemplateView):
    """Looked at more than read."""

    template_name = "backoffice/exchange/yield.html"
    page_title = gettext_lazy("Yield")
    section = "backoffice_exchange_yield"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Collect what the page shows."""
        wanted = self.request.GET.get("of", "")
        measure = wanted if wanted in MEASURES else "planned"
        numbers = yield_of(self.exchange)
        counts = (numbers.requested, numbers.accepted, numbers.planned, numbers.held)
        most = max(counts) or 1
        noes, unanswered = refusals(self.exchange)
        came, rating = outcomes(self.exchange)
        return {
            **super().get_context_data(**kwargs),
            "numbers": numbers,
            "bars": [
                (LABELS[name], count, round(100 * count / most))
                for name, count in zip(MEASURES, counts, strict=True)
            ],
            "measures": [(name, LABELS[name], name == measure) for name in MEASURES],
            "measure": LABELS[measure],
            "matrix": by_cluster(self.exchange, measure, none=_("no cluster"), others=_("all others")),
            "busiest": busiest(self.exchange),
            "noes": noes,
            "unanswered": unanswered,
            "outcomes": came,
            "rating": rating,
        }
