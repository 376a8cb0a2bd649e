"""Addresses of the public site for search engines and readers of feeds."""

from django.urls import path

from pages import sitemap

urlpatterns = [
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("robots.txt", sitemap.robots, name="robots"),
]
