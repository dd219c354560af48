"""For pytest; tests/servers.py has started the servers and set the addresses."""

from config import database, env
from config.settings.base import *  # noqa: F403  settings are one namespace in four files

SECRET_KEY = "test-only-" + "0123456789abcdef" * 3
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DATABASES = {"default": database.from_url(env.text("DATABASE_URL", "postgresql:///emend"))}
CELERY_BROKER_URL = env.text("REDIS_URL", "redis://127.0.0.1:1/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SPOOL_BYTES = env.number("EMEND_SPOOL_BYTES", 0)  # a test that wants one says so
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
PUBLIC_ADDRESS = "https://emend.example.org"
WEBHOOKS_TO_LOOPBACK = True
DEMO_ALLOWED = True
