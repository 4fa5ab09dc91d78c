"""Addresses that machines ask for."""

from django.urls import path

from cms import views

urlpatterns = [
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("files/images/<path:path>", views.picture, name="picture"),
    path("events/<slug:slug>/cover.png", views.cover, name="event_cover"),
    path("favicon.ico", views.favicon, name="favicon"),
]
