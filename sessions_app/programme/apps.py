from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    """Sessions and releases."""

    name = "sessions_app.programme"
    label = "programme"
    verbose_name = "Programme"
