from django.apps import AppConfig


class CmsConfig(AppConfig):
    """Page types, blocks and the design system."""

    name = "cms"
    verbose_name = "Content"
