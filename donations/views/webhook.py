"""Where Stripe calls: verify the raw body, store the event with its job, answer."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from donations import gateway, inbox

LARGEST_BODY = 512_000


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """200 once the event is stored, whatever its kind; 400 for anything Stripe did not sign."""
    if len(request.body) > LARGEST_BODY:
        return HttpResponse("too large", status=400)
    signature = request.headers.get("Stripe-Signature", "")
    try:
        hint = gateway.read_webhook(request.body, signature, settings.STRIPE_WEBHOOK_SECRETS)
    except gateway.BadSignature:
        return HttpResponse("bad signature", status=400)
    inbox.receive(hint)
    return HttpResponse("ok")
