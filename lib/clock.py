"""The one place that reads the clock; everything else is handed `now`."""

from django.utils.timezone import now

__all__ = ["now"]
