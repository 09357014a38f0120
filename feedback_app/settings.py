"""Django's settings. Values that differ by place come from the environment through env.py."""

from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from feedback_app.env import (
    BASE_DIR,
    attachment_storage,
    base_url,
    data_dir,
    database,
    env,
    generator,
    number,
    secret_key,
    upload_dir,
)

DATA_DIR = data_dir()
SECRET_KEY = secret_key(DATA_DIR)
DEBUG = env.bool("DEBUG", default=False)

HOST = env.str("HOST", default="127.0.0.1")
PORT = number("PORT", default=8000, high=65535)
THREADS = number("THREADS", default=8, high=256)
BASE_URL = base_url(PORT)
_base = urlsplit(BASE_URL)
BEHIND_TLS = _base.scheme == "https"
ALLOWED_HOSTS = [
    *{str(_base.hostname), "127.0.0.1", "localhost", "[::1]"},
    *env.list("ALLOWED_HOSTS", default=[]),
]
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]

INSTALLED_APPS = [
    "feedback_app",
    "traces_app",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "traces_app.api.middleware.DialectErrors",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "feedback_app.urls"
WSGI_APPLICATION = "feedback_app.wsgi.application"
APPEND_SLASH = False  # a redirect on POST breaks API clients; pages link to exact addresses

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
            ],
        },
    },
]

DATABASES = {"default": database(DATA_DIR, THREADS)}
ON_SQLITE = str(DATABASES["default"]["ENGINE"]).endswith("sqlite3")
# SQLite has one writer: a second process would only wait for the first.
WEB_PROCESSES = 1 if ON_SQLITE else number("WEB_PROCESSES", default=2, high=64)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "feedback_app.User"
AUTHENTICATION_BACKENDS = ["feedback_app.sessions.Accounts"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"  # collected at every start that finds them changed
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "attachments": attachment_storage(DATA_DIR),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_TEMP_DIR = upload_dir(DATA_DIR)

SESSION_ENGINE = "feedback_app.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_FAILURE_VIEW = "feedback_app.views.users.stale_form"
SECURE_SSL_REDIRECT = BEHIND_TLS
# A POST that is led elsewhere loses its body: the APIs refuse plain HTTP (DialectErrors).
SECURE_REDIRECT_EXEMPT = [r"^(opik/)?(api/)?(v1/private|is-alive)/", r"^api/(v1|rest)/"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000) if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["feedback_app.api.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Marginalia",
    "DESCRIPTION": "Traces in, human feedback out. Two dialects of one store: Opik's and Prem's.",
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "PREPROCESSING_HOOKS": ["traces_app.api.schema.first_of_prefixes"],
    "COMPONENT_SPLIT_REQUEST": True,
}

# Bodies of the APIs, in bytes: as sent, and after inflating (the opik SDK sends batches of 50 MB).
# Django's own DATA_UPLOAD_MAX_MEMORY_SIZE keeps guarding the pages.
API_BODY_LIMIT = env.int("API_BODY_LIMIT", default=64 * 1024 * 1024)
API_INFLATED_LIMIT = env.int("API_INFLATED_LIMIT", default=128 * 1024 * 1024)
UPLOAD_LIMIT = env.int("UPLOAD_LIMIT", default=100 * 1024 * 1024)  # files of examples
PREM_PAGE_SIZE = env.int("PREM_PAGE_SIZE", default=25)  # Prem's clients do not say a size
API_LARGE_BODY = 8 * 1024 * 1024
API_LARGE_BODIES_AT_ONCE = 2

# Attachments: bytes of one file; seconds in which an upload must begin once its address was given;
# and bytes of files that one answer carries in place of their placeholders.
ATTACHMENT_LIMIT = number("ATTACHMENT_LIMIT", default=1024**3, high=1024**5)
ATTACHMENT_UPLOAD_SECONDS = number("ATTACHMENT_UPLOAD_SECONDS", default=3600, high=604_800)
ATTACHMENT_INLINE_LIMIT = number(
    "ATTACHMENT_INLINE_LIMIT", default=32 * 1024**2, low=0, high=1024**3
)

# Background jobs, in seconds.
JOB_LEASE_SECONDS = env.float("JOB_LEASE_SECONDS", default=60)
JOB_BACKOFF_SECONDS = env.float("JOB_BACKOFF_SECONDS", default=10)  # the first; then doubled
JOB_POLL_SECONDS = env.float("JOB_POLL_SECONDS", default=1)
JOB_QUIET_SECONDS = env.float("JOB_QUIET_SECONDS", default=300)  # without a sign of life: hung
JOB_STOP_SECONDS = env.float("JOB_STOP_SECONDS", default=20)  # for a running job to end at a stop

# The endpoint that writes better answers; its jobs have a lane of their own, with so many places in
# all workers together.
GENERATOR = generator(longest=int(JOB_QUIET_SECONDS))
GENERATOR_AT_ONCE = number("GENERATOR_AT_ONCE", default=2, high=64)
JOBS_AT_ONCE = {"asking": GENERATOR_AT_ONCE if GENERATOR else 0}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "feedback_app.logs.LineFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    # These write whole requests at DEBUG, and traces stand in them.
    "loggers": {name: {"level": "WARNING"} for name in ("openai", "httpx", "httpcore")},
}
