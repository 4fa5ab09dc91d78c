"""Files and feeds of the programme, one address for all languages."""

from django.urls import path

from sessions_app.programme import feeds
from sessions_app.programme.materials import material_file
from sessions_app.programme.views import changes, items, stars

EVENT = "events/<slug:slug>"

urlpatterns = [
    path(f"{EVENT}/schedule.xml", feeds.schedule_file, {"format": "xml"}, name="schedule_xml"),
    path(f"{EVENT}/schedule.json", feeds.schedule_file, {"format": "json"}, name="schedule_json"),
    path(f"{EVENT}/schedule.ics", feeds.schedule_ics, name="schedule_ics"),
    path(f"{EVENT}/sessions/<slug:code>.ics", feeds.session_ics, name="session_ics"),
    path(f"{EVENT}/sessions/<slug:code>/qr.svg", items.session_qr, name="session_qr"),
    path(f"{EVENT}/releases.atom", feeds.ReleaseFeed(), name="programme_atom"),
    path(f"{EVENT}/release.json", changes.release_number, name="programme_release_number"),
    path("files/materials/<uuid:guid>/", material_file, name="material_file"),
    path("me/agenda/merge/", stars.merge, name="merge_stars"),
    path("me/agenda/<str:token>.ics", feeds.agenda_feed, name="agenda_feed"),
]
