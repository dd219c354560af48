"""What a process that curates lines begins with: Django, then the stages, which need it."""

from importlib import import_module

import django

django.setup()
import_module("curation.stages.pipeline")
