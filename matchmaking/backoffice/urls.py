"""Addresses of the exchange in the back office, all of one event below ``exchange/{slug}/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from matchmaking.backoffice import plan, setup, tables

EVENT = "exchange/<slug:slug>/"
TABLES = f"{EVENT}tables/"
RUN = f"{EVENT}plan/<uuid:run>/"

urlpatterns: list[URLPattern] = [
    path("exchange/", setup.ExchangesView.as_view(), name="backoffice_exchanges"),
    path(EVENT, setup.ExchangeView.as_view(), name="backoffice_exchange"),
    path(f"{EVENT}setup/", setup.SetupView.as_view(), name="backoffice_exchange_setup"),
    path(f"{EVENT}phase/", setup.PhaseView.as_view(), name="backoffice_exchange_phase"),
    path(TABLES, tables.TablesView.as_view(), name="backoffice_exchange_tables"),
    path(f"{TABLES}act/", tables.TablesActView.as_view(), name="backoffice_exchange_tables_act"),
    path(f"{TABLES}<int:pk>/", tables.TableView.as_view(), name="backoffice_exchange_table"),
    path(f"{EVENT}plan/", plan.PlanView.as_view(), name="backoffice_exchange_plan"),
    path(RUN, plan.RunView.as_view(), name="backoffice_exchange_run"),
    path(f"{RUN}progress/", plan.RunProgressView.as_view(), name="backoffice_exchange_run_progress"),
    *(
        path(
            f"{RUN}{verb}/", plan.RunActView.as_view(), {"verb": verb}, name=f"backoffice_exchange_run_{verb}"
        )
        for verb in ("stop", "discard", "again")
    ),
]
