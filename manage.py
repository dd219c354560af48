"""Emend's command line: `manage.py up` starts everything on one machine."""

import os
import sys
from contextlib import nullcontext

from django.core.management import execute_from_command_line

DEVELOPMENT = "config.settings.development"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", DEVELOPMENT)

from config import machine  # noqa: E402  importing config makes the Celery app, which reads it

if __name__ == "__main__":
    named = any(argument.startswith("--settings") for argument in sys.argv)
    here = os.environ["DJANGO_SETTINGS_MODULE"] == DEVELOPMENT and not named
    with machine.servers(sys.argv) if here else nullcontext():
        execute_from_command_line(sys.argv)
