"""The process: Wagtail's own project template of settings and middleware, templates kept compiled.

`python -m bench.stock.server` makes the tables of the database in STOCK_DATABASE_URL and a few
pages; granian serves `bench.stock.server:application`.
"""

import os
from datetime import date

import django
import environ
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

BASE = """{% load wagtailcore_tags wagtailuserbar %}<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{% if page.seo_title %}{{ page.seo_title }}
{% else %}{{ page.title }}{% endif %}</title>{% if page.search_description %}
<meta name="description" content="{{ page.search_description }}">{% endif %}</head>
<body>{% wagtailuserbar %}<h1>{{ page.title }}</h1>{{ page.body|richtext }}
{% block below %}{% endblock %}</body></html>"""
HOME = """{% extends "base.html" %}{% load wagtailcore_tags %}{% block below %}
{% for one in below %}{% with one.specific as page %}<h2><a href="{% pageurl page %}">
{{ page.title }}</a></h2>{{ page.intro }}{% endwith %}{% endfor %}{% endblock %}"""
TEXT = """{% extends "base.html" %}{% load wagtailcore_tags %}{% block below %}
<p>{{ page.date }}</p><p>{{ page.intro }}</p>
<p><a href="{{ page.get_parent.url }}">Return</a></p>{% endblock %}"""
TEMPLATES = {"base.html": BASE, "home_page.html": HOME, "text_page.html": TEXT}
WORDS = "<p>A plain page with a few sentences of text, as a tutorial would have it.</p>" * 12

wagtail_parts = ("redirects", "forms", "settings")
settings.configure(
    SECRET_KEY="none" * 10,
    ROOT_URLCONF="bench.stock.urls",
    ALLOWED_HOSTS=["localhost", "127.0.0.1"],
    DATABASES={"default": environ.Env.db_url_config(os.environ["STOCK_DATABASE_URL"])
               | {"CONN_MAX_AGE": 60}},
    INSTALLED_APPS=[
        "bench.stock",
        *(f"wagtail.contrib.{name}" for name in wagtail_parts),
        *("wagtail.sites", "wagtail.users", "wagtail.snippets", "wagtail.documents"),
        *("wagtail.images", "wagtail.search", "wagtail.admin", "wagtail", "modelcluster", "taggit"),
        *(f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages")),
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "django.middleware.security.SecurityMiddleware",
        "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    ("django.template.loaders.cached.Loader", [
                        ("django.template.loaders.locmem.Loader", TEMPLATES),
                        "django.template.loaders.app_directories.Loader",
                    ])
                ],
                "context_processors": [
                    f"django.{name}"
                    for name in (
                        "template.context_processors.request",
                        "contrib.auth.context_processors.auth",
                        "contrib.messages.context_processors.messages",
                    )
                ],
            },
        }
    ],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    WAGTAIL_SITE_NAME="stock",
    WAGTAILADMIN_BASE_URL="http://localhost",
    STATIC_URL="/static/",
    USE_TZ=True,
)  # fmt: skip


def fill() -> None:
    from wagtail.models import Page, Site  # noqa: PLC0415

    from bench.stock.models import HomePage, TextPage  # noqa: PLC0415 - after Django is set up

    call_command("migrate", verbosity=0)
    Page.objects.filter(depth=2).delete()
    home = HomePage(title="Home", slug="home", body=WORDS)
    Page.get_first_root_node().add_child(instance=home)
    for number in range(3):
        one = TextPage(title=f"Page {number}", slug=f"page-{number}", date=date(2026, 1, 1))
        one.intro, one.body = "An introduction.", WORDS
        home.add_child(instance=one)
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)


if __name__ == "__main__":
    django.setup()
    fill()
else:
    application = get_wsgi_application()
