"""Where this sandbox's own pages are, for links that no API call asks for."""

_origin = "http://127.0.0.1"


def origin() -> str:
    return _origin


def serve_at(url: str) -> None:
    global _origin  # noqa: PLW0603 - one process serves one sandbox
    _origin = url
