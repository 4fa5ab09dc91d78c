from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    """Sessions and releases."""

    name = "sessions_app.programme"
    label = "programme"
    verbose_name = "Programme"

    def ready(self) -> None:
        """Listen for releases."""
        from sessions_app.programme import live  # noqa: F401 - connects its receiver
