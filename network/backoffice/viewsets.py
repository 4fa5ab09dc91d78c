"""What the viewsets of the back office share: every write goes through a service, nothing is deleted."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from network.conflicts import EditConflictError
from network.search import name_contains


class NameSearchMixin:
    """Searches the view's ``search_fields`` without regard to case, in Cyrillic too."""

    search_fields: list[str]
    search_query: str
    is_searching: bool

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows that contain the searched words."""
        if not self.is_searching:
            return queryset
        return queryset.filter(name_contains(self.search_fields, self.search_query)).distinct()


class SavingMixin:
    """Saves through ``save(form)`` of the view, which calls a service, instead of through the form."""

    form: Any

    def save(self, form: Any) -> Model:
        """Call the service with what the form has put into its instance."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, or say what the form could not know: another saved first, or the database refuses."""
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except EditConflictError as conflict:
            form.tell_conflict(conflict)
        except IntegrityError:
            form.add_error(
                None,
                _(
                    "This could not be saved: somebody changed it at the same moment, or two rows swapped "
                    "what each may have only once. Save in two steps."
                ),
            )
        self.produced_error_message = self.get_error_message()  # type: ignore[attr-defined]
        response: HttpResponse = self.form_invalid(form)  # type: ignore[attr-defined]
        return response

    def save_instance(self) -> Model:
        """Fill the instance and hand it to the service."""
        self.form.save(commit=False)
        return self.save(self.form)


class PlainViewSet(ModelViewSet):
    """List, create and edit; our own audit trail takes the place of Wagtail's history and usage pages."""

    copy_view_enabled = False
    add_to_reference_index = False

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Leave out the addresses of pages that do not exist here."""
        absent = dict.fromkeys(("history_url_name", "usage_url_name", "delete_url_name"))
        return super().get_common_view_kwargs(**{**absent, **kwargs})

    def get_urlpatterns(self) -> list[URLPattern]:
        """Return the addresses of list, create and edit."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path(f"edit/<{self.pk_path_converter}:pk>/", self.edit_view, name="edit"),
        ]

    def get_permissions_to_register(self) -> QuerySet[Any]:
        """Offer no Django permissions for groups: team roles decide."""
        return super().get_permissions_to_register().none()


class PlainIndexView(NameSearchMixin, generic.IndexView):
    """A list without exports of its own, whose rows stand below each other on narrow screens."""

    search_backend_name = None
    results_template_name = "backoffice/list_results.html"
    table_classname = "listing bo-list"
