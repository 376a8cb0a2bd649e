"""Three faces: Stripe's API, the hosted pages, and the sandbox's own controls."""

from django.urls import path, re_path

# aftermath and steering_billing register their commands.
from sandbox import aftermath, overview, steering, steering_billing  # noqa: F401
from sandbox.api.http import api
from sandbox.hosted import invoice_pages, pages, portal_pages

urlpatterns = [
    re_path(r"^v1/", api),
    path("c/pay/<str:session_id>", pages.pay),
    path("c/pay/<str:session_id>/authenticate", pages.authenticate),
    path("i/<str:invoice_id>", invoice_pages.show),
    path("p/session/<str:secret>", portal_pages.home),
    path("p/session/<str:secret>/method", portal_pages.method),
    path("p/session/<str:secret>/method/authenticate", portal_pages.authenticate),
    path("assets/<str:name>", pages.asset),
    path("_sandbox/<str:name>", steering.control),
    path("", overview.overview),
]
