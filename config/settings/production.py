"""For real: a missing or bad variable stops the start."""

from config import database, env
from config.settings.base import *  # noqa: F403  settings are one namespace in four files

DEBUG = False
SECRET_KEY = env.secret("EMEND_SECRET_KEY")
ALLOWED_HOSTS = env.words("EMEND_HOSTS")
if not ALLOWED_HOSTS:
    raise env.BadEnvironment("EMEND_HOSTS is not set: name the hosts this server answers for")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

DATABASES = {
    "default": database.from_url(
        env.url("DATABASE_URL", "postgresql", "postgres"),
        pool_size=env.number("EMEND_DATABASE_POOL", 16, least=1),
    )
}
CELERY_BROKER_URL = env.url("REDIS_URL", "redis", "rediss")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CELERY_BROKER_URL,
    }
}

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # a load balancer asks in plain HTTP
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
