from django.apps import AppConfig


class CmsConfig(AppConfig):
    """Page types, blocks and the design system."""

    name = "cms"
    verbose_name = "Content"

    def ready(self) -> None:
        """Listen for what stands around every page; let redirects lead within the site."""
        from cms import audit_words, kept_pages, team_pages  # noqa: F401 - they connect themselves
        from cms.redirects import use_own_form

        use_own_form()
