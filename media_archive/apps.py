from django.apps import AppConfig


class MediaArchiveConfig(AppConfig):
    """Recordings of an event: cameras on one clock, sessions cut out of days, what was said and decided."""

    name = "media_archive"
    verbose_name = "Recordings"

    def ready(self) -> None:
        """Connect what answers to lower floors."""
        from media_archive import audit_words, personal_data, receivers  # noqa: F401 - they connect themselves
