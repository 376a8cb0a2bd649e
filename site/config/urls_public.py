"""The public site: pages, giving, the donor's own area, Stripe's webhook. No /admin/ here."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config.media import media_urls

urlpatterns = [
    path("", include("pages.urls_technical")),
    path("", include("pages.urls_machines")),
    path("", include("donations.urls_technical")),
    *media_urls(),
    *i18n_patterns(
        path("", include("pages.urls")),
        path("", include("donations.urls")),
        path("things/offer/", include("gifts.offers.urls")),
        path("", include("gifts.urls")),
        path("news/", include("campaigns.news.urls")),
        path("comments/", include("campaigns.comments.urls")),
        path("training/", include("campaigns.training.urls")),
        path("reports/papers/", include("campaigns.reports.urls")),
        path("your-year/", include("campaigns.impact_statements.urls")),
        path("", include("accounts.urls")),
        # Pages answer whatever no other line above did, so they stay last.
        path("", include("pages.urls_content")),
        prefix_default_language=False,
    ),
]
handler404 = "pages.errors.not_found"
handler500 = "pages.errors.server_error"
