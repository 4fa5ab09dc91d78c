"""Calls in the back office: list and forms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BaseColumn, BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import HeaderButton

from calls.forms import CallForm
from calls.models import Call
from calls.permissions import may_manage
from calls.queries import managed_by
from calls.services import save_call
from network.backoffice.viewsets import PlainIndexView, PlainViewSet, SavingMixin
from sessions_app.events.backoffice_policies import ACTIONS, EventScopedPolicy
from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability
from sessions_app.events.queries import with_capability


class CallPolicy(EventScopedPolicy):
    """Opens calls to those who run the commission of their event; calls of no event to superusers."""

    def __init__(self) -> None:
        super().__init__(Call, Capability.COMMISSION, "event")

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Model) -> bool:
        """Tell whether the action is possible for this call."""
        return action in ACTIONS and isinstance(instance, Call) and may_manage(user, instance)

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet[Any]:
        """Return the calls the person may write."""
        return managed_by(user) if ACTIONS.intersection(actions) else Call.objects.none()


class DatesColumn(BaseColumn):
    """Both dates on the clocks of the call's zone."""

    cell_template_name = "backoffice/call_dates_cell.html"


class CallIndexView(PlainIndexView):
    """List of the calls the viewer may write."""

    page_title = gettext_lazy("Calls")

    def get_base_queryset(self) -> QuerySet[Call]:
        """Return the calls with what the list shows; of one event where the address names it."""
        calls = managed_by(self.request.user).select_related("event")
        slug = self.request.GET.get("event", "")
        if slug and "\x00" not in slug:
            calls = calls.filter(event__slug=slug)
        return calls.annotate(panel_size=Count("panel", filter=Q(panel__until__isnull=True)))

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """Title, event, kind, dates, size of the panel, whether the public sees it."""
        return [
            self._get_title_column("__str__"),
            Column("event", label=_("Event"), accessor=lambda call: call.event or ""),
            Column("kind", label=_("Kind"), accessor="get_kind_display"),
            DatesColumn("opens", label=_("Dates"), sort_key="opens"),
            Column("panel_size", label=_("Panel"), sort_key="panel_size"),
            BooleanColumn("is_published", label=_("Published"), sort_key="is_published"),
        ]


class CallSaving(SavingMixin):
    """Saves through the service and stays at the call."""

    request: HttpRequest
    object: Call

    def save(self, form: CallForm) -> Call:
        """Save the call."""
        return save_call(call=form.instance, actor=self.request.user)

    def get_success_url(self) -> str:
        """Return to the form."""
        return reverse("calls:edit", args=(self.object.pk,))

    def get_success_buttons(self) -> list[Any]:
        """Lead on to the panel."""
        return [messages.button(reverse("backoffice_panel", args=(self.object.pk,)), _("Panel"))]


class CallCreateView(CallSaving, generic.CreateView):
    """New call of the event in the address, or of none."""

    page_title = gettext_lazy("New call")
    event: Event | None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for the event where it is not clear."""
        events = with_capability(request.user, Capability.COMMISSION)
        slug, may_do_without = request.GET.get("event", ""), request.user.is_superuser
        if slug and "\x00" not in slug:
            self.event = get_object_or_404(events, slug=slug)
        elif may_do_without and "without_event" in request.GET:
            self.event = None
        else:
            found = list(events.order_by("-pk")[:50])
            if not found and not may_do_without:
                raise PermissionDenied
            if len(found) != 1 or may_do_without:
                context = {"events": found, "may_do_without": may_do_without, "page_title": _("New call")}
                return render(request, "backoffice/call_choose_event.html", context)
            self.event = found[0]
        return super().dispatch(request, *args, **kwargs)

    def get_initial_form_instance(self) -> Call:
        """Return an empty call of the event."""
        return Call(event=self.event)

    def get_add_url(self) -> str:
        """Keep the event in the form's address."""
        return f"{reverse('calls:add')}?{f'event={self.event.slug}' if self.event else 'without_event=1'}"


class CallEditView(CallSaving, generic.EditView):
    """Edit a call."""

    def get_queryset(self) -> QuerySet[Call]:
        """Return the calls the viewer may write; others are not found."""
        return managed_by(self.request.user).select_related("event")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Lead to the panel and to the call's page."""
        panel = reverse("backoffice_panel", args=(self.object.pk,))
        return [
            HeaderButton(_("Panel"), url=panel, icon_name="group", priority=10),
            HeaderButton(
                _("Page"), url=f"/calls/{self.object.slug}/", icon_name="link-external", priority=20
            ),
        ]


class CallViewSet(PlainViewSet):
    """Calls."""

    model = Call
    name = "calls"
    icon = "clipboard-list"
    menu_label = gettext_lazy("Calls")
    menu_name = "calls"
    menu_order = 295
    add_to_admin_menu = True
    list_per_page = 30
    ordering = ["-opens", "-id"]
    search_fields = ["title_en", "title_ru", "slug"]
    search_backend_name = None
    index_view_class = CallIndexView
    add_view_class = CallCreateView
    edit_view_class = CallEditView
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("title_en"), FieldPanel("title_ru")]),
            FieldRowPanel([FieldPanel("kind"), FieldPanel("slug")]),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("opens"), FieldPanel("closes")])],
                gettext_lazy("When work is handed in"),
            ),
            FieldPanel("is_published"),
        ],
        base_form_class=CallForm,
    )
