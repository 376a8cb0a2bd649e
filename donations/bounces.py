"""What mail providers report of mails we sent.

The library tells it by a signal, its only interface; nothing else here listens to one.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from anymail.signals import tracking
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.conf import settings
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from donations import mails

View = Callable[..., HttpResponseBase]
# A mail that is only late is none of these.
GONE = ("bounced", "rejected", "failed")
# Asked in turn whether the mail was theirs; an app above adds its own when it is ready.
RECORDS: list[Callable[..., bool]] = [mails.record_bounce]


@receiver(tracking)
def on_report(sender: Any, event: Any, esp_name: str, **more: Any) -> None:
    complained = event.event_type == "complained"
    if complained or event.event_type in GONE:
        for record in RECORDS:
            if record(
                provider_id=event.message_id or "",
                complained=complained,
                problem=event.reject_reason or event.event_type,
            ):
                break


def only_with_a_secret(view: View) -> View:
    """Without a password of our own anybody could declare mails bounced."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        if not settings.ANYMAIL["WEBHOOK_SECRET"]:
            raise Http404
        return view(request)

    return guarded


urlpatterns = [
    path(f"{name}/", only_with_a_secret(view.as_view()), name=f"mail_report_{name}")
    for name, view in {
        "postmark": PostmarkTrackingWebhookView,
        "mailgun": MailgunTrackingWebhookView,
        "ses": AmazonSESTrackingWebhookView,
    }.items()
]
