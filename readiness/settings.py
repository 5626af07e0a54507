"""All settings, one file. Installations differ by environment variables only: docs/deploying.md.

Values come from the environment or from `.env` beside manage.py; the environment wins.
"""

import secrets
from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONCE, NONE, SELF

from readiness.changelog import version

django_stubs_ext.monkeypatch()
BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

VERSION = version(BASE_DIR / "CHANGELOG.md")

# Without one nothing is served (readiness.E002), but `manage.py doctor` can still say so.
SECRET_KEY_IS_MISSING = not env.str("SECRET_KEY", default="")
SECRET_KEY = env.str("SECRET_KEY", default="") or secrets.token_urlsafe(50)
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "readiness",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "django_q",
    "simple_history",
    "template_partials",
]

MIDDLEWARE = [
    "readiness.request_id.RequestIdMiddleware",
    "readiness.plain_query.PlainQueryMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "readiness.htmx.HtmxRedirectMiddleware",
]

ROOT_URLCONF = "readiness.urls"
WSGI_APPLICATION = "readiness.wsgi.application"
AUTH_USER_MODEL = "readiness.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "readiness.firststeps.session.context",
            ],
            "builtins": ["readiness.templatetags.readiness"],
        },
    },
]

# --- Database -----------------------------------------------------------------------------------

VAR = BASE_DIR / "var"  # what an installation makes: the embedded database, collected static files
VAR.mkdir(exist_ok=True)
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'readiness.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Readers never wait for the writer (WAL), and a writer that waits its turn gets it instead of
    # "database is locked" (IMMEDIATE: the write lock is taken when the transaction begins).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            # 8 MB of pages for each thread; more, or the file mapped, answered no sooner.
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA temp_store=MEMORY;"
            "PRAGMA cache_size=-8000;"
        ),
    }
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 600)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- Jobs: AWS, PDF, messages -------------------------------------------------------------------

Q_CLUSTER = {
    "name": "readiness",
    "workers": env.int("WORKERS", default=2),
    "poll": 0.2,  # seconds between two looks at the queue: most of a job's pick-up time
    "guard_cycle": 0.5,
    # A task that dies is taken up again by readiness.jobs, from the domain row; redelivery by the
    # queue is the second net. It must come later than the longest task may last.
    "timeout": 300,
    "retry": 360,
    "max_attempts": 2,
    "ack_failures": True,
    "recycle": 200,
    "max_rss": 400_000,  # KB; WeasyPrint keeps what it once needed
    "save_limit": 100,
    "catch_up": False,  # a schedule that was missed runs once, not many times
    "label": "Jobs",
}
match env.str("JOB_BROKER", default="database"):
    case "database":
        Q_CLUSTER["orm"] = "default"
    case url if url.startswith("redis"):
        Q_CLUSTER["redis"] = url
    case "sqs":
        Q_CLUSTER["sqs"] = {"aws_region": env.str("JOB_BROKER_REGION")}
    case other:
        raise environ.ImproperlyConfigured(
            f"JOB_BROKER is {other!r}; it must be 'database', 'redis://...' or 'sqs'."
        )

# --- AWS ----------------------------------------------------------------------------------------

# Set by the demo and by tests only: every read goes to a simulated account there.
AWS_ENDPOINT_URL = env.str("READINESS_AWS_ENDPOINT_URL", default="")
# Who assumes the roles of AWS accounts: the twelve digits of this installation's own account, or
# the ARN of the role it runs as. Only written into the snippets that people take to AWS.
AWS_TRUSTED_PRINCIPAL = env.str("AWS_TRUSTED_PRINCIPAL", default="")
# After a look that failed, a pass seen earlier counts for this long; then nothing is known.
VERDICT_STALE_DAYS = env.int("VERDICT_STALE_DAYS", default=7)
# Answers older than this are cleared away, but never what stands or what history tells.
CHECK_RESULTS_KEPT_DAYS = env.int("CHECK_RESULTS_KEPT_DAYS", default=90)

# --- Evidence -----------------------------------------------------------------------------------

# The longest file that may be added to a requirement.
EVIDENCE_MAX_MB = env.int("EVIDENCE_MAX_MB", default=10)

# --- Sharing ------------------------------------------------------------------------------------

# Whether approvers may make links that open a milestone to people without an account.
SHARING = env.bool("SHARING", default=False)

# --- Mail ---------------------------------------------------------------------------------------

# Without one nobody is sent mail. smtp+tls://user:password@host:587, smtp+ssl://...:465, smtp://
EMAIL_IS_CONFIGURED = bool(env.str("EMAIL_URL", default=""))
EMAIL = env.email_url("EMAIL_URL") if EMAIL_IS_CONFIGURED else env.email_url_config("dummymail://")
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = EMAIL["EMAIL_HOST"] or "localhost", EMAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_USER"], EMAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_TLS", False), EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = EMAIL["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="readiness@localhost")
# Where people reach this installation: what links in mail, chat and calendars begin with.
SITE_URL = env.str("SITE_URL", default="")
# How many days before a due or revisit date people are reminded.
REMINDER_LEAD_DAYS = env.list("REMINDER_LEAD_DAYS", cast=int, default=[14, 3])

# --- Security -----------------------------------------------------------------------------------

HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
    # The admin brings a few inline styles of its own.
    "EXCLUDE_URL_PREFIXES": ("/admin/",),
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
CSRF_FAILURE_VIEW = "readiness.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- Language, time, static files ---------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = False
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Hashed names need `collectstatic`; tests and DEBUG serve the files as they lie.
MANIFEST_STATIC = env.bool("MANIFEST_STATIC", default=not DEBUG)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if MANIFEST_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not MANIFEST_STATIC

# --- Logging ------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "readiness.request_id.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} [{request_id}] {message}", "style": "{"}
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django-q": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
