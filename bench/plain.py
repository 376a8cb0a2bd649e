"""The least that Django can do: one view, no middleware, no database."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    SECRET_KEY="none" * 10, ROOT_URLCONF=__name__, ALLOWED_HOSTS=["localhost", "127.0.0.1"]
)


def ok(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", headers={"Content-Length": "2"})


urlpatterns = [path("", ok)]
application = get_wsgi_application()
