"""Pages that are code, not content; shown with a language prefix where it is not English."""

from django.urls import URLPattern, URLResolver, include, path

from pages import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("safety/", views.safety, name="safety"),
    path("styleguide/", include("pages.styleguide.urls")),
]
