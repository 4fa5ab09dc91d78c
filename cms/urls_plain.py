"""Addresses of content pages."""


urlpatterns: list = []
