"""Reports of the ground floor: the audit trail and the outbox."""

from __future__ import annotations

import uuid
from typing import Any

import django_filters
from django import forms
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn
from wagtail.admin.views.reports.base import ReportView

from network.audit_words import action_words, actions_saying, field_words, value_words
from network.backoffice.native import DaySpan
from network.backoffice.policies import is_operator
from network.models import AuditEntry, OutboxMessage, OutboxState
from network.search import name_contains
from network.services import CannotSendAgain, send_again


class ChangesColumn(BaseColumn):
    """Field, old value, new value; one line each, in words as far as the object's kind has them."""

    cell_template_name = "backoffice/audit_changes_cell.html"

    def get_cell_context_data(self, instance: AuditEntry, parent_context: Any) -> dict[str, Any]:
        """Add the lines."""
        try:
            model = apps.get_model(instance.object_type)
        except (LookupError, ValueError):  # a kind of object that is gone, or none
            lines = [(name, *pair) for name, pair in instance.changes.items()]
        else:
            lines = [
                (field_words(model, name), *(value_words(model, name, value) for value in pair))
                for name, pair in instance.changes.items()
            ]
        return {**super().get_cell_context_data(instance, parent_context), "lines": lines}


class AuditFilter(WagtailFilterSet):
    """By time, by who did it, by words in the name of the object or of the action."""

    at = django_filters.DateFromToRangeFilter(label=gettext_lazy("When"), widget=DaySpan)
    actor_name = django_filters.CharFilter(
        label=gettext_lazy("Who"), method="by_actor", widget=forms.TextInput
    )
    object_name = django_filters.CharFilter(
        label=gettext_lazy("What or action"), method="by_object", widget=forms.TextInput
    )

    class Meta:
        model = AuditEntry
        fields = ["at", "actor_name", "object_name"]

    def by_actor(self, rows: QuerySet[AuditEntry], _name: str, words: str) -> QuerySet[AuditEntry]:
        """Keep what people of this name did."""
        return rows.filter(name_contains(["actor__name"], words))

    def by_object(self, rows: QuerySet[AuditEntry], _name: str, words: str) -> QuerySet[AuditEntry]:
        """Keep what was done to objects of this name, and what is called so itself."""
        named = name_contains(["object_name", "action"], words)
        return rows.filter(named | Q(action__in=actions_saying(words)))


class AuditReportView(ReportView):
    """The whole audit trail, for operators; floors above narrow it to their events."""

    model = AuditEntry
    page_title = gettext_lazy("Audit trail")
    header_icon = "history"
    index_url_name = "audit_report"
    index_results_url_name = "audit_report_results"
    filterset_class = AuditFilter
    permission_policy = None
    is_searchable = False
    default_ordering = "-at"
    list_export: list[str] = []
    table_classname = "listing bo-list"
    columns = [
        DateColumn("at", label=gettext_lazy("When"), sort_key="at", width="12%"),
        Column("actor", label=gettext_lazy("Who"), accessor=lambda entry: entry.actor or "", width="16%"),
        Column(
            "action",
            label=gettext_lazy("Action"),
            accessor=lambda entry: action_words(entry.action),
            width="16%",
        ),
        Column("object_name", label=gettext_lazy("What"), width="22%"),
        ChangesColumn("changes", label=gettext_lazy("Old → new")),
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse those who may not read it."""
        if not self.may_read():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def may_read(self) -> bool:
        """Tell whether the viewer may read this report."""
        return is_operator(self.request.user)

    def get_base_queryset(self) -> QuerySet[AuditEntry]:
        """Return the entries with their actors."""
        return AuditEntry.objects.select_related("actor")


class OutboxFilter(WagtailFilterSet):
    """By state and kind."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=OutboxState,
        widget=forms.RadioSelect,
        empty_label=gettext_lazy("All"),
    )

    class Meta:
        model = OutboxMessage
        fields = ["state", "kind"]


class SendAgainColumn(BaseColumn):
    """A button beside failed messages."""

    cell_template_name = "backoffice/send_again_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        """Add whether there is anything left to send."""
        context = super().get_cell_context_data(instance, parent_context)
        context["can_send"] = instance.state == OutboxState.FAILED and bool(instance.payload)
        context["url"] = reverse("outbox_send_again", args=(instance.pk,))
        context["csrf_token"] = parent_context.get("csrf_token")
        return context


class OutboxReportView(ReportView):
    """What is to be told to the world, what was, and what failed; without the texts themselves."""

    model = OutboxMessage
    page_title = gettext_lazy("Outbox")
    header_icon = "mail"
    index_url_name = "outbox_report"
    index_results_url_name = "outbox_report_results"
    filterset_class = OutboxFilter
    permission_policy = None
    is_searchable = False
    default_ordering = "-created_at"
    list_export: list[str] = []
    table_classname = "listing bo-list"
    columns = [
        DateColumn("created_at", label=gettext_lazy("Written"), sort_key="created_at"),
        Column("kind", label=gettext_lazy("Kind")),
        Column("state", label=gettext_lazy("State"), accessor="get_state_display", sort_key="state"),
        Column("attempts", label=gettext_lazy("Attempts")),
        DateColumn("delivered_at", label=gettext_lazy("Delivered")),
        Column("last_error", label=gettext_lazy("Last error")),
        SendAgainColumn("again", label=gettext_lazy("Send again")),
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse everybody but operators."""
        if not is_operator(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


@require_POST
def outbox_send_again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Let a failed message be tried again."""
    if not is_operator(request.user):
        raise PermissionDenied
    message = get_object_or_404(OutboxMessage, pk=pk)
    try:
        send_again(message=message, actor=request.user)
    except CannotSendAgain:
        messages.error(
            request, _("Only a message that failed, and whose content is still kept, can be sent again.")
        )
    else:
        messages.success(request, _("The message will be tried again within a minute."))
    return redirect("outbox_report")
