"""Addresses that are the same in all languages."""

from django.urls import path

from network import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
