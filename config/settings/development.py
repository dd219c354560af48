"""One machine: `manage.py up` starts what is missing and sets the addresses."""

from config import cache, database, env
from config.settings.base import *  # noqa: F403  settings are one namespace in four files

DEBUG = env.flag("EMEND_DEBUG", default=False)
SECRET_KEY = env.secret("EMEND_SECRET_KEY")  # manage.py makes one for each data directory
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
DATABASES = {
    "default": database.from_url(
        env.url("DATABASE_URL", "postgresql", "postgres", default="postgresql:///emend"),
        pool_size=env.number("EMEND_DATABASE_POOL", 16),
    )
}
CELERY_BROKER_URL = env.url("REDIS_URL", "redis", "rediss", default="redis://127.0.0.1:6379/0")
CACHES = {"default": cache.from_url(CELERY_BROKER_URL)}
WHITENOISE_USE_FINDERS = True
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
PUBLIC_ADDRESS = env.url("EMEND_ADDRESS", "http", "https", default="http://127.0.0.1:8000")
WEBHOOKS_TO_LOOPBACK = True
DEMO_ALLOWED = True
