"""The panel of a call in the back office: who sits on it, appointing, ending a seat."""

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

from calls.forms import AppointForm, EndSeatForm
from calls.models import Call, PanelMember, Seat
from calls.queries import history_of, managed_by
from calls.services import (
    CannotSit,
    SeatEnded,
    SeatTaken,
    appoint_by_email,
    appoint_panel_member,
    end_seat,
)


class OneCall(WagtailAdminTemplateMixin):
    """A page about one call that the viewer may write; others are not found."""

    call: Call
    request: HttpRequest
    header_icon = "group"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the call, or answer 404."""
        super().setup(request, *args, **kwargs)
        self.call = get_object_or_404(managed_by(request.user).select_related("event"), pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the call."""
        return str(self.call)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back over the call."""
        home = {"url": reverse("calls:index"), "label": _("Calls")}
        form = {"url": reverse("calls:edit", args=(self.call.pk,)), "label": str(self.call)}
        return [*self.breadcrumbs_items, home, form, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the call."""
        return {**super().get_context_data(**kwargs), "call": self.call, "zone": str(self.call.zone)}


class PanelView(OneCall, TemplateView):
    """Who sits on the panel now and who sat there before; appoints."""

    template_name = "backoffice/call_panel.html"
    page_title = gettext_lazy("Panel")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List the seats."""
        seats = list(history_of(self.call))
        return {
            "form": AppointForm(),
            **super().get_context_data(**kwargs),
            "live": [member for member in seats if member.until is None],
            "ended": [member for member in seats if member.until is not None],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Appoint, or say why not; what was entered stays."""
        form = AppointForm(request.POST)
        member = self._appointed(form) if form.is_valid() else None
        if member is None:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        text = _("%(name)s sits on the panel now and is told by mail.")
        if not member.person.email:
            text = _("%(name)s sits on the panel now. There is no e-mail, so she was told nothing.")
        messages.success(request, text % {"name": member.person})
        return redirect("backoffice_panel", self.call.pk)

    def _appointed(self, form: AppointForm) -> PanelMember | None:
        data = form.cleaned_data
        given: dict[str, Any] = {
            "call": self.call,
            "seat": Seat(data["seat"]),
            "actor": self.request.user,
            "organisation": form.organisation,
        }
        field = "person" if data["person"] else "email"
        try:
            if data["person"]:
                return appoint_panel_member(person=data["person"], **given)
            return appoint_by_email(email=data["email"], name=data["name"].strip(), **given)
        except SeatTaken:
            form.add_error(
                field, _("This person sits on the panel already. End that seat first to change it.")
            )
        except CannotSit:
            form.add_error(field, _("This person's account is closed, so she cannot be appointed."))
        return None


class EndSeatView(OneCall, TemplateView):
    """Asks why a seat ends, and ends it."""

    template_name = "backoffice/call_end_seat.html"
    page_title = gettext_lazy("End a seat")
    member: PanelMember

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the seat in this call's panel, or answer 404."""
        super().setup(request, *args, **kwargs)
        self.member = get_object_or_404(history_of(self.call), pk=kwargs["member"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the seat."""
        return {"form": EndSeatForm(), **super().get_context_data(**kwargs), "member": self.member}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """End the seat, or ask for the reason again."""
        form = EndSeatForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            end_seat(member=self.member, actor=request.user, reason=form.cleaned_data["reason"])
        except SeatEnded:
            messages.error(request, _("This seat had ended already; nothing was changed."))
        else:
            messages.success(request, _("The seat of %(name)s has ended.") % {"name": self.member.person})
        return redirect("backoffice_panel", self.call.pk)
