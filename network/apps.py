from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """People, organisations, audit trail and outbox."""

    name = "network"
    verbose_name = "Network"

    def ready(self) -> None:
        """Register the deliverers of the outbox."""
        import network.mail  # noqa: F401  (it registers itself; models must be loaded before)
