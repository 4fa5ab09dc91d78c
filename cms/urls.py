"""Addresses of content pages, one per language."""

from django.urls import path

from cms import views

urlpatterns = [
    path("", views.home, name="home"),
    path("events/", views.events, name="events"),
    path("events/<slug:slug>/", views.event_front, name="event_front"),
    path("search/", views.find, name="search"),
]
