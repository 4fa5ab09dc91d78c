"""Addresses of admission that are the same in all languages."""

from django.urls import path

from sessions_app.admission.views import offline

urlpatterns = [path("offline.js", offline.worker, name="offline_worker")]
