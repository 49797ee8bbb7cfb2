"""All settings, from the environment only. docs/operations.md lists each; tenants and badges check them at start."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from lib.addresses import parse_networks
from lib.logs import hide_secrets

env = environ.Env()
ROOT = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"  # as in pyproject.toml

# --- This installation ---------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # earlier ones, so that old links still open
# What encrypts the issuers' signing keys at rest: the first of these Fernet keys (the others, after commas, only open
# what they sealed), or a key of AWS KMS. badges/checks.py explains mistakes.
KEY_ENCRYPTION_KEY = env.str("KEY_ENCRYPTION_KEY")
KEY_VAULT = env.str("KEY_VAULT", default="local")
KMS_KEY_ID = env.str("KMS_KEY_ID", default="")
KMS_REGION = env.str("KMS_REGION", default="")
KMS_ENDPOINT_URL = env.str("KMS_ENDPOINT_URL", default="")
KEY_CACHE_SECONDS = env.int("KEY_CACHE_SECONDS", default=300)  # that a worker keeps an opened key in memory
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
_base = urlsplit(BASE_URL)
if _base.scheme not in ("http", "https") or not _base.hostname:
    raise ImproperlyConfigured(f"BASE_URL must be a whole address like https://laurel.example.org, not {BASE_URL!r}")
HTTPS = _base.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_base.hostname])
DATA_DIR = Path(env.str("DATA_DIR", default=str(ROOT / "var")))
DATA_DIR.mkdir(parents=True, exist_ok=True)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "csp",
    "django_cotton",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "oauth2_provider",
    "pgtrigger",
    "rest_framework",
    "tenants",
    "credentials",
    "submissions",
    "badges",
    "assessment",
    "recognition",
    "config.site",
]

MIDDLEWARE = [
    "badges.door.BadgeDoor",  # before all others: most who look at a badge have no session and need none
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenants.middleware.TokenMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tenants.middleware.UploadLimitMiddleware",
    "tenants.middleware.NulMiddleware",
    "tenants.middleware.RefusalMiddleware",
    "tenants.middleware.TenantMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenants.context.page",
            ],
            "libraries": {"laurel_ui": "lib.templatetags.laurel_ui"},
        },
    }
]
COTTON_DIR = "components"
FORM_RENDERER = "lib.forms.LaurelRenderer"

# --- Assessment: how assessors are measured against anchors (docs/adr/0016), and what is told of it ----------------
CALIBRATION_ANCHORS = env.int("CALIBRATION_ANCHORS", default=3)  # in a round of practice; as many make it a must
CALIBRATION_PERCENT = env.int("CALIBRATION_PERCENT", default=80)  # of lines at exactly the level of the anchor
CALIBRATION_FURTHEST = env.int("CALIBRATION_FURTHEST", default=1)  # levels away that one line may be
CALIBRATION_DAYS = env.int("CALIBRATION_DAYS", default=180)  # that it lasts
HIDDEN_ANCHOR_EVERY = env.int("HIDDEN_ANCHOR_EVERY", default=25)  # claims; 0 for never
DRIFT_WINDOW = env.int("DRIFT_WINDOW", default=3)  # hidden anchors that are looked at together
DRIFT_PERCENT = env.int("DRIFT_PERCENT", default=70)  # fewer lines at exactly the same level pause someone’s claims
DRIFT_MISSES = env.int("DRIFT_MISSES", default=2)  # hidden anchors with a line too far away do so as well
QUALITY_LEAST = env.int("QUALITY_LEAST", default=10)  # decisions, and lines read twice, before the public sees figures
QUALITY_MINUTES = env.int("QUALITY_MINUTES", default=10)  # at most so often a label is worked out anew
REPORT_LEAST = env.int("REPORT_LEAST", default=5)  # readings below which a figure is not shown

# --- Database, cache, queue ----------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"] |= {
    "ENGINE": "lib.pgscope",  # PostgreSQL, plus the tenant stamp on every transaction
    "ATOMIC_REQUESTS": True,
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
    "CONN_HEALTH_CHECKS": True,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "lib.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 7200,  # longer than the longest task: a film may take an hour
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_TASK_PUBLISH_RETRY = False  # a lost nudge costs seconds, a hanging request costs the user: beat sweeps
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
# Films and exports take long, servers elsewhere may be slow: they have workers of their own and hold up nothing else.
CELERY_TASK_ROUTES = {
    "submissions.tasks.check_link": {"queue": "outside"},
    "submissions.tasks.render": {"queue": "media"},
    "badges.tasks.recheck_outside": {"queue": "outside"},
    "config.site.tasks.make_export": {"queue": "media"},
}
CELERY_BEAT_SCHEDULE = {
    "sweep-badges": {"task": "badges.tasks.sweep", "schedule": 10.0},
    "sweep-imports": {"task": "badges.tasks.sweep_imports", "schedule": 30.0},
    "recheck-outside-badges": {"task": "badges.tasks.recheck_outside", "schedule": 300.0},
    "sweep-recognition": {"task": "recognition.tasks.sweep", "schedule": 15.0},
    "sweep-queue": {"task": "assessment.tasks.sweep", "schedule": 30.0},
    "refresh-quality": {"task": "assessment.tasks.refresh_quality", "schedule": 60.0 * QUALITY_MINUTES},
    "sweep-mail": {"task": "tenants.tasks.sweep_mail", "schedule": 15.0},
    "sweep-files": {"task": "submissions.tasks.sweep", "schedule": 60.0},
    "sweep-keeping": {"task": "submissions.tasks.sweep_keeping", "schedule": 30.0},
    "sweep-exports": {"task": "config.site.tasks.sweep_exports", "schedule": 60.0},
    "purge-evidence": {"task": "submissions.tasks.purge_evidence", "schedule": crontab(hour=2, minute=10)},
    "clear-sessions": {"task": "tenants.tasks.clear_expired", "schedule": crontab(hour=3, minute=30)},
}

# --- Files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [ROOT / "static"]
UPLOAD_LIMIT = env.int("UPLOAD_LIMIT", default=2_000_000_000)  # bytes of one evidence file
ERASURE_GRACE_DAYS = env.int("ERASURE_GRACE_DAYS", default=14)  # to change one’s mind
APPEAL_BUSINESS_DAYS = env.int("APPEAL_BUSINESS_DAYS", default=10)  # after a "not yet", to ask for a second look
CASE_PANEL_SIZE = env.int("CASE_PANEL_SIZE", default=3)  # the fewest people on the panel of an integrity case
CASE_REPLY_BUSINESS_DAYS = env.int("CASE_REPLY_BUSINESS_DAYS", default=10)  # for the earner to answer the notice
CASE_APPEAL_BUSINESS_DAYS = env.int("CASE_APPEAL_BUSINESS_DAYS", default=10)  # to appeal what the panel found
PAYMENT_ADAPTER = env.str("PAYMENT_ADAPTER", default="submissions.payments.invoice.InvoiceAdapter")
INVOICE_DAYS = env.int("INVOICE_DAYS", default=30)  # to pay an invoice
EXPORT_DAYS = 7  # for which a copy of one’s data can be downloaded
UPLOAD_PART_SIZE = env.int("UPLOAD_PART_SIZE", default=8_000_000)  # bytes; S3 stores take no less than 5 MiB
FORM_LIMIT = 5_000_000  # bytes of any request that is not an upload
UPLOAD_LIMITS = {
    "award_imports": 10_000_000,  # badges.award_lists.MOST_BYTES
    "artifact_upload": UPLOAD_LIMIT,
    "api_artifact_upload": UPLOAD_LIMIT,
    "upload_part": max(UPLOAD_PART_SIZE, UPLOAD_LIMIT // 10_000),
    "verify": 15_000_000,
    "outside_import": 15_000_000,
    "accepted_issuer_new": 15_000_000,
}
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")  # host:port of a virus scanner; empty for none
DATA_UPLOAD_MAX_MEMORY_SIZE = FORM_LIMIT
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o640
S3_BUCKET = env.str("S3_BUCKET", default="")
if S3_BUCKET:
    from botocore.config import Config  # takes a while to load, and few need it

    _evidence = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
            "access_key": env.str("S3_ACCESS_KEY_ID", default=None),
            "secret_key": env.str("S3_SECRET_ACCESS_KEY", default=None),
            "region_name": env.str("S3_REGION", default=None),
            "client_config": Config(  # a store that does not answer must not keep people waiting for minutes
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=3,
                read_timeout=20,
                retries={"mode": "standard", "total_max_attempts": 3},
            ),
            "querystring_auth": True,
            "querystring_expire": 300,
            "default_acl": None,
            "file_overwrite": False,
            "max_memory_size": 8_000_000,  # what is read back beyond this goes through a file, not memory
        },
    }
else:
    _evidence = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "media", "base_url": "/never-served/"},
    }
STORAGES = {
    "default": _evidence,
    "staticfiles": {"BACKEND": "lib.static.StaticFiles"},
}

# --- Badges that run out -------------------------------------------------------------------------------------------
RENEWAL_DAYS = env.int("RENEWAL_DAYS", default=90)  # before its end, from which on new work renews a badge
RENEWAL_RULE = "badges.terms.renewal_of"  # submissions asks it, and is below badges (submissions/renewals.py)
EXPIRY_NOTICE_DAYS = env.int("EXPIRY_NOTICE_DAYS", default=30)  # before its end, when its earner is told

# --- Scoring -------------------------------------------------------------------------------------------------------
UNDO_SECONDS = env.int("UNDO_SECONDS", default=10)  # to take a score back after sending it; 0 decides at once

# --- What Laurel opens outside: links to evidence ------------------------------------------------------------------
try:
    FETCH_ALLOWED_NETWORKS = parse_networks(env.list("FETCH_ALLOWED_NETWORKS", default=[]))
except ValueError as problem:
    raise ImproperlyConfigured(f"FETCH_ALLOWED_NETWORKS must be networks like 10.1.0.0/16: {problem}") from problem

# --- Accounts ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "tenants.accounts.AccountAdapter"
ACCOUNT_FORMS = {"login": "tenants.signin.SignInForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # every account starts from a link mailed to its address
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,20/m/ip", "reset_password": "20/m/ip,5/h/key"}

SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.site.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE_SSL_REDIRECT = HTTPS and env.bool("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # whoever watches the process asks it directly
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Rate limits count by the caller's address. Without a proxy the header that names it is anyone's to write.
PROXY_COUNT = env.int("PROXY_COUNT", default=1 if BEHIND_PROXY else 0)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT
X_FRAME_OPTIONS = "DENY"
# Where browsers fetch evidence from: only ours, or the S3 endpoint that signs short-lived addresses.
_media = [env.str("S3_PUBLIC_ORIGIN", default=env.str("S3_ENDPOINT_URL", default=""))] if S3_BUCKET else []
_media = [origin for origin in _media if origin]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:", *_media],
        "media-src": [SELF, "blob:", *_media],
        "connect-src": [SELF, *_media],  # parts of uploads go straight into the store
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF, *_media],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Mail ----------------------------------------------------------------------------------------------------------
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"Laurel <no-reply@{_base.hostname}>")

# --- Language, time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "config.formats"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
FORMS_URLFIELD_ASSUME_HTTPS = True  # a pasted “example.org” means https; the default from Django 6 on

DEMO_JOURNEYS = env.int("LAUREL_DEMO_JOURNEYS", default=1_000)  # how many simulated journeys the demo tells at most

# --- Assessment ----------------------------------------------------------------------------------------------------
ASSESSOR_IDLE_MINUTES = env.int("ASSESSOR_IDLE_MINUTES", default=10)  # a longer pause counts as this much work
KEEP_DAYS = env.int("KEEP_DAYS", default=2)  # how long work that was handed over is kept for one assessor
# Leads hear of a review at these percentages of its time, in business days.
ESCALATION_STEPS = sorted(int(step) for step in env.list("ESCALATION_STEPS", default=["50", "100"]))
ESTIMATE_DAYS = env.int("ESTIMATE_DAYS", default=90)  # results this recent say how long a review takes
ESTIMATE_FEWEST = env.int("ESTIMATE_FEWEST", default=10)  # a median of fewer results is not shown

# --- API -----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tenants.api_auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["tenants.api_auth.HasScope"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "lib.api.CursorPages",
    "PAGE_SIZE": 50,
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.str("API_ANON_RATE", "120/min"),
        "user": env.str("API_USER_RATE", "1200/min"),
        "check": env.str("CHECK_RATE", "30/min"),  # badges checked by one address or one person, page and API together
        "app_registration": env.str("APP_REGISTRATION_RATE", "20/hour"),
    },
    "NUM_PROXIES": PROXY_COUNT,
    "EXCEPTION_HANDLER": "lib.api.problem_details",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Laurel API",
    "DESCRIPTION": "The main job of Laurel: find, show, review, award and recognize micro-credentials.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "ArtifactState": "submissions.models.Artifact.State",
        "BadgeState": "badges.models.Badge.State",
        "EditionState": "credentials.models.Edition.State",
        "GrantState": "recognition.models.Grant.State",
        "QuizTryState": "submissions.models.QuizTry.State",
        "ReviewState": "assessment.models.Review.State",
        "SettlingState": "assessment.models.Settling.State",
        "SubmissionState": "submissions.models.Submission.State",
        "WorkState": "submissions.models.Work.State",
    },
}

# --- Apps that people let use their badges (OAuth 2.0; docs/adr/0023) -----------------------------------------------
OAUTH2_PROVIDER_APPLICATION_MODEL = "tenants.ConnectedApp"
OAUTH2_PROVIDER = {
    "OAUTH2_SERVER_CLASS": "tenants.oauth.CodeServer",
    "OAUTH2_VALIDATOR_CLASS": "tenants.oauth.Validator",
    "SCOPES_BACKEND_CLASS": "tenants.oauth.Scopes",
    "OIDC_ISS_ENDPOINT": BASE_URL,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https", "http"],  # http on one's own device only: tenants.registration
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 60,
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 90 * 86_400,  # without being used
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "PKCE_REQUIRED": True,
    **{
        f"COMPLIANT_BCP_RFC9700_{rule}": True
        for rule in (
            "IMPLICIT_GRANT",
            "PASSWORD_GRANT",
            "PKCE_METHOD",
            "ACCESS_TOKEN_TRANSPORT",
            "AUTHZ_RESPONSE_ISS",
            "TOKEN_STORAGE",
            "REFRESH_TOKEN",
            "PKCE_REQUIRED",
        )
    },
}
# Apps on a telephone or a computer come back to an http address of that device (RFC 8252); others need https.
SILENCED_SYSTEM_CHECKS = ["oauth2_provider.W008"]
TERMS_URL = env.str("TERMS_URL", default=f"{BASE_URL}/privacy/")  # the terms that apps are told of

# --- Logs: one JSON line an event, with request, tenant and task ids ------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                hide_secrets,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.processors.format_exc_info,
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"fontTools": {"level": "WARNING"}, "botocore": {"level": "WARNING"}},
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        hide_secrets,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
