from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Events, days, rooms, tracks and team roles."""

    name = "sessions_app.events"
    label = "events"
    verbose_name = "Events"
