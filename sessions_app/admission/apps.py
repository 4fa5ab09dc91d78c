from django.apps import AppConfig


class AdmissionConfig(AppConfig):
    """Tickets, gates, rules and scans."""

    name = "sessions_app.admission"
    label = "admission"
    verbose_name = "Admission"

    def ready(self) -> None:
        """Give tickets to those who are confirmed, and answer questions about a person's data."""
        from sessions_app.admission import (  # noqa: F401 - they connect themselves
            audit_words,
            deliveries,
            personal_data,
            receivers,
        )
