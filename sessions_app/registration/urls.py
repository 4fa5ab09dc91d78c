"""Pages of registration, one address per language."""

from django.urls import path

from sessions_app.registration.views import status

app_name = "registration"

EVENT = "events/<slug:slug>"

urlpatterns = [
    path(f"{EVENT}/registration/<slug:code>/<str:signature>/", status.status, name="status"),
]
