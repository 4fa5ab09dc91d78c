"""Addresses of the team's desk: who has registered, and what is done about it."""

from __future__ import annotations

from django.urls import URLPattern, path

from sessions_app.registration.backoffice import desk_board, desk_bulk, desk_list, desk_one, desk_tables

LIST = "registration/<slug:slug>/list/"
ONE = f"{LIST}<slug:code>/"

desk_urls: list[URLPattern] = [
    path("registration/<slug:slug>/", desk_board.BoardView.as_view(), name="backoffice_registration"),
    path(LIST, desk_list.ListView.as_view(), name="backoffice_registration_list"),
    path(f"{LIST}filters/", desk_list.FiltersView.as_view(), name="backoffice_registration_filters"),
    path(f"{LIST}bulk/", desk_bulk.BulkView.as_view(), name="backoffice_registration_bulk"),
    path(f"{LIST}jobs/<uuid:job>/", desk_bulk.JobView.as_view(), name="backoffice_registration_job"),
    path(f"{LIST}import/", desk_tables.ImportView.as_view(), name="backoffice_registration_import"),
    path(
        f"{LIST}export/<slug:format>/",
        desk_tables.ExportView.as_view(),
        name="backoffice_registration_export",
    ),
    path(ONE, desk_one.RegistrationView.as_view(), name="backoffice_registration_one"),
    path(f"{ONE}edit/", desk_one.EditView.as_view(), name="backoffice_registration_edit"),
    path(f"{ONE}files/<uuid:file>/", desk_one.FileView.as_view(), name="backoffice_registration_file"),
    path(
        f"{ONE}messages/<int:pk>/again/",
        desk_one.SendAgainView.as_view(),
        name="backoffice_registration_again",
    ),
]
