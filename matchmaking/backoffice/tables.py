"""Tables of an exchange: many added at once, changed, taken out of use, removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages

from matchmaking.backoffice.pages import ActPage, FormPage
from matchmaking.backoffice.scope import ExchangePageMixin
from matchmaking.backoffice.setup_forms import LANGUAGES, NewTablesForm, TableForm
from matchmaking.models import Table
from matchmaking.queries_team import room_of, tables_of
from matchmaking.services.setting_up import add_tables, save_table
from matchmaking.services.tables import remove_tables, use_tables
from matchmaking.wording import room_in_words


class TablesView(ExchangePageMixin, TemplateView):
    """All tables with their features, and a form that adds many."""

    template_name = "backoffice/exchange/tables.html"
    page_title = gettext_lazy("Tables")
    section = "backoffice_exchange_tables"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List the tables."""
        return {
            **super().get_context_data(**kwargs),
            "form": kwargs.pop("form", None) or NewTablesForm(),
            "tables": list(tables_of(self.exchange)),
            "room": room_in_words(*room_of(self.exchange)),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Add tables."""
        form = NewTablesForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        data = form.cleaned_data
        made = add_tables(
            exchange=self.exchange,
            count=data["count"],
            actor=request.user,  # type: ignore[arg-type]
            zone={code: data[f"zone_{code}"] for code in LANGUAGES},
            **{name: data[name] for name in ("step_free", "is_quiet", "has_screen")},
        )
        said = _("Added: tables %(first)d to %(last)d.")
        messages.success(request, said % {"first": made[0].number, "last": made[-1].number})
        return redirect("backoffice_exchange_tables", self.event.slug)


class TableView(FormPage):
    """The form of a table."""

    page_title = gettext_lazy("Table")
    section = "backoffice_exchange_tables"

    def build(self, data: Any = None) -> TableForm:
        """Return the form."""
        table = get_object_or_404(
            Table.objects.select_related("exchange__event"), exchange=self.exchange, pk=self.kwargs["pk"]
        )
        return TableForm(data, instance=table)

    def save(self, form: TableForm) -> str:
        """Save the table."""
        table = save_table(
            table=form.save(commit=False),
            actor=self.request.user,  # type: ignore[arg-type]
            seen=form.cleaned_data.get("seen"),
        )
        return _("Table %(number)s is saved.") % {"number": table}

    def after(self) -> str:
        """Return to the list."""
        return self.url("backoffice_exchange_tables")

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the list."""
        return [{"url": self.after(), "label": _("Tables")}]


class TablesActView(ActPage):
    """Takes the marked tables out of use or into it, or removes them."""

    back = "backoffice_exchange_tables"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Do it to all of them or to none."""
        keys = [int(key) for key in request.POST.getlist("table") if key.isdecimal() and len(key) < 19]
        tables = list(tables_of(self.exchange).filter(pk__in=keys))
        actor: Any = request.user
        if not tables:
            messages.error(request, _("Mark at least one table."))
            return ""
        numbers = ", ".join(str(table) for table in tables)
        match request.POST.get("do"):
            case "remove":
                remove_tables(tables=tables, actor=actor)
                return _("Removed: %(numbers)s.") % {"numbers": numbers}
            case "use":
                use_tables(tables=tables, is_active=True, actor=actor)
                return _("In use again: %(numbers)s.") % {"numbers": numbers}
            case "rest":
                use_tables(tables=tables, is_active=False, actor=actor)
                self._tell_of_meetings(sum(table.booked for table in tables))
                return _("Out of use: %(numbers)s.") % {"numbers": numbers}
        raise Http404

    def _tell_of_meetings(self, count: int) -> None:
        """Say that meetings still stand there, and lead to where they get other places."""
        if count:
            said = ngettext(
                "%(count)d meeting still stands there: nobody was moved.",
                "%(count)d meetings still stand there: nobody was moved.",
                count,
            ) % {"count": count}
            url = self.url("backoffice_exchange_plan")
            messages.warning(
                self.request, format_html('{} <a href="{}">{}</a>', said, url, _("Repair the plan"))
            )
