"""Pages that are code, not content; shown with a language prefix where it is not English."""

from django.urls import URLPattern, URLResolver, include, path

from pages import demo_mails, feeds, searching, sharing, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("safety/", views.safety, name="safety"),
    path("disclosures/", views.disclosures, name="disclosures"),
    path("search/", searching.search, name="search"),
    path("feed/", feeds.feed, name="feed"),
    path("share/<int:pk>.png", sharing.picture, name="share_picture"),
    # Answered in a demonstration alone.
    path("demo/mails/", demo_mails.mails, name="demo_mails"),
    path("demo/mails/<str:name>/", demo_mails.mail_html, name="demo_mail"),
    path("styleguide/", include("pages.styleguide.urls")),
]
