"""The ground floor's part of the back office."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from network.backoffice import choosers, reports
from network.backoffice.native import use_native_fields
from network.backoffice.organisations import OrganisationViewSet
from network.backoffice.policies import is_operator

use_native_fields()


class OperatorMenuItem(MenuItem):
    """Shown to operators alone."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether the viewer is an operator."""
        return is_operator(request.user)


@hooks.register("register_admin_viewset")
def viewsets() -> list[Any]:
    """Register the lists and the dialogs; people come in place of Wagtail's users."""
    return [choosers.person_chooser, choosers.organisation_chooser, OrganisationViewSet()]


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """Register the reports."""
    return [
        path("reports/audit/", reports.AuditReportView.as_view(), name="audit_report"),
        path(
            "reports/audit/results/",
            reports.AuditReportView.as_view(results_only=True),
            name="audit_report_results",
        ),
        path("reports/outbox/", reports.OutboxReportView.as_view(), name="outbox_report"),
        path(
            "reports/outbox/results/",
            reports.OutboxReportView.as_view(results_only=True),
            name="outbox_report_results",
        ),
        path("reports/outbox/<uuid:pk>/again/", reports.outbox_send_again, name="outbox_send_again"),
    ]


@hooks.register("register_reports_menu_item")
def audit_menu_item() -> MenuItem:
    """Lead to the audit trail."""
    return OperatorMenuItem(_("Audit trail"), reverse("audit_report"), icon_name="history", order=100)


@hooks.register("register_reports_menu_item")
def outbox_menu_item() -> MenuItem:
    """Lead to the outbox."""
    return OperatorMenuItem(_("Outbox"), reverse("outbox_report"), icon_name="mail", order=110)


@hooks.register("insert_global_admin_js")
def scripts() -> SafeString:
    """Start choosers and rows of forms from data."""
    return format_html('<script type="module" src="{}"></script>', static("network/backoffice.js"))


@hooks.register("construct_help_menu")
def no_news_of_the_toolkit(request: HttpRequest, items: list[Any]) -> None:
    """Leave out what is new in Wagtail: it is no matter of those who work with our events."""
    items[:] = [item for item in items if not item.name.startswith("whats-new")]


@hooks.register("construct_page_chooser_queryset")
def pages_to_choose(pages: Any, request: HttpRequest) -> Any:
    """Show pages to choose from only to those who may work on pages: titles of drafts are no public matter."""
    from wagtail.permissions import page_permission_policy

    if page_permission_policy.user_has_any_permission(request.user, ["add", "change", "publish"]):
        return pages
    return pages.none()
