from django.apps import AppConfig


class CmsConfig(AppConfig):
    """Page types, blocks and the design system."""

    name = "cms"
    verbose_name = "Content"

    def ready(self) -> None:
        """Listen for what stands around every page."""
        from cms import kept_pages, team_pages  # noqa: F401 - connects its receivers
