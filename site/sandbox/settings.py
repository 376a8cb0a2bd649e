"""Settings of the Stripe stand-in: no product app, no environment, one local SQLite file.

Ports, paths and switches are flags of `manage.py sandbox`.
"""

from pathlib import Path

SECRET_KEY = "the sandbox signs nothing with this key"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "sandbox.urls"
INSTALLED_APPS = ["sandbox"]
MIDDLEWARE: list[str] = []
DATABASES: dict[str, dict[str, str]] = {}  # sandbox.store opens its own file
USE_TZ = True
TIME_ZONE = "UTC"
APPEND_SLASH = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Refusals are what a sandbox is for; only its own mistakes are worth a line.
    "loggers": {"django.request": {"level": "ERROR"}},
}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
    }
]
