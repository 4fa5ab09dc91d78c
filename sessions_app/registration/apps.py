from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    """Categories, quotas, questions, registrations, delegations and their messages."""

    name = "sessions_app.registration"
    label = "registration"
    verbose_name = "Registration"

    def ready(self) -> None:
        """Connect what answers to the ground floor, and what the outbox delivers."""
        from sessions_app.registration import (  # noqa: F401 - they register themselves
            audit_words,
            deliveries,
            personal_data,
            receivers,
        )
