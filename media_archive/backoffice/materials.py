"""Results and materials of an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from media_archive.backoffice.form_parts import LANGUAGES
from media_archive.backoffice.material_forms import MaterialForm
from media_archive.backoffice.scope import ActPage, FormPage, RecordingsPageMixin
from media_archive.models import Material, MaterialKind
from media_archive.services.results import remove_material, save_material


class MaterialsView(RecordingsPageMixin, TemplateView):
    """All materials of the event."""

    template_name = "backoffice/recordings/materials.html"
    page_title = gettext_lazy("Results and materials")
    section = "backoffice_results"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List them."""
        found = Material.objects.filter(event=self.event).select_related("session")
        return {**super().get_context_data(**kwargs), "materials": list(found)}


class MaterialView(FormPage):
    """The form of a material."""

    template_name = "backoffice/recordings/file_form.html"
    page_title = gettext_lazy("Result or material")
    section = "backoffice_results"

    def build(self, data: Any = None) -> MaterialForm:
        """Return the form."""
        key = self.kwargs.get("pk")
        self.material = get_object_or_404(Material, event=self.event, pk=key) if key else None
        files = self.request.FILES if data is not None else None
        return MaterialForm(data, files, event=self.event, material=self.material)

    def save(self, form: MaterialForm) -> str:
        """Save it."""
        data = form.cleaned_data
        save_material(
            event=self.event, material=self.material, kind=MaterialKind(data["kind"]), url=data["url"],
            titles={code: data[f"title_{code}"] for code in LANGUAGES},
            texts={code: data[f"text_{code}"] for code in LANGUAGES},
            upload=data["file"], is_published=data["is_published"], actor=self.actor, **form.place(),
        )  # fmt: skip
        return _("It is saved.")

    def after(self) -> str:
        """Lead back to the list."""
        return self.url("backoffice_results")

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the list."""
        return [{"url": self.after(), "label": _("Results and materials")}]


class RemoveMaterialView(ActPage):
    """Removes a material."""

    def where(self) -> str:
        """Lead back to the list."""
        return self.url("backoffice_results")

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Remove it."""
        material = get_object_or_404(Material, event=self.event, pk=kwargs["pk"])
        remove_material(material=material, actor=self.actor)
        return _("It is removed.")
