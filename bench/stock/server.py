"""The process: Wagtail's own project template of settings and middleware.

`python -m bench.stock.server` makes the tables of the database in STOCK_DATABASE_URL (its files
lie in STOCK_MEDIA) and a few pages, one of them with the words of a campaign, which come as JSON
on its standard input; granian serves `bench.stock.server:application`.
"""

import json
import os
import sys
from datetime import date

import django
import environ
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

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
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                    "wagtail.contrib.settings.context_processors.settings",
                ],
            },
        }
    ],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    WAGTAIL_SITE_NAME="stock",
    WAGTAILADMIN_BASE_URL="http://localhost",
    STATIC_URL="/static/",
    MEDIA_ROOT=os.environ["STOCK_MEDIA"],
    USE_TZ=True,
)  # fmt: skip


def fill() -> None:
    from django.core.files.base import ContentFile  # noqa: PLC0415
    from wagtail.documents.models import Document  # noqa: PLC0415
    from wagtail.models import Page, Site  # noqa: PLC0415

    from bench.stock.models import (  # noqa: PLC0415 - after Django is set up
        Amount,
        CampaignPage,
        Gift,
        HomePage,
        Organisation,
        TextPage,
    )

    call_command("migrate", verbosity=0)
    Page.objects.filter(depth=2).delete()
    home = HomePage(title="Home", slug="home", body=WORDS)
    Page.get_first_root_node().add_child(instance=home)
    for number in range(3):
        one = TextPage(title=f"Page {number}", slug=f"page-{number}", date=date(2026, 1, 1))
        one.intro, one.body = "An introduction.", WORDS
        home.add_child(instance=one)
    told = json.load(sys.stdin)
    Document.objects.all().delete()
    paper = ContentFile(b"%PDF-1.7", name="paper.pdf")
    papers = [Document.objects.create(title=title, file=paper) for title in told["files"]]
    for block in told["body"]:
        for item, document in zip(block["value"].get("files", []), papers, strict=False):
            item["value"] = document.pk
    page = CampaignPage(title=told["title"], slug="campaign", summary=told["summary"])
    page.goal_minor, page.body = 4_000_000, json.dumps(told["body"])
    home.add_child(instance=page)
    for number in range(7):
        one = TextPage(title=f"Menu {number}", slug=f"menu-{number}", date=date(2026, 1, 1))
        one.intro, one.body, one.show_in_menus = "An introduction.", WORDS, True
        home.add_child(instance=one)
    Gift.objects.bulk_create(Gift(campaign=page, amount_minor=2_500) for _ in range(100))
    Amount.objects.all().delete()
    Amount.objects.bulk_create(Amount(amount_minor=minor) for minor in (2_500, 5_000, 10_000))
    Site.objects.all().delete()
    site = Site.objects.create(
        hostname="localhost", site_name=told["name"], root_page=home, is_default_site=True
    )
    facts = {key: told[key] for key in ("about", "address", "email", "hotline")}
    Organisation.objects.create(site=site, **facts)


if __name__ == "__main__":
    django.setup()
    fill()
else:
    application = get_wsgi_application()
