"""For real: a missing or bad variable stops the start."""

from config import cache, database, env, mail
from config.settings.base import *  # noqa: F403  settings are one namespace in four files

DEBUG = False
SECRET_KEY = env.secret("EMEND_SECRET_KEY")
ALLOWED_HOSTS = env.hosts("EMEND_HOSTS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}".replace("//.", "//*.") for host in ALLOWED_HOSTS]

DATABASES = {
    "default": database.from_url(
        env.url("DATABASE_URL", "postgresql", "postgres"),
        pool_size=env.number("EMEND_DATABASE_POOL", 16),
        prepares=env.flag("EMEND_DATABASE_PREPARES", default=True),
    )
}
CELERY_BROKER_URL = env.url("REDIS_URL", "redis", "rediss")
CACHES = {"default": cache.from_url(CELERY_BROKER_URL)}
MAILERS = {"default": mail.from_url(env.url("EMEND_MAIL_URL", "smtp", "smtps"))}
DEFAULT_FROM_EMAIL = env.text("EMEND_MAIL_FROM", f"emend@{ALLOWED_HOSTS[0].lstrip('.')}")

PUBLIC_ADDRESS = env.url(
    "EMEND_ADDRESS", "https", default=f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
).rstrip("/")

SECURE_SSL_REDIRECT = True
if env.flag("EMEND_BEHIND_PROXY", default=False):
    # only then: whoever can reach us directly could claim these headers
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

STATIC_ROOT = BASE_DIR / "staticfiles"  # noqa: F405  made by collectstatic
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.staticfiles.HashedFilesStorage"},
}
