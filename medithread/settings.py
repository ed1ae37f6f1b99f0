"""Django's settings, made from the environment (env.py, docs/settings.md)."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from .bootstrap import bootstrap

bootstrap()

from . import env  # noqa: E402

VALUES = env.load()
BASE = Path(__file__).resolve().parent
DATA = Path(VALUES["MEDITHREAD_DATA"]).resolve()
ORIGIN = VALUES["MEDITHREAD_ORIGIN"].rstrip("/")
HOST = urlsplit(ORIGIN).hostname or "localhost"
LOCAL = HOST in ("localhost", "127.0.0.1", "::1")
DEMO = env.yes(VALUES, "MEDITHREAD_DEMO")
if DEMO and (VALUES["MEDITHREAD_SECRET_KEY"] or not LOCAL):
    raise env.BadSetting("MEDITHREAD_DEMO is for a local address without a secret key. Unset it, or unset MEDITHREAD_SECRET_KEY and MEDITHREAD_ORIGIN.")
SECRET_KEY = VALUES["MEDITHREAD_SECRET_KEY"] or ("demo-only-" * 6 if DEMO else "")
if len(SECRET_KEY) < 50:
    raise env.BadSetting("MEDITHREAD_SECRET_KEY must have at least 50 characters (or set MEDITHREAD_DEMO=yes to look at the demo company).")

DEBUG = False
ALLOWED_HOSTS = [HOST, *(["localhost", "127.0.0.1", "[::1]"] if LOCAL else [])]
CSRF_TRUSTED_ORIGINS = [ORIGIN]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "lucide",
    "medithread.kernel.identity",
    "medithread.kernel.records",
    "medithread.kernel.files",
    "medithread.kernel.ledger",
    "medithread.kernel.signing",
    "medithread.kernel.search",
    "medithread.kernel.work",
    "medithread.kernel.api",
    "medithread.kernel.pages",
    "medithread.kernel.identity_pages",
    "medithread.kernel.exchange",
    "medithread.kernel.exchange_pages",
    "medithread.kernel.reminders",
    "medithread.system.documents",
    "medithread.system.organisation",
    "medithread.system.parameters",
    "medithread.improvement.ideas",
]
AUTH_USER_MODEL = "identity.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
DATABASES = {"default": env.database(VALUES)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(DATA / "files")}},
    "files": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VALUES["MEDITHREAD_FILES"] or str(DATA / "files")}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MAX_UPLOAD = env.number(VALUES, "MEDITHREAD_UPLOAD_MB", 1, 100_000) * 1024 * 1024
REFUSE_SYNCED_KEYS = env.yes(VALUES, "MEDITHREAD_REFUSE_SYNCED_KEYS")
CHECKPOINT_KEY = VALUES["MEDITHREAD_CHECKPOINT_KEY"]

LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [BASE / "locale"]
STATIC_URL = "/static/"
STATIC_ROOT = BASE / "assets"  # built beside the code and carried by the wheel; templates add the content hash to the address
WHITENOISE_MAX_AGE = 24 * 3600

_mail = urlsplit(VALUES["MEDITHREAD_MAIL_URL"])
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend" if _mail.scheme == "console" else "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _mail.hostname or "localhost"
EMAIL_PORT = _mail.port or 25
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_TLS = _mail.scheme == "smtp" and EMAIL_PORT == 587
EMAIL_USE_SSL = _mail.scheme == "smtps"
DEFAULT_FROM_EMAIL = VALUES["MEDITHREAD_MAIL_FROM"]

IDLE_MINUTES = env.number(VALUES, "MEDITHREAD_IDLE_MINUTES", 1, 24 * 60)
SESSION_COOKIE_AGE = env.number(VALUES, "MEDITHREAD_SESSION_HOURS", 1, 24 * 30) * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ORIGIN.startswith("https://")
if SESSION_COOKIE_SECURE:
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_SSL_REDIRECT = env.yes(VALUES, "MEDITHREAD_PROXY")
PROXY = env.yes(VALUES, "MEDITHREAD_PROXY")
if PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "medithread.kernel.pages.refused.csrf_failed"

ROOT_URLCONF = "medithread.urls"
WSGI_APPLICATION = "medithread.wsgi.application"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "medithread.kernel.pages.size.SizeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "medithread.kernel.identity_pages.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "medithread.kernel.pages.middleware.PolicyMiddleware",
    "medithread.kernel.pages.middleware.ActorMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request", "django.contrib.messages.context_processors.messages", "medithread.kernel.pages.frame.frame"]},
    }
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS = ["auth.E003", "auth.W004"]
