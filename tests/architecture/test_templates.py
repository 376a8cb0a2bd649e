"""Each template can be compiled: a misspelt tag is found here, not by a visitor."""

import pytest
from django.template.loader import get_template
from django.urls import get_resolver

from tests.server import ROOT

TEMPLATES = sorted(
    str(path.relative_to(ROOT / "templates"))
    for path in (ROOT / "templates").rglob("*")
    if path.is_file() and path.suffix in (".html", ".txt", ".xml", ".svg", ".css")
)


def test_there_are_templates():
    assert "404.html" in TEMPLATES


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name):
    assert get_template(name)


@pytest.mark.parametrize("role", ["config.urls_public", "config.urls_staff"])
def test_all_urls_can_be_loaded(role):
    assert get_resolver(role).url_patterns
