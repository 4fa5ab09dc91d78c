"""Addresses of sockets."""

from django.urls import path

from matchmaking.live import ExchangeConsumer
from sessions_app.programme.live import ReleaseConsumer

urlpatterns = [
    path("ws/events/<slug:slug>/", ReleaseConsumer.as_asgi()),
    path("ws/events/<slug:slug>/exchange/", ExchangeConsumer.as_asgi()),
]
