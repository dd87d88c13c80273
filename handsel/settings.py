"""Every setting of Handsel, read once from the environment by typed readers.

A value that cannot be right stops the process at start, with the variable's name: half-configured software must not
take money. Production needs DATABASE_URL, HANDSEL_SECRET_KEY, HANDSEL_ENCRYPTION_KEY and HANDSEL_BASE_URL; with
HANDSEL_DEBUG=1 the secrets have fixed development values.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured


def _text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None or value == "":
        raise ImproperlyConfigured(f"{name} is not set.")
    return value


def _flag(name: str) -> bool:
    value = os.environ.get(name, "0").lower()
    if value not in {"0", "1", "true", "false", ""}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return value in {"1", "true"}


def _whole(name: str, default: int, least: int, most: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}, not {text!r}.")
    return int(text)


def _origin(name: str, default: str | None = None) -> str:
    value = _text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        raise ImproperlyConfigured(f"{name} must look like https://sales.example.com, not {value!r}.")
    return value


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL must look like postgresql://user:password@host:5432/name.")
    options: dict[str, object] = {}
    if POOLER == "none":
        # Roughly a third of PostgreSQL's CPU goes into planning the same few statements again; see ARCHITECTURE.
        options |= {"server_side_binding": True, "prepare_threshold": 3}
    else:
        options |= {"server_side_binding": False, "prepare_threshold": None}
    if POOL_SIZE:
        options["pool"] = {"min_size": 1, "max_size": POOL_SIZE, "timeout": 3}
    return {
        "ENGINE": "handsel.database.backend",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or 5432),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": options,
    }


BASE_DIR = Path(__file__).resolve().parent
DEBUG = _flag("HANDSEL_DEBUG")
_development = "development-only-" if DEBUG else None

SECRET_KEY = _text("HANDSEL_SECRET_KEY", _development and _development + "secret-key-of-no-value-at-all-0123456789")
ENCRYPTION_KEY = _text("HANDSEL_ENCRYPTION_KEY", _development and "ZGV2ZWxvcG1lbnQtb25seS1lbmNyeXB0aW9uLWtleSE=")
BASE_URL = _origin("HANDSEL_BASE_URL", _development and "http://127.0.0.1:8000")
SECURE = BASE_URL.startswith("https://")
ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname or "", "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

SANDBOX_URL = os.environ.get("HANDSEL_SANDBOX_URL", "")
SANDBOX_SECRET_KEY = os.environ.get("HANDSEL_SANDBOX_SECRET_KEY", "")
SANDBOX_PUBLISHABLE_KEY = os.environ.get("HANDSEL_SANDBOX_PUBLISHABLE_KEY", "")
SANDBOX_WEBHOOK_SECRET = os.environ.get("HANDSEL_SANDBOX_WEBHOOK_SECRET", "")
GATEWAY_TIMEOUT_SECONDS = _whole("HANDSEL_GATEWAY_TIMEOUT_SECONDS", 20, 1, 80)

POOLER = os.environ.get("DATABASE_POOLER", "none")
if POOLER not in {"none", "transaction"}:
    raise ImproperlyConfigured(f"DATABASE_POOLER must be none or transaction, not {POOLER!r}.")
POOL_SIZE = _whole("HANDSEL_POOL_SIZE", 10, 0, 100)
DATABASES = {"default": _database(_text("DATABASE_URL", _development and "postgresql://handsel_app@127.0.0.1/handsel"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "django_htmx",
    "django_cotton",
    "django_prometheus",
    "csp",
    "handsel",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "handsel.web.middleware.RequestLog",
    "handsel.web.middleware.NeverStored",
    "handsel.web.middleware.BodyLimits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "handsel.web.middleware.Refusals",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "handsel.urls"
WSGI_APPLICATION = "handsel.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "handsel.templatetags.handsel_format"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "handsel.web.context.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "handsel.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "handsel.web.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/15m/key,50/15m/ip",
    # Whoever found a session open may not guess the password from there either.
    "reauthenticate": "10/15m/user",
    "change_password": "10/15m/user",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "handsel.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("HANDSEL_BEHIND_PROXY") else None
X_FRAME_OPTIONS = "DENY"
_gateway_origins = [origin for origin in (SANDBOX_URL, "https://js.stripe.com") if origin]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, *_gateway_origins],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *_gateway_origins, "https://api.stripe.com"],
        "frame-src": [*_gateway_origins, "https://hooks.stripe.com"],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
ATTACHMENT_MAX_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

CACHES = {
    # Sign-in throttles must hold across processes, so they live in the database.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "throttle_cache"}
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static" / "collected"
STATICFILES_DIRS = [BASE_DIR / "static" / "built"]
# `make frontend` collects; without collected files (a source tree, tests) they are served as they are.
_hashed = "collectstatic" in sys.argv or (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _hashed
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not _hashed

MAIL_FOLDER = os.environ.get("HANDSEL_MAIL_FOLDER", "")
MAIL_FROM = os.environ.get("HANDSEL_MAIL_FROM", "Handsel <handsel@localhost>")
_smtp = urlsplit(os.environ.get("HANDSEL_SMTP_URL", ""))
if _smtp.hostname:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _smtp.hostname
    EMAIL_PORT = _smtp.port or (465 if _smtp.scheme == "smtps" else 587)
    EMAIL_HOST_USER = unquote(_smtp.username or "")
    EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
    EMAIL_USE_SSL = _smtp.scheme == "smtps"
    EMAIL_USE_TLS = _smtp.scheme == "smtp+starttls"
    EMAIL_TIMEOUT = 10
elif MAIL_FOLDER:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_FOLDER
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

LOGGING_CONFIG = "handsel.logs.configure"
LOGGING = {"level": os.environ.get("HANDSEL_LOG_LEVEL", "INFO"), "json": not DEBUG}
PROCRASTINATE_IMPORT_PATHS = ["handsel.worker"]
