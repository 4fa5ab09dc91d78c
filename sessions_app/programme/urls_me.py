"""Addresses of a person's own agenda."""

from django.urls import path

from sessions_app.programme.views import me

urlpatterns = [
    path("me/", me.me, name="me"),
    path("me/address/", me.renew_address, name="me_renew_address"),
]
