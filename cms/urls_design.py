"""Addresses of the design's living page, the reader's settings and the two statements."""

from django.urls import path
from django.views.generic import TemplateView

from cms.design import design
from network.web.reader import reader_settings

urlpatterns = [
    path("design/", design, name="design"),
    path("reader/", reader_settings, name="reader"),
    path(
        "accessibility/", TemplateView.as_view(template_name="cms/accessibility.html"), name="accessibility"
    ),
    path("privacy/", TemplateView.as_view(template_name="cms/privacy.html"), name="privacy"),
]
