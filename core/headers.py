"""Response headers that Django does not set itself, and files as answers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

REFUSED_FEATURES = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
)


class ManyHeaders:
    """Middleware: refuse features nobody uses here; keep personal answers out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", REFUSED_FEATURES)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Permitted-Cross-Domain-Policies", "none")
        if response.cookies or request.method not in ("GET", "HEAD"):
            response.setdefault("Cache-Control", "no-store")
        return response


def as_file(
    data: bytes, name: str, kind: str = "application/pdf", *, is_shown: bool = False
) -> HttpResponse:
    """A file for this one reader, to be saved or shown under its name; kept by no cache."""
    answer = HttpResponse(data, content_type=kind)
    place = "inline" if is_shown else "attachment"
    answer["Content-Disposition"] = f'{place}; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
