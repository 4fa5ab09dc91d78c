from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """People, organisations, audit trail and outbox."""

    name = "network"
    verbose_name = "Network"

    def ready(self) -> None:
        """Register the deliverers of the outbox and the receivers of the accounts."""
        # Both register themselves; models must be loaded before.
        from network import accounts, mail  # noqa: F401
