"""One machine: `manage.py up` starts what is missing and sets the addresses."""

from config import database, env
from config.settings.base import *  # noqa: F403  settings are one namespace in four files

DEBUG = env.flag("EMEND_DEBUG", default=False)
SECRET_KEY = env.text("EMEND_SECRET_KEY", "development-only-" + "0123456789abcdef" * 3)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
DATABASES = {"default": database.from_url(env.text("DATABASE_URL"), pool_size=16)}
CELERY_BROKER_URL = env.text("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.text("REDIS_URL"),
    }
}
WHITENOISE_USE_FINDERS = True
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
