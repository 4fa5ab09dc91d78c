from django.apps import AppConfig


class MatchmakingConfig(AppConfig):
    """The exchange of an event: profiles, offers, requests, meetings and the plan."""

    name = "matchmaking"
    verbose_name = "Exchange"

    def ready(self) -> None:
        """Connect what answers to lower floors."""
        from matchmaking import (  # noqa: F401 - they connect themselves
            audit_words,
            calendar,
            deliveries,
            personal_data,
            receivers,
        )
