from django.apps import AppConfig


class CallsConfig(AppConfig):
    """Calls and panel seats."""

    name = "calls"
    verbose_name = "Calls"

    def ready(self) -> None:
        """Answer questions about a person's data and what stands on her own page."""
        from calls import personal_data  # noqa: F401 - connects its receivers
