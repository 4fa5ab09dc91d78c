from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    """Sessions and releases."""

    name = "sessions_app.programme"
    label = "programme"
    verbose_name = "Programme"

    def ready(self) -> None:
        """Listen for releases, and for questions about a person's data."""
        from sessions_app.programme import audit_words, live, personal_data  # noqa: F401 - they connect themselves
