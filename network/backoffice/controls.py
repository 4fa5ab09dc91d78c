"""Wagtail's choosers and rows of forms, started from data instead of scripts in the page.

``static/network/backoffice.js`` reads the data; so our pages need no loosened content policy.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.forms import BaseForm
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext_lazy
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.panels import InlinePanel
from wagtail.admin.widgets.chooser import BaseChooser

from network.backoffice.forms import BackofficeForm


def start_tag(control: str, *args: Any) -> SafeString:
    """Return the element from which the script makes ``new control(*args)``."""
    return format_html('<span hidden data-start="{}"></span>', json.dumps({"control": control, "args": args}))


class PlainChooser(BaseChooser):
    """Without a link to a form that most cannot open."""

    show_edit_link = False

    def get_value_data(self, value: Any) -> Any:
        """Show nothing as chosen where the form was sent with what is no key, or one of nothing."""
        try:
            return super().get_value_data(value)
        except (ValueError, TypeError, OverflowError, ObjectDoesNotExist):
            return None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the widget and the data that starts it."""
        chosen = self.get_value_data(value)
        options = self.get_js_init_options(attrs["id"], name, chosen)
        html = self.render_html(name, chosen, attrs)
        return format_html("{}{}", html, start_tag(self.js_constructor, attrs["id"], options))


class Rows(BaseChildFormSet):
    """Rows whose form says at the field itself what stands twice, and in words how many are needed."""

    default_error_messages = {
        **BaseChildFormSet.default_error_messages,
        "too_few_forms": ngettext_lazy(
            "At least %(num)d entry is needed.", "At least %(num)d entries are needed.", "num"
        ),
    }

    def validate_unique(self) -> None:
        """Leave it to the form; the standard sentence speaks of database columns."""


class RowsPanel(InlinePanel):
    """Rows of a relation; each may have a form class of ours."""

    def __init__(self, *args: Any, child_form: type[BaseForm] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.child_form = child_form

    def clone_kwargs(self) -> dict[str, Any]:
        """Keep the form class when Wagtail copies the panel."""
        return {**super().clone_kwargs(), "child_form": self.child_form}

    def get_form_options(self) -> dict[str, Any]:
        """Build the rows on the form class."""
        options = super().get_form_options()
        rows = options["formsets"][self.relation_name]
        rows["form"] = self.child_form or BackofficeForm
        rows["formset"] = Rows
        return options

    class BoundPanel(InlinePanel.BoundPanel):
        """Starts from data."""

        template_name = "backoffice/rows_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Add the data."""
            context = super().get_context_data(parent_context)
            context["start_tag"] = start_tag("InlinePanel", self.js_opts())
            return context
