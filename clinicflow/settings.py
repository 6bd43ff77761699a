"""Django settings: secure by default, with every environment variable read here. `.env.example` documents each."""

import logging
import sys
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from clinicflow import env
from clinicflow.db.roles import derive_roles
from clinicflow.web.file_headers import add_headers

BASE_DIR = env.BASE_DIR
ENVIRONMENT = env.choice("ENVIRONMENT", "development", ("development", "test", "production"))
PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.flag("DEBUG", False)
PORT = env.port()
DATA_DIR = env.data_dir()

DEVELOPMENT_SECRET = "development-only: never keep a patient's data under this key"  # noqa: S105 - refused in production
SECRET_KEY = env.text("JWT_SECRET_KEY") or DEVELOPMENT_SECRET
JWT_SECRET_KEY = SECRET_KEY
JWT_ALGORITHM = env.choice("JWT_ALGORITHM", "HS256", ("HS256", "HS384", "HS512"))
ACCESS_TOKEN_LIFETIME = timedelta(minutes=env.number("ACCESS_TOKEN_EXPIRE_MINUTES", 30, low=1, high=1440))
REFRESH_TOKEN_LIFETIME = timedelta(days=env.number("REFRESH_TOKEN_EXPIRE_DAYS", 7, low=1, high=90))
DEMO = env.flag("DEMO", not PRODUCTION)
if PRODUCTION:
    if DEBUG:
        env.refuse("DEBUG", "must be false in production.")
    if DEMO:
        env.refuse("DEMO", "must be false in production: the demo's password is public.")
    if SECRET_KEY == DEVELOPMENT_SECRET or len(SECRET_KEY) < 32:
        env.refuse("JWT_SECRET_KEY", "must be set in production, to at least 32 random characters.")

ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],.localhost")
SITE_URL = env.text("SITE_URL", f"http://localhost:{PORT}").rstrip("/")
TRUSTED_PROXY_HOPS = env.number("TRUSTED_PROXY_HOPS", 0, low=0, high=5)
CORS_ORIGINS = env.names("CORS_ORIGINS")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# ---------------------------------------------------------------- applications
INSTALLED_APPS = [
    "servestatic.runserver_nostatic",
    "clinicflow.db",
    "clinicflow.web",
    "clinicflow.api",
    "clinicflow.audit",
    "clinicflow.jobs",
    "clinicflow.accounts",
    "clinicflow.clinics",
    "clinicflow.clinic_settings",
    "clinicflow.staff",
    "clinicflow.backoffice",
    "clinicflow.notifications",
    "clinicflow.realtime",
    "patients",
    "scheduling",
    "intake",
    "aiassist",
    "dashboards",
    *(() if PRODUCTION else ("demo",)),
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "channels",
    "csp",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "phonenumber_field",
    "rest_framework",
    "template_partials",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "clinicflow.api.middleware.ApiMiddleware",
    "clinicflow.core.request_log.RequestLogMiddleware",
    "clinicflow.accounts.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "clinicflow.web.middleware.HtmxSignInMiddleware",
    "clinicflow.staff.middleware.ActorMiddleware",
    "clinicflow.staff.middleware.ReauthenticationMiddleware",
    "clinicflow.web.middleware.DomainErrorMiddleware",
]
ROOT_URLCONF = "clinicflow.urls"
WSGI_APPLICATION = "clinicflow.wsgi.application"
ASGI_APPLICATION = "clinicflow.asgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.static",
                "django.templatetags.i18n",
                "template_partials.templatetags.partials",
                "clinicflow.web.templatetags.ui",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinicflow.web.context.appearance",
                "dashboards.navigation.navigation",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ---------------------------------------------------------------- database, tenancy
_database = urlsplit(env.text("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/clinicflow"))
if _database.scheme not in {"postgres", "postgresql"}:
    env.refuse("DATABASE_URL", "must start with postgresql://.")
DATABASE_ADMIN: dict[str, Any] = {
    "host": unquote(_database.hostname or "127.0.0.1"),
    "port": _database.port or 5432,
    "user": unquote(_database.username or "postgres"),
    "password": unquote(_database.password or ""),
    "dbname": _database.path.lstrip("/") or "clinicflow",
}
# libpq parameters of the URL (`?sslmode=verify-full&sslrootcert=…`), used for every role.
DATABASE_PARAMETERS = dict(parse_qsl(_database.query))
for _name in DATABASE_PARAMETERS:
    if _name not in {"sslmode", "sslrootcert", "sslcert", "sslkey", "channel_binding", "target_session_attrs"}:
        env.refuse("DATABASE_URL", f"may not carry the parameter “{_name}”.")
DATABASE_ADMIN |= DATABASE_PARAMETERS
DATABASE_ROLES = derive_roles(str(DATABASE_ADMIN["dbname"]), SECRET_KEY)


def _connection(kind: str) -> dict[str, object]:
    return {
        "ENGINE": "clinicflow.db",
        "NAME": DATABASE_ADMIN["dbname"],
        "HOST": DATABASE_ADMIN["host"],
        "PORT": DATABASE_ADMIN["port"],
        "USER": DATABASE_ROLES[kind].name,
        "PASSWORD": DATABASE_ROLES[kind].password,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": kind == "app",
        # Only clinicflow/db/prepared.py prepares statements; other cursors bind on the client and cannot.
        "OPTIONS": {"connect_timeout": 5, "prepare_threshold": 5, **DATABASE_PARAMETERS},
    }


DATABASES = {"default": _connection("app"), "system": _connection("system")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---------------------------------------------------------------- Redis: cache, live events, job hints
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
REDIS_PREFIX = env.text("REDIS_PREFIX", "clinicflow")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": f"{REDIS_PREFIX}:cache",
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": REDIS_PREFIX},
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": f"{REDIS_PREFIX}:", "visibility_timeout": 300}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 75
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
JOB_LEASE = timedelta(seconds=105)  # longer than the hard time limit, so that a running job is never claimed twice

# ---------------------------------------------------------------- users and sessions
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
# django-allauth provides the pages for sign-in, passwords and the second factor
ACCOUNT_ADAPTER = "clinicflow.staff.adapters.AccountAdapter"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}  # django-axes counts those, in the database
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
MFA_ADAPTER = "clinicflow.staff.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "clinicflow.staff.forms.AuthenticateForm",
    "reauthenticate": "clinicflow.staff.forms.ReauthenticateForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the front desk vouches for addresses
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "ClinicFlow"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost
MFA_WEBAUTHN_USER_VERIFICATION = "required"
AXES_CLIENT_IP_CALLABLE = "clinicflow.core.client_ip.client_network"
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_FAILURE_LIMIT = 10
AXES_HANDLER = "clinicflow.accounts.lockout.LockoutHandler"
AXES_LOCKOUT_CALLABLE = "clinicflow.accounts.lockout.answer_locked_out"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address", "username"]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "clinicflow.accounts.lockout.name_of"
AXES_VERBOSE = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["clinicflow.accounts.hashers.Argon2Hasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "clinicflow.web.errors.csrf_failure"

# ---------------------------------------------------------------- observability
METRICS_TOKEN = env.text("METRICS_TOKEN")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    env.refuse("METRICS_TOKEN", "must have at least 20 characters.")

# ---------------------------------------------------------------- security headers
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "interest-cohort")
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# ---------------------------------------------------------------- language, time, files
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "templates" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "clinicflow.web.static_files.ManifestStorage"},
}
SERVESTATIC_ADD_HEADERS_FUNCTION = add_headers
MEDIA_ROOT = DATA_DIR / "media"
PHONENUMBER_DEFAULT_REGION = "US"
PHONENUMBER_DB_FORMAT = "E164"

# ---------------------------------------------------------------- email, messages, AI
MAIL = env.mail_server("EMAIL_URL", "missing:" if PRODUCTION else "console:")
if PRODUCTION and MAIL.backend.endswith("console.EmailBackend"):
    env.refuse("EMAIL_URL", "must not be console: in production; links for new passwords would be in the log.")
EMAIL_BACKEND, EMAIL_TIMEOUT = MAIL.backend, 15  # seconds
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.host, MAIL.port, MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.tls, MAIL.ssl
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "ClinicFlow <clinicflow@localhost>")
MESSAGE_PROVIDER = env.choice("MESSAGE_PROVIDER", "console", ("console", "email", "twilio"))
TWILIO_ACCOUNT_SID = env.text("TWILIO_ACCOUNT_SID")
TWILIO_AUTH_TOKEN = env.text("TWILIO_AUTH_TOKEN")
TWILIO_API_URL = env.text("TWILIO_API_URL", "https://api.twilio.com")
if MESSAGE_PROVIDER == "twilio" and not (TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN):
    env.refuse("MESSAGE_PROVIDER", "is twilio, which needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")
WEBHOOK_SECRET = env.text("WEBHOOK_SECRET")
MESSAGE_HOLD = timedelta(seconds=env.number("MESSAGE_HOLD_SECONDS", 0 if DEMO else 180, low=0, high=3600))
OPENAI_API_KEY = env.text("OPENAI_API_KEY")
OPENAI_BASE_URL = env.text("OPENAI_BASE_URL")
OPENAI_MODEL = env.text("OPENAI_MODEL", "gpt-5-mini")

# ---------------------------------------------------------------- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["clinicflow.api.authentication.ActorAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["clinicflow.api.permissions.DenyAll"],
    "DEFAULT_PARSER_CLASSES": ["clinicflow.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": [
        "clinicflow.api.renderers.JSONRenderer",
        "clinicflow.api.renderers.BrowsableRenderer",
    ],
    "DEFAULT_PAGINATION_CLASS": "clinicflow.api.pagination.PagePagination",
    "DEFAULT_FILTER_BACKENDS": [
        "django_filters.rest_framework.DjangoFilterBackend",
        "clinicflow.api.filters.StrictOrderingFilter",
    ],
    "DEFAULT_THROTTLE_CLASSES": [
        "clinicflow.api.throttles.UserThrottle",
        "clinicflow.api.throttles.AddressThrottle",
    ],
    "DEFAULT_SCHEMA_CLASS": "clinicflow.api.schema.Schema",
    "EXCEPTION_HANDLER": "clinicflow.api.errors.answer_exception",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": False,
}
# Requests per minute: per user, per IP address without a session, and sign-ins per IP address.
API_LIMITS = {
    "user": env.number("API_CALLS_PER_MINUTE", 6000, low=60, high=1_000_000),
    "address": 600,
    "sign_in": env.number("SIGN_INS_PER_MINUTE", 60, low=5, high=10_000),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ClinicFlow",
    "VERSION": "1",
    "DESCRIPTION": "The day of an outpatient clinic. See docs/api.md for an introduction.",
    "OAS_VERSION": "3.1.1",
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "CONTACT": {"name": "The ClinicFlow contributors"},
    "SERVERS": [{"url": "/", "description": "The server that this document comes from."}],
    "TAGS": [
        {"name": "ai", "description": "Conversations with patients about their visits."},
        {"name": "appointments", "description": "Visits: book, confirm, move, cancel; walk-ins and series."},
        {"name": "audit", "description": "Who did what, and when."},
        {"name": "auth", "description": "Sign in, tokens, roles."},
        {"name": "cancellations", "description": "Why visits were cancelled or missed."},
        {"name": "closures", "description": "Days and hours on which the clinic is closed."},
        {"name": "danger-alerts", "description": "Words of patients that say they may be in danger."},
        {"name": "dashboard", "description": "The day of the front desk and of a doctor; the owner's figures."},
        {"name": "doctor-notes", "description": "A doctor's notes about a patient."},
        {"name": "doctors", "description": "Doctors and their calendar feeds."},
        {"name": "follow-ups", "description": "Visits that a doctor has asked for."},
        {"name": "intake", "description": "Questionnaires, forms and their summaries."},
        {"name": "notifications", "description": "A member's notifications and which are sent."},
        {"name": "patients", "description": "Records of patients: import, export, merge."},
        {"name": "settings", "description": "Settings of the clinic and its doctors; members."},
        {"name": "slots", "description": "Free times."},
        {"name": "time-off", "description": "Hours and days on which a doctor is away."},
        {"name": "waitlist", "description": "Patients who wait for a time, and offers to them."},
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "SummaryStatus": "aiassist.models.IntakeSummary.Status",
        "MedicationStatus": ["current", "past", "unclear"],
        "AccessStatus": "clinicflow.clinics.models.Membership.Status",
        "AppointmentStatus": "scheduling.models.Appointment.Status",
        "CancellationType": "scheduling.models.Cancellation.Type",
        "FollowUpStatus": "scheduling.models.FollowUp.Status",
        "FormStatus": "intake.models.IntakeForm.Status",
        "FormStep": ["pending", "submitted"],
        "InteractionChannel": "aiassist.models.Interaction.Channel",
        "InteractionDirection": "aiassist.models.Interaction.Direction",
        "InteractionStatus": "aiassist.models.Interaction.Status",
        "IntakeStatus": "scheduling.models.Appointment.IntakeStatus",
        "Language": ["en", "es"],
        "NotificationKind": "clinicflow.notifications.models.Notification.Kind",
        "ListState": "aiassist.api.serializers.LIST_STATES",
        "AttentionKind": "dashboards.board.selectors.attention.KINDS",
        "AlertKind": "dashboards.board.selectors.alerts.KINDS",
        "Role": "clinicflow.clinics.models.Membership.Role",
        "VisitCategory": "scheduling.models.Appointment.VisitCategory",
        "VisitType": "scheduling.models.Appointment.VisitType",
        "WaitlistStatus": "scheduling.models.WaitlistEntry.Status",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "clinicflow.api.schema.rename_components",
        "clinicflow.api.schema.add_common_responses",
        "clinicflow.api.openapi_links.add_links",
        "clinicflow.api.examples.add_examples",
    ],
}

# ---------------------------------------------------------------- logs
# ActorMiddleware binds the user; reading it here would query the database outside a transaction after a 500.
DJANGO_STRUCTLOG_USER_ID_FIELD = ""
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line for each request, when it has finished
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "clinicflow.core.logs.JsonFormatter"},
    },
    "filters": {"routes": {"()": "clinicflow.core.request_log.RouteFilter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "json", "filters": ["routes"]},
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "axes": {"level": "ERROR"},  # it logs what was typed as the e-mail address; the audit log has the failures
        "django": {"level": LOG_LEVEL},
        "django.server": {"handlers": ["stderr"], "propagate": False},
    },
}
