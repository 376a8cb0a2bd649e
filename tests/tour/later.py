"""The public site as it will be on a later day: a process of its own, its clock moved.

`python -m tests.tour.later DAY PORT` runs with the environment of the public role, until it is
ended. What a donor reads on the day of news is looked at here; the site itself keeps real time.
"""

import sys
from datetime import UTC, date, datetime, time
from unittest import mock
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.utils import timezone


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *given: object) -> None:
        pass


def main() -> None:
    from config.wsgi import application  # noqa: PLC0415 - it starts Django

    day, port = sys.argv[1:]
    ahead = datetime.combine(date.fromisoformat(day), time(15), UTC) - datetime.now(UTC)

    def now() -> datetime:
        return datetime.now(UTC) + ahead

    with (
        mock.patch.object(timezone, "now", now),
        make_server("127.0.0.1", int(port), application, handler_class=Silent) as server,
    ):
        server.serve_forever()


if __name__ == "__main__":
    main()
