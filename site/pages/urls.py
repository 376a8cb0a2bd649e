"""Pages that are code, not content; shown with a language prefix where it is not English."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
