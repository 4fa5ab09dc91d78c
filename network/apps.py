from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """People, organisations, audit trail and outbox."""

    name = "network"
    verbose_name = "Network"
