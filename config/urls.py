"""Addresses of pages, exchange files and the API.

What differs by language stands under ``i18n_patterns``; feeds, files and the API have one
address for all languages.
"""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from config.api import api
from network.backoffice.account import preferences

urlpatterns = [
    path("", include("network.urls_plain")),
    path("", include("sessions_app.programme.urls_plain")),
    path("", include("sessions_app.admission.urls_plain")),
    path("", include("media_archive.urls_plain")),
    path("", include("cms.urls_plain")),
    path("api/v1/", api.urls),
    path("admin/account/", preferences),  # before Wagtail's own, which asks for first and last names
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
]

if settings.DEMO or settings.DEBUG or settings.TESTING:
    urlpatterns += [path("demo/", include("cms.urls_demo"))]

urlpatterns += i18n_patterns(
    path("account/", include("allauth.urls")),
    path("", include("network.urls")),
    path("", include("sessions_app.programme.urls_me")),
    path("", include("sessions_app.programme.urls")),
    path("", include("sessions_app.registration.urls")),
    path("", include("sessions_app.admission.urls")),
    path("", include("calls.urls")),
    path("", include("matchmaking.urls")),
    path("", include("media_archive.urls")),
    path("", include("cms.urls_design")),
    path("", include("cms.urls")),
    path("", include(wagtail_urls)),
)

handler400 = "network.web.errors.bad_request"
handler403 = "network.web.errors.permission_denied"
handler404 = "network.web.errors.page_not_found"
handler500 = "network.web.errors.server_error"
