"""The delegations of an event in the back office; the page of one is the site's, where the team may do the same."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from sessions_app.registration.backoffice.scope import RegistrationPageMixin
from sessions_app.registration.delegation_queries import delegations_for_team, state_counts_of
from sessions_app.registration.views.delegations import tags_of

PAGE = 50


class DelegationsView(RegistrationPageMixin, TemplateView):
    """All delegations with their heads, and how many of their people are how far."""

    template_name = "backoffice/registration/delegations.html"
    page_title = gettext_lazy("Delegations")
    section = "backoffice_delegations"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Read one page of the list."""
        viewer: Any = self.request.user
        rows = delegations_for_team(self.event, viewer)
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("page"))
        counts = state_counts_of(page)
        found = [(one, tags_of(counts[one.pk])) for one in page]
        return {**super().get_context_data(**kwargs), "rows": found, "page": page}
