"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def organisation(request: HttpRequest) -> dict[str, Any]:
    return {"role": settings.ROLE, "demo": settings.DEMO}
