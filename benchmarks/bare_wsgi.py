"""What granian serves as the bare view: config.wsgi without what Emend does beside requests."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
