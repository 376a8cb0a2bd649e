"""Addresses of the public site without a language: for machines, for paper, of files."""

from django.urls import path

from pages import downloads, short, sitemap

urlpatterns = [
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("c/<slug:code>/", short.campaign, name="short"),
    path("downloads/<int:pk>.pdf", downloads.download, name="download"),
]
