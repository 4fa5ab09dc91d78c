"""Addresses of sockets."""

from django.urls import path

from sessions_app.programme.live import ReleaseConsumer

urlpatterns = [
    path("ws/events/<slug:slug>/", ReleaseConsumer.as_asgi()),
]
