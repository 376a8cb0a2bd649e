"""Desks of the confidential part, asked over HTTP."""

from typing import Any

from django.urls import reverse

from tests.roles import STAFF, acting_as


def url(name: str, *args: Any) -> str:
    with acting_as(STAFF):
        return reverse(name, args=list(args))


def words(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


def told(answer: Any, said: str) -> str:
    page = words(answer)
    assert said in page, page[-6000:]
    return page


def turned_away(answer: Any) -> bool:
    """Wagtail sends people home with a message."""
    return answer.status_code == 403 or (
        answer.status_code == 302 and answer["Location"] in ("/admin/", "/admin/login/")
    )
