"""Wiring: settings, addresses, the worker, and what runs on one machine."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
