"""Addresses of registration in the back office, all of one event below ``registration/{slug}/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from sessions_app.registration.backoffice import (
    categories,
    delegations,
    invitations,
    questions,
    quotas,
    setup,
    templates,
)
from sessions_app.registration.backoffice.desk_urls import desk_urls

EVENT = "registration/<slug:slug>/"
SETUP = f"{EVENT}setup/"

setup_urls: list[URLPattern] = [
    path("registration/", setup.RegistrationsView.as_view(), name="backoffice_registrations"),
    path(SETUP, setup.SettingsView.as_view(), name="backoffice_setup"),
    path(f"{EVENT}delegations/", delegations.DelegationsView.as_view(), name="backoffice_delegations"),
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
    path(f"{SETUP}questions/", questions.QuestionsView.as_view(), name="backoffice_questions"),
    path(f"{SETUP}questions/new/", questions.KindsView.as_view(), name="backoffice_question_kinds"),
    path(
        f"{SETUP}questions/new/<str:kind>/", questions.QuestionPage.as_view(), name="backoffice_question_new"
    ),
    path(f"{SETUP}questions/<int:pk>/", questions.QuestionPage.as_view(), name="backoffice_question"),
    path(
        f"{SETUP}questions/<int:pk>/move/",
        questions.MoveQuestionView.as_view(),
        name="backoffice_question_move",
    ),
    path(
        f"{SETUP}questions/<int:pk>/remove/",
        questions.RemoveQuestionView.as_view(),
        name="backoffice_question_remove",
    ),
    path(
        f"{SETUP}questions/<int:pk>/restore/",
        questions.RestoreQuestionView.as_view(),
        name="backoffice_question_restore",
    ),
    path(f"{SETUP}invitations/", invitations.InvitationsView.as_view(), name="backoffice_invitations"),
    path(
        f"{SETUP}invitations/codes.txt",
        invitations.CodesView.as_view(),
        name="backoffice_invitations_codes",
    ),
    path(
        f"{SETUP}invitations/remind/",
        invitations.RemindView.as_view(),
        name="backoffice_invitations_remind",
    ),
    path(
        f"{SETUP}invitations/<int:pk>/revoke/",
        invitations.RevokeView.as_view(),
        name="backoffice_invitation_revoke",
    ),
    path(
        f"{SETUP}invitations/<int:pk>/restore/",
        invitations.RestoreView.as_view(),
        name="backoffice_invitation_restore",
    ),
    path(
        f"{SETUP}invitations/<int:pk>/again/",
        invitations.SendAgainView.as_view(),
        name="backoffice_invitation_again",
    ),
    path(
        f"{SETUP}invitations/<int:pk>/remind/",
        invitations.RemindView.as_view(),
        name="backoffice_invitation_remind",
    ),
    path(f"{SETUP}messages/", templates.TemplatesView.as_view(), name="backoffice_templates"),
    path(f"{SETUP}messages/<str:kind>/", templates.TemplatePage.as_view(), name="backoffice_template"),
]

urlpatterns = [*setup_urls, *desk_urls]
