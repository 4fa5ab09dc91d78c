"""Pages of the archive, one address per language."""

from django.urls import path

from media_archive.views import pages, searching, sharing

app_name = "media_archive"

RECORDINGS = "events/<slug:slug>/recordings"

urlpatterns = [
    path("recordings/", searching.everything, name="everything"),
    path(f"{RECORDINGS}/", pages.archive, name="archive"),
    path(f"{RECORDINGS}/<slug:code>/embed/", sharing.embed, name="embed"),
    path(f"{RECORDINGS}/<slug:code>/of-session/", sharing.of_session, name="of_session"),
    path(f"{RECORDINGS}/<slug:code>/", pages.watch, name="watch"),
    path("events/<slug:slug>/results/", pages.results, name="results"),
]
