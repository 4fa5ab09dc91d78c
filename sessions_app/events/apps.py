from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Events, days, rooms, tracks and team roles."""

    name = "sessions_app.events"
    label = "events"
    verbose_name = "Events"

    def ready(self) -> None:
        """Answer questions about a person's data, and deliver webhooks."""
        from sessions_app.events import audit_words, personal_data  # noqa: F401 - they register themselves
        from sessions_app.events.webhooks import delivering  # noqa: F401 - registers itself
