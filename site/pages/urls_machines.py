"""Addresses of the public site without a language: for machines, and short ones for paper."""

from django.urls import path

from pages import short, sitemap

urlpatterns = [
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("c/<slug:code>/", short.campaign, name="short"),
]
