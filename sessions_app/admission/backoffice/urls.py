"""Addresses of admission in the back office, all of one event below ``admission/{slug}/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from sessions_app.admission.backoffice import doors, gates, papers
from sessions_app.admission.models import Gate, Rule

EVENT = "admission/<slug:slug>/"


def _rows(
    part: str, name: str, page: type[gates.GatePage] | type[gates.RulePage], model: type[Gate] | type[Rule]
) -> list[URLPattern]:
    act = {"model": model, "back": f"backoffice_{name}s"}
    one = f"{EVENT}{part}/<int:pk>/"
    return [
        path(f"{EVENT}{part}/new/", page.as_view(), name=f"backoffice_{name}_new"),
        path(one, page.as_view(), name=f"backoffice_{name}"),
        path(f"{one}move/", gates.ActOnRow.as_view(**act, verb="move"), name=f"backoffice_{name}_move"),
        path(f"{one}delete/", gates.ActOnRow.as_view(**act, verb="delete"), name=f"backoffice_{name}_delete"),
    ]


urlpatterns: list[URLPattern] = [
    path("admission/", doors.AdmissionsView.as_view(), name="backoffice_admissions"),
    path(EVENT, doors.DoorsView.as_view(), name="backoffice_admission"),
    path(f"{EVENT}key/", doors.RotateKeyView.as_view(), name="backoffice_rotate_key"),
    path(f"{EVENT}scans/", doors.ScansView.as_view(), name="backoffice_scans"),
    path(f"{EVENT}scans/<int:pk>/undo/", doors.UndoScanView.as_view(), name="backoffice_scan_undo"),
    path(f"{EVENT}gates/", gates.GatesView.as_view(), name="backoffice_gates"),
    *_rows("gates", "gate", gates.GatePage, Gate),
    path(f"{EVENT}rules/", gates.RulesView.as_view(), name="backoffice_rules"),
    *_rows("rules", "rule", gates.RulePage, Rule),
    path(f"{EVENT}tickets/<slug:code>/", doors.TicketsView.as_view(), name="backoffice_tickets"),
    path(f"{EVENT}paper/", papers.PapersView.as_view(), name="backoffice_papers"),
    path(f"{EVENT}paper/<uuid:job>/", papers.PaperView.as_view(), name="backoffice_paper"),
    path(
        f"{EVENT}paper/<uuid:job>/<int:number>.pdf",
        papers.PaperFileView.as_view(),
        name="backoffice_paper_file",
    ),
]
