"""Categories of an event in the back office: list in order, form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from sessions_app.registration.backoffice.pages import ActPage, FormPage, nothing_moved, step_of
from sessions_app.registration.backoffice.scope import RegistrationPageMixin
from sessions_app.registration.backoffice.setup_forms import CategoryForm
from sessions_app.registration.models import Category
from sessions_app.registration.queries_setup import categories_of, get_category
from sessions_app.registration.services.category_editing import (
    delete_category,
    move_category,
    save_category,
)


class CategoriesView(RegistrationPageMixin, TemplateView):
    """The categories in the order in which people choose among them."""

    template_name = "backoffice/registration/categories.html"
    page_title = gettext_lazy("Categories")
    section = "backoffice_categories"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List them."""
        return {**super().get_context_data(**kwargs), "categories": list(categories_of(self.event))}


class CategoryPage(FormPage):
    """The form of a category."""

    section = "backoffice_categories"
    page_title = gettext_lazy("Category")

    def build(self, data: Any = None) -> CategoryForm:
        """Return the form."""
        pk = self.kwargs.get("pk")
        instance = get_category(self.event, pk) if pk is not None else Category(event=self.event)
        return CategoryForm(data, instance=instance)

    def save(self, form: CategoryForm) -> str:
        """Save the category."""
        category = save_category(
            category=form.save(commit=False),
            actor=self.request.user,
            places=form.cleaned_data.get("new_places"),
            seen=form.cleaned_data.get("seen"),
        )
        return _("“%(name)s” is saved.") % {"name": category}

    def after(self) -> str:
        """Return to the list."""
        return reverse("backoffice_categories", args=(self.event.slug,))

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the list."""
        return [{"url": self.after(), "label": _("Categories")}]


class MoveCategoryView(ActPage):
    """Moves a category up or down."""

    back = "backoffice_categories"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Move it one step."""
        category = get_category(self.event, kwargs["pk"])
        moved = move_category(category=category, step=step_of(request), actor=request.user)
        return "" if moved else nothing_moved()


class DeleteCategoryView(ActPage):
    """Deletes a category that nobody uses."""

    back = "backoffice_categories"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Delete it."""
        category = get_category(self.event, kwargs["pk"])
        delete_category(category=category, actor=request.user)
        return _("“%(name)s” is deleted.") % {"name": category}
