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
APPEND_SLASH = False
LOGGING_CONFIG = None
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
    }
]
