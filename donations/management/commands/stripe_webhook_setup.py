from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from donations import gateway, inbox


class Command(BaseCommand):
    help = "Make Stripe send this site exactly the kinds of events it handles."

    def handle(self, *args: Any, **options: Any) -> None:
        path = reverse("stripe_webhook", urlconf=settings.PUBLIC_URLCONF)
        url = f"{settings.PUBLIC_URL}{path}"
        try:
            endpoint = gateway.set_up_endpoint(url, sorted(inbox.KINDS))
        except gateway.GatewayError as error:
            raise CommandError(f"Stripe did not accept it: {error}") from error
        self.stdout.write(f"{url} gets {len(inbox.KINDS)} kinds of events ({endpoint.id}).")
        if endpoint.created:
            self.stdout.write(f"Put this into STRIPE_WEBHOOK_SECRETS: {endpoint.secret}")
