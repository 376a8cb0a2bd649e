"""All settings, read from the environment in one place; docs/settings.md explains each.

A setting that is missing or makes no sense stops the process at start and names itself.
"""

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"
env = environ.Env()
environ.Env.read_env(ROOT / ".env")


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}; it is {value!r}.")
    return value


def web_origin(name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
        raise ImproperlyConfigured(f"{name} must look like https://example.org; it is {value!r}.")
    return f"{parts.scheme}://{parts.netloc}"


# --- What this process is -----------------------------------------------------------------------
ROLE = one_of("ROLE", env.str("ROLE", default="public"), ("public", "staff"))
# Demonstration: seeded sign-ins, second-factor codes by command, a page of sent mails.
DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY must have at least 32 characters.")
PUBLIC_URL = web_origin("PUBLIC_URL", env.str("PUBLIC_URL", default="http://localhost:8000"))
STAFF_URL = web_origin("STAFF_URL", env.str("STAFF_URL", default="http://localhost:8001"))
OWN_URL = PUBLIC_URL if ROLE == "public" else STAFF_URL
HTTPS = OWN_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(OWN_URL).hostname or ""])
CSRF_TRUSTED_ORIGINS = [OWN_URL]
# How many proxies stand in front and add to X-Forwarded-For; 0 trusts the socket alone.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# --- Databases: default for everyone, vault for the staff side alone ----------------------------
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if "postgresql" not in DATABASES["default"]["ENGINE"]:
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database.")
VAULT_DATABASE_URL = env.str("VAULT_DATABASE_URL", default="")
if VAULT_DATABASE_URL:
    if ROLE == "public":
        raise ImproperlyConfigured("VAULT_DATABASE_URL must not be set where ROLE is public.")
    DATABASES["vault"] = {**env.db_url("VAULT_DATABASE_URL"), "CONN_HEALTH_CHECKS": True}
# The keys that seal the keys of confidential records, the newest first; each 32 bytes in base64.
VAULT_KEYS = env.list("VAULT_KEYS", default=[])
if bool(VAULT_KEYS) != bool(VAULT_DATABASE_URL):
    raise ImproperlyConfigured("VAULT_KEYS and VAULT_DATABASE_URL belong together.")
if not all(re.fullmatch("[A-Za-z0-9+/]{43}=", key) for key in VAULT_KEYS):
    raise ImproperlyConfigured("VAULT_KEYS: each must be made by `openssl rand -base64 32`.")
# Days after its end that a confidential record is kept, and that a draft of a need waits.
VAULT_RETENTION_DAYS = env.int("VAULT_RETENTION_DAYS", default=90)
VAULT_DRAFT_DAYS = env.int("VAULT_DRAFT_DAYS", default=60)
if not 0 < VAULT_RETENTION_DAYS <= 365 or VAULT_DRAFT_DAYS < 1:
    raise ImproperlyConfigured("VAULT_RETENTION_DAYS: 1 to 365; VAULT_DRAFT_DAYS: 1 or more.")
# Where the only copy of the keys of confidential records is rewritten after each erasure.
VAULT_KEYS_COPY = env.str("VAULT_KEYS_COPY", default="")
DATABASE_ROUTERS = ["gifts.vault.router.VaultRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Stripe -------------------------------------------------------------------------------------
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY")
if not STRIPE_SECRET_KEY.startswith(("sk_test_", "rk_test_", "sk_live_", "rk_live_")):
    raise ImproperlyConfigured(
        "STRIPE_SECRET_KEY must start with sk_test_, rk_test_, sk_live_ or rk_live_."
    )
STRIPE_LIVE = "_live_" in STRIPE_SECRET_KEY[:8]
# Two are accepted while a secret is being rolled.
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS")
STRIPE_API_BASE = web_origin(
    "STRIPE_API_BASE", env.str("STRIPE_API_BASE", default="https://api.stripe.com")
)
if STRIPE_LIVE and (DEMO or STRIPE_API_BASE != "https://api.stripe.com"):
    raise ImproperlyConfigured("STRIPE_SECRET_KEY is a live key: unset DEMO and STRIPE_API_BASE.")
# Where the hosted payment page lives; the browser may only be sent there from a form.
STRIPE_CHECKOUT_ORIGIN = web_origin(
    "STRIPE_CHECKOUT_ORIGIN",
    env.str("STRIPE_CHECKOUT_ORIGIN", default="https://checkout.stripe.com"),
)
# Stripe's pages for another card and for the bank's step of an open payment.
STRIPE_PAGES = ["https://billing.stripe.com", "https://invoice.stripe.com"]
STRIPE_TIMEOUT_SECONDS = env.float("STRIPE_TIMEOUT_SECONDS", default=10.0)

# --- Giving -------------------------------------------------------------------------------------
# Silence of Stripe's events that raises the alarm, in minutes, while payments are being made.
WEBHOOK_SILENCE_MINUTES = env.int("WEBHOOK_SILENCE_MINUTES", default=30)
# From so much on, in minor units, a refund and the voiding of a receipt wait for a second person.
REFUND_SECOND_PERSON_MINOR = env.int("REFUND_SECOND_PERSON_MINOR", default=50_000)
RECEIPT_SECOND_PERSON_MINOR = env.int("RECEIPT_SECOND_PERSON_MINOR", default=100_000)
# Failed cards an hour from one address before new payments wait.
CARD_FAILURES_PER_HOUR = env.int("CARD_FAILURES_PER_HOUR", default=10)
# Days until attempts without a certificate are erased; years a certificate stands.
TRAINING_ATTEMPT_DAYS = env.int("TRAINING_ATTEMPT_DAYS", default=90)
TRAINING_CERTIFICATE_YEARS = env.int("TRAINING_CERTIFICATE_YEARS", default=2)

# --- Mail ---------------------------------------------------------------------------------------
MAIL_BACKEND = one_of(
    "MAIL_BACKEND",
    env.str("MAIL_BACKEND", default="files"),
    ("files", "smtp", "postmark", "mailgun", "ses"),
)
MAIL_DIRECTORY = Path(env.str("MAIL_DIRECTORY", default=str(ROOT / "var" / "mail")))
EMAIL_BACKEND = {
    "files": "core.mail.FileBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "postmark": "anymail.backends.postmark.EmailBackend",
    "mailgun": "anymail.backends.mailgun.EmailBackend",
    "ses": "anymail.backends.amazon_ses.EmailBackend",
}[MAIL_BACKEND]
if MAIL_BACKEND == "files" and STRIPE_LIVE:
    raise ImproperlyConfigured(
        "MAIL_BACKEND is 'files', which sends nothing, while the Stripe key is live."
    )
if MAIL_BACKEND == "smtp":
    vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # for TLS it has settings
EMAIL_TIMEOUT = 20
ANYMAIL = {
    "POSTMARK_SERVER_TOKEN": env.str("POSTMARK_SERVER_TOKEN", default=""),
    "MAILGUN_API_KEY": env.str("MAILGUN_API_KEY", default=""),
    # "user:password", sent by the mail provider with each report of a bounce.
    "WEBHOOK_SECRET": env.str("MAIL_WEBHOOK_SECRET", default=""),
}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="North Star <gifts@northstar.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Applications -------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config",
    "staff",
    "accounts",
    "pages",
    "campaigns",
    "gifts",
    *(["gifts.vault"] if VAULT_DATABASE_URL else []),
    "donations",
    "core",
    *(f"wagtail.contrib.{name}" for name in ("settings", "redirects", "simple_translation")),
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "anymail",
    "csp",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    *(f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages")),
    *(f"django.contrib.{name}" for name in ("humanize", "postgres")),
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates, so that ours may replace one
]
MIDDLEWARE = [
    *("core.logs.RequestLog", *(["pages.serving.KeptPages"] if ROLE == "public" else [])),
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.headers.ManyHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    *(
        [
            "staff.second_factor.RequireSecondFactor",
            *(["gifts.partners.door.Door"] if VAULT_DATABASE_URL else []),
            "pghistory.middleware.HistoryMiddleware",  # who changed what
        ]
        if ROLE == "staff"
        else []
    ),
    *(["wagtail.contrib.redirects.middleware.RedirectMiddleware"] if ROLE == "public" else []),
]
ROOT_URLCONF = f"config.urls_{ROLE}"
PUBLIC_URLCONF = "config.urls_public"
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
                "django.template.context_processors.i18n",
                "pages.context.organisation",
            ],
            "builtins": ["core.templatetags.money"],
        },
    }
]
FORMS_URLFIELD_ASSUME_HTTPS = True
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Languages and time -------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [ROOT / "site" / "locale"]
USE_I18N = WAGTAIL_I18N_ENABLED = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="America/New_York")

# --- Bookkeeping programs -----------------------------------------------------------------------
XERO_TAX_RATE = env.str("XERO_TAX_RATE", default="Tax Exempt (0%)")

# --- Files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [SITE / "static", ("guide", ROOT / "docs/images/guide")]  # of the staff's guide
STATIC_ROOT = ROOT / "var" / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_DIRECTORY", default=str(ROOT / "var" / "media")))
# Hashed names need `collectstatic`; while developing, files are served as they lie.
HASHED_STATIC = env.bool("HASHED_STATIC", default=not DEBUG)
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = not HASHED_STATIC
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
WAGTAILIMAGES_IMAGE_MODEL = "campaigns.Picture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "staff.uploads.CleanImageForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "avif", "gif"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 15_000_000
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILDOCS_DOCUMENT_MODEL = "campaigns.Download"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "staff.uploads.CleanDocumentForm"
WAGTAILDOCS_EXTENSIONS = ["pdf"]

# --- Caches ------------------------------------------------------------------------------------
CACHES = {
    # Sign-in limits and used codes: rows that all processes share.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "northstar_cache",
        "KEY_FUNCTION": "core.tokens.key_of_cache",
    },
    # Short-lived page pieces: a copy in each process.
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# --- Jobs ---------------------------------------------------------------------------------------
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = "core.queue.set_up"

# --- Signing in ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "request_login_code": "accounts.forms.CodeForm",
    "confirm_login_code": "accounts.forms.TypedCodeForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"] if ROLE == "public" else ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if ROLE == "public" else "none"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ROLE == "public"
ACCOUNT_LOGIN_BY_CODE_ENABLED = ROLE == "public"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# Staff hear by mail of each change to their password and factors.
ACCOUNT_EMAIL_NOTIFICATIONS = ROLE == "staff"
# No box to tick: the session ends after its hours, or with the browser on the staff side.
ACCOUNT_SESSION_REMEMBER = ROLE == "public"
MFA_ADAPTER = "staff.second_factor.MFAAdapter"
# Staff are invited by an administrator, who knows the address.
MFA_ALLOW_UNVERIFIED_EMAIL = ROLE == "staff"
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Codes of a printed sheet are typed with or without the space that stands between their halves.
MFA_FORMS = {
    "authenticate": "accounts.forms.FactorForm",
    "reauthenticate": "accounts.forms.FactorAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "North Star"
MFA_TOTP_TOLERANCE = 1  # a code lasts half a minute longer: it is typed by hand
# A passkey needs a secure origin; browsers make an exception for localhost, and so do we.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/account/" if ROLE == "public" else "/admin/"
LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", {}),
    )
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

# --- Wagtail ------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "North Star"
WAGTAILADMIN_BASE_URL = STAFF_URL
WAGTAIL_FRONTEND_LOGIN_URL = WAGTAILADMIN_LOGIN_URL = "/account/login/"
# One clock for all staff: times are told by telephone.
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAIL_ENABLE_UPDATE_CHECK = WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
# Invited people set their own password by mail; nobody else ever knows it.
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "pages.search_words"}}

# --- Security -----------------------------------------------------------------------------------
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = False  # the proxy in front redirects; see deploy/
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = f"{ROLE}_session"
CSRF_COOKIE_NAME = f"{ROLE}_csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_COOKIE_AGE = None  # ends with the browser session
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "pages.errors.csrf_failure"
X_FRAME_OPTIONS = "SAMEORIGIN" if ROLE == "staff" else "DENY"
_STAFF = ROLE == "staff"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # Wagtail's own screens carry inline scripts and styles; no public page does.
        "script-src": [SELF, *(["'unsafe-inline'"] if _STAFF else [])],
        "style-src": [SELF, *(["'unsafe-inline'"] if _STAFF else [])],
        "img-src": [SELF, "data:", *([PUBLIC_URL, "blob:"] if _STAFF else [])],
        **{key: [SELF] for key in ("font-src", "connect-src", "manifest-src", "worker-src")},
        "frame-src": [SELF] if _STAFF else [NONE],
        "frame-ancestors": [SELF] if _STAFF else [NONE],
        "base-uri": [NONE],
        # Chromium applies this to the redirect after a form's POST too.
        "form-action": [SELF, STRIPE_CHECKOUT_ORIGIN, *STRIPE_PAGES],
        "object-src": [NONE],
    }
}

# --- Logs: one JSON object a line, no personal data (core/logs.py) ------------------------------
LOG_LEVEL = one_of(
    "LOG_LEVEL", env.str("LOG_LEVEL", default="INFO"), ("DEBUG", "INFO", "WARNING", "ERROR")
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "core.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        **{key: {"level": "ERROR"} for key in ("django.server", "django.request")},
        **{key: {"level": "ERROR"} for key in ("weasyprint", "fontTools")},
        **{key: {"level": "WARNING"} for key in ("procrastinate", "stripe", "django_tasks")},
    },
}

if "pytest" in sys.modules:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
