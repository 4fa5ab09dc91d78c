from django.apps import AppConfig


class CallsConfig(AppConfig):
    """Calls and panel seats."""

    name = "calls"
    verbose_name = "Calls"

    def ready(self) -> None:
        """Answer questions about a person's data and what stands on her own page."""
        from calls import audit_words, personal_data  # noqa: F401 - they connect themselves
