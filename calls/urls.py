"""Pages of calls, one address per language."""

from django.urls import path

from calls import views

urlpatterns = [path("calls/<slug:slug>/", views.call_page, name="call")]
