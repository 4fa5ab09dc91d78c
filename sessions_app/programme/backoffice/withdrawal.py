"""Taking a session out of the programme: what it will do is said before it is done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from sessions_app.programme.backoffice.scope import own_sessions
from sessions_app.programme.models import Session, SessionState
from sessions_app.programme.services.editing import (
    delete_session,
    reinstate_session,
    was_released,
    withdraw_session,
)


class WithdrawView(WagtailAdminTemplateMixin, TemplateView):
    """Says what withdrawing, putting back or deleting will do, and does it."""

    template_name = "backoffice/session_withdraw.html"
    page_title = gettext_lazy("Withdraw or delete")
    header_icon = "bin"
    session: Session

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the session among the viewer's own."""
        super().setup(request, *args, **kwargs)
        self.session = get_object_or_404(own_sessions(request).select_related("event"), pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the session."""
        return str(self.session)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the session."""
        form = {"url": reverse("sessions:edit", args=(self.session.pk,)), "label": str(self.session)}
        return [*self.breadcrumbs_items, form, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Tell what is possible."""
        return {
            **super().get_context_data(**kwargs),
            "session": self.session,
            "released": was_released(self.session),
            "withdrawn": self.session.state == SessionState.WITHDRAWN,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do what the pressed button says."""
        event, act = self.session.event, request.POST.get("act")
        if act == "delete" and delete_session(session=self.session, actor=request.user):
            messages.success(request, _("“%(title)s” is deleted.") % {"title": self.session})
            return redirect(f"{reverse('sessions:index')}?event={event.pk}")
        if act == "reinstate":
            reinstate_session(session=self.session, actor=request.user)
            messages.success(
                request, _("“%(title)s” goes into the next release again.") % {"title": self.session}
            )
        else:
            withdraw_session(session=self.session, actor=request.user, reason=request.POST.get("reason", ""))
            messages.success(
                request, _("“%(title)s” is withdrawn; the next release cancels it.") % {"title": self.session}
            )
        return redirect("sessions:edit", self.session.pk)
