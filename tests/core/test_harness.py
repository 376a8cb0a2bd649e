"""What the other tests stand on does what it says."""

import socket
import subprocess
import sys
import threading
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import override_settings
from django.urls import reverse
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from wagtail.models import Page

from tests import roles
from tests.server import ROOT


def test_each_side_has_its_own_settings(public_client, staff_client):
    assert settings.ROOT_URLCONF == "config.urls_public"
    with roles.acting_as("staff"):
        assert settings.ROOT_URLCONF == "config.urls_staff"
        assert settings.SESSION_COOKIE_NAME == "staff_session"
    assert settings.SESSION_COOKIE_NAME == "public_session"
    with override_settings(SESSION_COOKIE_NAME="other"):
        assert settings.SESSION_COOKIE_NAME == "other"
    assert settings.SESSION_COOKIE_NAME == "public_session"
    assert "vault" in settings.DATABASES


@pytest.mark.django_db
def test_the_admin_exists_on_the_staff_side_alone(public_client, staff_client):
    assert public_client.get("/admin/").status_code == 404
    answer = staff_client.get("/admin/")
    assert (answer.status_code, answer.url) == (302, "/account/login/?next=%2Fadmin%2F")


@pytest.mark.role("staff")
def test_a_marked_test_is_on_the_staff_side(role):
    assert role == "staff"
    assert reverse("wagtailadmin_home") == "/admin/"


def test_the_network_is_out_of_reach():
    with pytest.raises(AssertionError, match=r"example\.org"):
        socket.create_connection(("example.org", 80))
    with socket.socket() as one, pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        one.connect(("192.0.2.1", 80))


def test_commits_are_real_in_a_database_of_ones_own(own_database):
    with psycopg.connect(own_database.url) as other:
        other.execute("INSERT INTO django_content_type (app_label, model) VALUES ('a', 'b')")
    assert ContentType.objects.filter(app_label="a").exists()
    assert Page.objects.get(depth=1)

    seen = []

    def count() -> None:
        seen.append(ContentType.objects.filter(app_label="a").count())
        connection.close()

    thread = threading.Thread(target=count)
    thread.start()
    thread.join()
    child = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", "print(ContentType.objects.get(model='b'))"],
        cwd=ROOT, env=own_database.environment("public"), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert seen == [1]
    assert "b" in child.stdout


@pytest.mark.django_db
def test_nothing_remains_of_another_tests_commits():
    assert not ContentType.objects.filter(app_label="a").exists()


calls: list[tuple[str, int]] = []


@app.task(name="harness.flaky", retry=RetryStrategy(max_attempts=2, wait=60))
def flaky(number: int) -> None:
    calls.append(("flaky", number))
    if len(calls) < 3:
        raise OSError("not yet")


@app.task(name="harness.chain", queue="vault", pass_context=True)
def chain(context, number: int) -> None:
    calls.append((settings.ROLE, context.job.attempts))
    if number:
        chain.defer(number=number - 1)


@pytest.fixture(autouse=True)
def no_calls():
    calls.clear()


@pytest.mark.django_db
def test_a_failing_job_waits_for_its_next_try(run_jobs):
    flaky.defer(number=7)
    (first,) = run_jobs()
    assert isinstance(first.error, OSError)
    assert first.retry_at
    assert run_jobs() == []
    assert [ran.error is None for ran in run_jobs(until=timedelta(hours=1))] == [False, True]
    assert calls == [("flaky", 7)] * 3


@pytest.mark.django_db
def test_a_job_that_fails_for_good_is_raised(run_jobs):
    app.configure_task("harness.flaky").defer(wrong="argument")
    with pytest.raises(TypeError):
        run_jobs(until=timedelta(days=1))


@pytest.mark.django_db
def test_jobs_queued_by_jobs_run_too_on_the_side_of_their_queue(run_jobs):
    chain.defer(number=2)
    assert run_jobs(queue="public") == []
    run_jobs()
    assert calls == [("staff", 0)] * 3


@pytest.mark.django_db
def test_a_lock_holds_back_what_was_queued_later(run_jobs):
    flaky.configure(lock="one").defer(number=1)
    chain.configure(lock="one").defer(number=0)
    run_jobs()
    assert calls == [("flaky", 1)]


def test_both_sides_answer_over_http(live, new_page, axe):
    page = new_page(size="phone")
    page.goto(f"{live.public}/ready/")
    assert '"ready": true' in page.content()
    assert page.request.get(f"{live.staff}/admin/", max_redirects=0).status == 302
    assert live.public == settings.PUBLIC_URL
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src=x></main></html>")
    assert any(fault.startswith("image-alt") for fault in axe(page))
