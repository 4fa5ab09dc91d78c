"""Addresses of the account's own pages."""

urlpatterns: list = []
