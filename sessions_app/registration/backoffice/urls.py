"""Addresses of registration in the back office, all of one event below ``registration/{slug}/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from sessions_app.registration.backoffice import categories, quotas, setup

EVENT = "registration/<slug:slug>/"
SETUP = f"{EVENT}setup/"

setup_urls: list[URLPattern] = [
    path("registration/", setup.RegistrationsView.as_view(), name="backoffice_registrations"),
    path(EVENT, setup.FirstPageView.as_view(), name="backoffice_registration"),
    path(SETUP, setup.SettingsView.as_view(), name="backoffice_setup"),
    path(f"{SETUP}quotas/", quotas.QuotasView.as_view(), name="backoffice_quotas"),
    path(f"{SETUP}quotas/new/", quotas.QuotaPage.as_view(), name="backoffice_quota_new"),
    path(f"{SETUP}quotas/<int:pk>/", quotas.QuotaPage.as_view(), name="backoffice_quota"),
    path(f"{SETUP}quotas/<int:pk>/delete/", quotas.DeleteQuotaView.as_view(), name="backoffice_quota_delete"),
    path(f"{SETUP}categories/", categories.CategoriesView.as_view(), name="backoffice_categories"),
    path(f"{SETUP}categories/new/", categories.CategoryPage.as_view(), name="backoffice_category_new"),
    path(f"{SETUP}categories/<int:pk>/", categories.CategoryPage.as_view(), name="backoffice_category"),
    path(
        f"{SETUP}categories/<int:pk>/move/",
        categories.MoveCategoryView.as_view(),
        name="backoffice_category_move",
    ),
    path(
        f"{SETUP}categories/<int:pk>/delete/",
        categories.DeleteCategoryView.as_view(),
        name="backoffice_category_delete",
    ),
]

urlpatterns = setup_urls
