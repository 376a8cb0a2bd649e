"""Addresses that programs call."""

from django.urls import include, path

from donations.views.webhook import stripe_webhook

urlpatterns = [
    path("webhooks/stripe/", stripe_webhook, name="stripe_webhook"),
    path("webhooks/mail/", include("donations.bounces")),
]
