"""Addresses of the account's own pages."""

from django.urls import path

from network import views

urlpatterns = [
    path("me/profile/", views.profile, name="me_profile"),
    path("me/privacy/", views.privacy, name="me_privacy"),
    path("me/privacy/data.json", views.download_data, name="me_download"),
    path("me/privacy/erase/", views.erase, name="me_erase"),
]
