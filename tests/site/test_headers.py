"""What every public answer says about itself: no foreign origin, no needless cookie, no frame."""

import re

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import reverse

from accounts.models import User
from core.logs import TOKEN
from donations import demo
from tests import roles

FORM_PAGES = ["/give/", "/es/give/", "/account/login/"]
PLAIN_PAGES = ["/", "/es/", "/safety/", "/receipts/check/", "/receipts/check/?code=x", "/nowhere/"]
PAGES = [*PLAIN_PAGES, *FORM_PAGES, "/give/confirm/x/", "/receipts/x/", "/health/"]


@pytest.fixture
def site(db):
    demo.seed()


def policy(response) -> dict[str, list[str]]:
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in filter(None, parts)}


@pytest.mark.parametrize("path", PAGES)
def test_every_public_page_holds_scripts_and_forms_to_this_site(site, public_client, path):
    response = public_client.get(path, follow=True)
    said = policy(response)
    assert said["default-src"] == ["'none'"]
    stripe = [f"https://{page}.stripe.com" for page in ("checkout", "billing", "invoice")]
    assert said["form-action"] == ["'self'", *stripe]
    others = {
        source for name, sources in said.items() if name != "form-action" for source in sources
    }
    assert others == {"'self'", "'none'", "data:"}
    assert said["script-src"] == said["style-src"] == said["worker-src"] == ["'self'"]
    assert said["frame-ancestors"] == ["'none'"]


@pytest.mark.parametrize("path", PAGES)
def test_every_public_page_carries_the_guarding_headers(site, public_client, path):
    response = public_client.get(path, follow=True)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    for name in ("Server", "X-Powered-By", "Via"):
        assert name not in response


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_what_its_policy_would_refuse(site, public_client, path):
    body = public_client.get(path, follow=True).content.decode()
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=\"|javascript:", body)
    # A data block is not run, so the policy does not ask about it.
    assert not re.search(r"<script\b(?![^>]*(?:\bsrc=|application/(?:ld\+)?json))", body)
    assert not re.search(r"(?:src|srcset)=\"(?:https?:)?//", body)


@pytest.mark.parametrize("path", PLAIN_PAGES)
def test_a_page_without_a_form_sets_no_cookie(site, public_client, path):
    assert not public_client.get(path).cookies


@pytest.mark.parametrize("path", FORM_PAGES)
def test_a_form_page_sets_one_cookie_and_is_not_cached(site, public_client, path):
    response = public_client.get(path)
    (cookie,) = response.cookies.values()
    assert (cookie.key, cookie["httponly"], cookie["samesite"]) == ("public_csrf", True, "Lax")
    assert "no-store" in response["Cache-Control"]


def test_behind_https_cookies_are_secure_and_browsers_are_told_to_stay(site):
    roles.install(PUBLIC_URL="https://give.example.org", TRUSTED_PROXIES="1")
    try:
        assert settings.SECURE_HSTS_SECONDS >= 31_536_000
        client = roles.RoleClient(roles.PUBLIC, headers={"X-Forwarded-Proto": "https"})
        with override_settings(ALLOWED_HOSTS=["testserver"]):
            response = client.get("/give/")
        (cookie,) = response.cookies.values()
        assert cookie["secure"]
        assert settings.SESSION_COOKIE_SECURE
        assert settings.SESSION_COOKIE_HTTPONLY
    finally:
        roles.install()


def test_over_plain_http_no_promise_of_https_is_made(site, public_client):
    assert "Strict-Transport-Security" not in public_client.get("/safety/")


def test_the_forwarded_protocol_is_believed_only_from_a_trusted_proxy(site):
    assert settings.SECURE_PROXY_SSL_HEADER is None
    client = roles.RoleClient(roles.PUBLIC, headers={"X-Forwarded-Proto": "https"})
    assert not client.get("/safety/").wsgi_request.is_secure()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_a_way_on_to_another_site_is_refused(site, public_client, target):
    public_client.force_login(User.objects.create(email="ruth@example.org"))
    assert public_client.get("/account/login/", {"next": "/safety/"}).url == "/safety/"
    assert public_client.get("/account/login/", {"next": target}).url == "/account/"
    assert public_client.post("/account/logout/", {"next": target}).url == "/"


def test_a_post_from_another_site_is_refused(site):
    client = roles.RoleClient(roles.PUBLIC, enforce_csrf_checks=True)
    assert client.post("/give/", {"name": "x"}).status_code == 403
    assert client.post(reverse("give_pay", args=["x"])).status_code == 403


def test_links_that_open_something_leave_no_trace_in_the_log():
    for token in ("MTc5NTI5MTMyMi4w:1xUrHe:utV6ZogUmw57BbnmGHonkPjVL", "u_JSwsmnLAFO6Kq6Yabcdef"):
        assert token not in TOKEN.sub("/…", f"/give/confirm/{token}/")
