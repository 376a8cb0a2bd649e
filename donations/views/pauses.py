"""The answer to whoever has to wait: the same words whatever the reason."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def resting(request: HttpRequest, minutes: int) -> HttpResponse:
    response = render(request, "donations/paused.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(minutes * 60)
    return response
