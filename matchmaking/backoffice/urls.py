"""Addresses of the exchange in the back office, all of one event below ``exchange/{slug}/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from matchmaking.backoffice import arranging, board, hall, people, plan, setup, tables, yields

EVENT = "exchange/<slug:slug>/"
TABLES = f"{EVENT}tables/"
MEETING = f"{EVENT}meetings/<slug:code>/"
PEOPLE = f"{EVENT}people/"
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
    path(f"{EVENT}board/", board.BoardView.as_view(), name="backoffice_exchange_board"),
    path(f"{EVENT}meetings/new/", board.ArrangeView.as_view(), name="backoffice_exchange_arrange"),
    path(f"{EVENT}meetings/import/", arranging.ImportView.as_view(), name="backoffice_exchange_import"),
    path(MEETING, board.MeetingView.as_view(), name="backoffice_exchange_meeting"),
    path(f"{MEETING}act/", board.MeetingActView.as_view(), name="backoffice_exchange_meeting_act"),
    path(f"{EVENT}hall/", hall.HallView.as_view(), name="backoffice_exchange_hall"),
    path(
        f"{EVENT}hall/address/", hall.ScreenAddressView.as_view(), name="backoffice_exchange_screen_address"
    ),
    path(f"{EVENT}yield/", yields.YieldView.as_view(), name="backoffice_exchange_yield"),
    path(PEOPLE, people.PeopleView.as_view(), name="backoffice_exchange_people"),
    path(f"{PEOPLE}new/", people.GuestView.as_view(), name="backoffice_exchange_guest"),
    path(f"{PEOPLE}<slug:code>/", people.PersonView.as_view(), name="backoffice_exchange_person"),
    path(f"{PEOPLE}<slug:code>/leave/", people.LeaveView.as_view(), name="backoffice_exchange_leave"),
]
