"""The wiring as an app, for its management commands."""

from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Holds no models."""

    name = "config"
    label = "wiring"
