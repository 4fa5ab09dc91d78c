"""Settings of every deployment; what differs comes from the environment.

Without any environment this is the demo on one machine: SQLite, Celery on files,
channels in memory. ``DATABASE_URL`` and ``REDIS_URL`` turn it into production.
"""

import ipaddress
import os
import sys
import zoneinfo
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from config.clock import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

TESTING = "pytest" in sys.modules
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("PLENUM_DEMO", default=False)
VAR_DIR = Path(env.str("PLENUM_VAR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

_DEMO_KEY = "only-for-the-demo-and-tests-on-one-machine-never-on-a-public-address"
SECRET_KEY = env.str("SECRET_KEY", default=_DEMO_KEY)
BASE_URL = env.str("PLENUM_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
LOCAL = BASE_URL.startswith(("http://127.0.0.1", "http://localhost"))
if SECRET_KEY == _DEMO_KEY and not LOCAL:
    raise ImproperlyConfigured("Set SECRET_KEY: the demo's key is public.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "modeltranslation",
    "network",
    "sessions_app.events",
    "sessions_app.programme",
    "sessions_app.registration",
    "sessions_app.admission",
    "calls",
    "matchmaking",
    "media_archive",
    "cms",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.sites",
    "network.people_admin.PeopleAdminConfig",  # wagtail.users with our list of people
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "channels",
    "django_htmx",
    "rules",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "network.web.steady.SteadyTimeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "network.web.policies.PoliciesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "network.web.locale.PathLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "network.web.back_office.BackOfficeMiddleware",
    "network.web.second_factor.SecondFactorMiddleware",
    "network.web.errors.UnkeepableTextMiddleware",
    "sessions_app.registration.middleware.BusyMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
AUTH_USER_MODEL = "network.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "network.web.context.page",
                "cms.context.menus",
            ],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # our own widgets stand in templates/

# --- Data ---------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'plenum.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock first, so that a read-then-write never fails half-way.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    if DEMO:
        # Django REST framework would load PostgreSQL's driver if it can: 10 MB in each process of the demo.
        sys.modules.setdefault("psycopg", None)  # type: ignore[arg-type]
        # Tools of developers bring these. Where they are found, structlog loads rich for tracebacks that nobody sees here,
        # Celery greenlet and YAML, Django REST framework Pygments: 11 MB in each process.
        for name in ("rich", "greenlet", "yaml", "pygments"):
            sys.modules.setdefault(name, None)  # type: ignore[arg-type]
else:
    INSTALLED_APPS.append("django.contrib.postgres")
    _database["CONN_HEALTH_CHECKS"] = True
    if not TESTING:
        # Django advises a pool, not persistent connections, under ASGI.
        _database["OPTIONS"] = {
            "connect_timeout": 3,
            "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=10), "timeout": 5},
        }

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "network.web.cache.PatientCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "plenum",
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
        }
    }
    # socket_timeout defaults to 5 s in redis-py and closes idle sockets.
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "network.web.channel_layer.LiveChannelLayer",
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "prefix": "plenum"},
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "plenum",
            "OPTIONS": {"MAX_ENTRIES": 2000},
        }
    }
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
SESSION_ENGINE = (
    "django.contrib.sessions.backends.cached_db" if REDIS_URL else "django.contrib.sessions.backends.db"
)

# --- Work behind the page -----------------------------------------------------------------
_broker_dir = VAR_DIR / "broker"
_file_broker = not (REDIS_URL or "CELERY_BROKER_URL" in os.environ) and not TESTING
CELERY_BROKER_URL = env.str(
    "CELERY_BROKER_URL", default=REDIS_URL or ("memory://" if TESTING else "filesystem://localhost")
)
if _file_broker:
    for _name in ("queue", "processed", "control"):
        (_broker_dir / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT = "config.file_broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker_dir / "queue"),
        "data_folder_out": str(_broker_dir / "queue"),
        "processed_folder": str(_broker_dir / "processed"),
        "control_folder": str(_broker_dir / "control"),
        "store_processed": False,
        "polling_interval": 0.5,  # seconds; a log-in code should not wait for the usual five
    }
else:
    # Without max_retries a page that wakes a worker would wait for a lost broker.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 0, "interval_start": 0, "interval_step": 0}
    if CELERY_BROKER_URL.startswith("redis"):
        CELERY_BROKER_TRANSPORT_OPTIONS |= {"socket_timeout": 5, "socket_connect_timeout": 2}
# The broker only wakes workers up; what must be done stands in the database.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = SCHEDULE

# --- Mail: written to the outbox with the change, sent by a worker after it -----------------
_mail = env.email_url("EMAIL_URL", default="consolemail://")
_delivery = {"BACKEND": _mail["EMAIL_BACKEND"]}
if _mail.get("EMAIL_HOST"):
    _delivery["OPTIONS"] = {
        "host": _mail["EMAIL_HOST"],
        "port": _mail.get("EMAIL_PORT"),
        "username": _mail.get("EMAIL_HOST_USER") or "",
        "password": _mail.get("EMAIL_HOST_PASSWORD") or "",
        "use_tls": _mail.get("EMAIL_USE_TLS", False),
        "use_ssl": _mail.get("EMAIL_USE_SSL", False),
        "timeout": 15,
    }
if DEMO and "EMAIL_URL" not in os.environ:
    _delivery = {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(VAR_DIR / "mail")},
    }
MAILERS = {"default": {"BACKEND": "network.mail.OutboxMailer"}, "delivery": _delivery}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Plenum <plenum@localhost.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Where reports of letters that came back go, such as bounces@plenum.example; empty: none are taken in.
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")

# --- Webhooks: to servers of the open internet, by https; on one's own machine by http as well ----
WEBHOOK_SECONDS = 10.0  # for one attempt with all that belongs to it
WEBHOOK_HTTP = LOCAL
# Networks that are not public and may be reached all the same, for example 10.20.0.0/16 or 127.0.0.1/32.
WEBHOOK_ALLOWED_NETWORKS = tuple(
    ipaddress.ip_network(network) for network in env.list("WEBHOOK_ALLOWED_NETWORKS", default=[])
)

# --- Language and time --------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = {"default": ("en", "ru"), "ru": ("ru", "en")}
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- Files --------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [("vendor", VAR_DIR / "vendor")] if (VAR_DIR / "vendor").is_dir() else []
STATICFILES_FINDERS = [
    "cms.bundle.BundleFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
_manifest = not (DEBUG or TESTING)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"
        if _manifest
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/files/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 21 * 1024 * 1024  # a pasted schedule of 20 MB and its form
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
X_ACCEL_PREFIX = env.str("X_ACCEL_PREFIX", default="")  # nginx's internal location for protected files

# --- Recordings ---------------------------------------------------------------------------
# A program that writes down what is said, as words: {sound} is a WAV of 16 kHz, {out} where it writes WebVTT.
SPEECH_COMMAND = env.list("SPEECH_COMMAND", default=[])
SPEECH_LANGUAGE = env.str("SPEECH_LANGUAGE", default="ru")
# A command that the worker starts when a recording waits, where no media worker runs all day.
MEDIA_ON_DEMAND = env.str("MEDIA_ON_DEMAND", default="demo_films" if DEMO else "")
# Where recordings may be taken from by name: a folder on the server, or s3://bucket/prefix; empty: only uploads.
RECORDINGS_INBOX = env.str("RECORDINGS_INBOX", default="")
MAX_RECORDING_BYTES = env.int("MAX_RECORDING_BYTES", default=512 * 1024**3)

# --- Who is there -------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "sessions_app.events.permissions.TeamBackend",
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
LOGIN_REDIRECT_URL = "/me/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]  # the password may stay empty: a code by mail is enough
ACCOUNT_SIGNUP_FORM_CLASS = "network.forms.SignUpForm"
ACCOUNT_ADAPTER = "network.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# A code has a million values and three tries: thirty codes a day make 90 guesses.
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip,3/m/key,30/d/key"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
STEADY_SECONDS = 0.0 if TESTING else 0.3  # how long an answer about an address takes at least
MFA_ADAPTER = "network.accounts.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Plenum"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
TEAM_NEEDS_SECOND_FACTOR = env.bool("TEAM_NEEDS_SECOND_FACTOR", default=False)

# --- Safety -------------------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "network.web.errors.csrf_failure"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not LOCAL
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not LOCAL)
SECURE_HSTS_SECONDS = 0 if LOCAL else env.int("SECURE_HSTS_SECONDS", default=31536000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=not LOCAL)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Without a proxy of ours in front, X-Forwarded-For is what anybody likes to write.
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)

# --- Back office and search ---------------------------------------------------------------
WAGTAIL_SITE_NAME = "Plenum"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_I18N_ENABLED = True
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_FRONTEND_LOGIN_URL = WAGTAILADMIN_LOGIN_URL = "account_login"
# Not "localtime" and the like, which name no zone: browsers' scripts fail at them.
WAGTAIL_USER_TIME_ZONES = sorted(
    zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC"
)
WAGTAILADMIN_PERMITTED_LANGUAGES = [("en", "English"), ("ru", "Русский")]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILSEARCH_BACKENDS = {
    "default": {
        "BACKEND": "wagtail.search.backends.database",
        **({} if _database["ENGINE"].endswith("sqlite3") else {"SEARCH_CONFIG": "russian"}),
    }
}
TAGGIT_CASE_INSENSITIVE = True

# --- Logs: no personal data, one line an event ------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": "ext://network.web.logs.PROCESSORS",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {
        "handlers": ["console"],
        "level": env.str("LOG_LEVEL", default="WARNING" if DEMO or TESTING else "INFO"),
    },
}

SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # the e-mail is unique by Lower("email"), which the check does not look at
]
