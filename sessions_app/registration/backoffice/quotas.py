"""Quotas of an event in the back office."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from sessions_app.registration.backoffice.pages import ActPage, FormPage
from sessions_app.registration.backoffice.refusals import in_words
from sessions_app.registration.backoffice.scope import RegistrationPageMixin
from sessions_app.registration.backoffice.setup_forms import QuotaForm
from sessions_app.registration.errors import BelowTaken, RegistrationError
from sessions_app.registration.models import Quota
from sessions_app.registration.queries_setup import get_quota, quotas_of
from sessions_app.registration.services.setting_up import delete_quota, save_quota


class QuotasView(RegistrationPageMixin, TemplateView):
    """All quotas with size, taken places, and how many wait."""

    template_name = "backoffice/registration/quotas.html"
    page_title = gettext_lazy("Quotas")
    section = "backoffice_quotas"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Part those that categories share from those of answers and sessions."""
        quotas = list(quotas_of(self.event))
        own = [quota for quota in quotas if quota.session_id is None and not hasattr(quota, "choice")]
        others = [quota for quota in quotas if quota not in own]
        return {**super().get_context_data(**kwargs), "quotas": own, "others": others}


class QuotaPage(FormPage):
    """The form of a quota."""

    section = "backoffice_quotas"
    page_title = gettext_lazy("Quota")

    def quota(self) -> Quota:
        """Return the quota; one that belongs to an answer or a session is changed there."""
        if "pk" not in self.kwargs:
            return Quota(event=self.event)
        quota = get_quota(self.event, self.kwargs["pk"])
        if quota.session_id is not None or hasattr(quota, "choice"):
            raise Http404
        return quota

    def build(self, data: Any = None) -> QuotaForm:
        """Return the form."""
        return QuotaForm(data, instance=self.quota())

    def save(self, form: QuotaForm) -> str:
        """Save the quota, and say who got a place by it."""
        quota = form.save(commit=False)
        promoted = save_quota(quota=quota, actor=self.request.user, seen=form.cleaned_data.get("seen"))
        said = _("“%(name)s” is saved.") % {"name": quota}
        if promoted:
            said += " " + ngettext(
                "%(count)d of those who waited got a place.",
                "%(count)d of those who waited got a place.",
                promoted,
            ) % {"count": promoted}
        return said

    def refuse(self, form: QuotaForm, error: RegistrationError) -> None:
        """Say at the size what it cannot be."""
        form.add_error("size" if isinstance(error, BelowTaken) else None, in_words(error))

    def after(self) -> str:
        """Return to the list."""
        return reverse("backoffice_quotas", args=(self.event.slug,))

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the list."""
        return [{"url": self.after(), "label": _("Quotas")}]


class DeleteQuotaView(ActPage):
    """Deletes a quota of which nobody holds a place."""

    back = "backoffice_quotas"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Delete it."""
        quota = get_quota(self.event, kwargs["pk"])
        delete_quota(quota=quota, actor=request.user)
        return _("“%(name)s” is deleted.") % {"name": quota}
