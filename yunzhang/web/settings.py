"""Django settings of one home; what differs between homes is read from its `home.toml` alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from yunzhang.kit.home import Home, current_home

HOME: Home | None = current_home()
PACKAGE = Path(__file__).resolve().parent.parent


def secret_key(home: Home | None) -> str:
    """Return the home's own signing secret, made on first use; without a home a new one for this process."""
    if home is None:
        return secrets.token_urlsafe(48)
    file = home.keys / "django.secret"
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_urlsafe(48))
    return file.read_text()


def database(home: Home | None) -> dict[str, Any]:
    """Return Django's database entry: embedded SQLite (WAL, FULL), or PostgreSQL by address."""
    address = home.database if home else os.environ.get("YUNZHANG_DATABASE", "sqlite")
    if address == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home.sqlite if home else ":memory:",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                " PRAGMA recursive_triggers=ON; PRAGMA cache_size=-65536;",
            },
        }
    parts = urlsplit(address)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
    }


SECRET_KEY = secret_key(HOME)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("YUNZHANG_HOSTS", "127.0.0.1,localhost").split(",")
DATABASES = {"default": database(HOME)}
ATOMIC_REQUESTS = False
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "yunzhang.apps.YunzhangConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "yunzhang.web.middleware.moment",
    "yunzhang.web.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yunzhang.web.middleware.idle",
]
ROOT_URLCONF = "yunzhang.web.urls"
WSGI_APPLICATION = "yunzhang.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates", *sorted(PACKAGE.glob("*/*/templates"))],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yunzhang.web.frame.frame",
            ],
            "libraries": {"yz": "yunzhang.web.tags", "listing": "yunzhang.web.listing"},
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "yunzhang.web.tags",
                "yunzhang.web.listing",
            ],
        },
    },
]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FILE_UPLOAD_HANDLERS = ["yunzhang.kit.uploads.BoundedUpload"]
DATA_UPLOAD_MAX_NUMBER_FILES = 20
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 31_536_000  # addresses carry a digest
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "yunzhang.web.assets.DigestStorage"},
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
IS_HTTPS = os.environ.get("YUNZHANG_HTTPS", "") == "1"  # set by `yunzhang serve` behind an https address
IDLE_SECONDS = 30 * 60
LOGIN_URL = "/sign-in"
CSRF_FAILURE_VIEW = "yunzhang.web.pages.csrf_failed"
YUNZHANG_RESOLVER = "yunzhang.ground.org.actions.resolve_acting"
YUNZHANG_HATS = "yunzhang.ground.org.actions.list_hats"
YUNZHANG_WORDINGS = PACKAGE / "web" / "wording"
YUNZHANG_WORDING = HOME.wording if HOME else "cloud_chief"
YUNZHANG_SIMULATED = HOME.is_simulated if HOME else False
YUNZHANG_PLACES = HOME.places if HOME else "fictional"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
LOGGING = {  # what breaks is told on standard error, where the service manager keeps it; no request content
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
