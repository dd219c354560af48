"""What granian serves."""

from importlib import import_module

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
# what an earlier process left on disk is drained though nobody reports
import_module("feedback.spooling").start()
