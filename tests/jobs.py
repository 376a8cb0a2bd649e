"""Run due jobs inside the test's own transaction, by the rules of the real worker."""

import inspect
import json
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job

from tests.roles import PUBLIC, STAFF, acting_as

# The worker's own order and locks; its SQL function asks now(), which a transaction freezes.
NEXT = """
    SELECT id, queue_name, task_name, priority, lock, queueing_lock, args,
           attempts, scheduled_at
      FROM procrastinate_jobs AS jobs
     WHERE status = 'todo' AND (%(queue)s::text IS NULL OR queue_name = %(queue)s)
       AND (scheduled_at IS NULL OR scheduled_at <= %(until)s)
       AND NOT EXISTS (
             SELECT FROM procrastinate_jobs AS other
              WHERE other.lock = jobs.lock AND (other.status = 'doing' OR (other.status = 'todo'
                AND (-other.priority, other.id) < (-jobs.priority, jobs.id))))
     ORDER BY scheduled_at NULLS FIRST, priority DESC, id LIMIT 1
"""
MANY = 2_000


@dataclass(frozen=True)
class Ran:
    """One try of one job; `error` is None if it succeeded."""

    task: str
    arguments: dict[str, Any]
    error: Exception | None
    retry_at: datetime | None


def run(
    *, queue: str | None = None, until: datetime | timedelta | None = None, may_fail: bool = False
) -> list[Ran]:
    """Run jobs until none is due; those that jobs defer, and retries that fall due, included.

    Args:
        until: also what is scheduled up to then (a moment, or a time from now).
        may_fail: a job that failed for good is reported in the list, not raised.
    """
    if isinstance(until, timedelta):
        until = timezone.now() + until
    ran: deque[Ran] = deque()
    while job := _next(queue, until or timezone.now() + timedelta(milliseconds=1)):
        ran.append(_run_one(job))
        if ran[-1].error and not ran[-1].retry_at and not may_fail:
            raise ran[-1].error
        if len(ran) > MANY:
            raise AssertionError(f"Jobs queue each other without end: {ran[-1].task}")
    return list(ran)


def _next(queue: str | None, until: datetime) -> Job | None:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, {"queue": queue, "until": until})
        row = cursor.fetchone()
        if row is None:
            return None
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [row[0]])
    arguments = json.loads(row[6]) if isinstance(row[6], str) else row[6]
    return Job(
        id=row[0],
        status="doing",
        queue=row[1],
        task_name=row[2],
        priority=row[3],
        lock=row[4],
        queueing_lock=row[5],
        task_kwargs=arguments,
        attempts=row[7],
        scheduled_at=row[8],
    )


def _run_one(job: Job) -> Ran:
    task = app.tasks[job.task_name]
    function: Any = task.func
    context = JobContext(app=app, job=job, start_timestamp=time.time(), abort_reason=lambda: None)
    error: Exception | None = None
    try:
        if inspect.iscoroutinefunction(function):
            function = async_to_sync(function)
        with acting_as(STAFF if job.queue == "vault" else PUBLIC):
            function(*([context] if task.pass_context else []), **job.task_kwargs)
    except Exception as raised:
        error = raised
    retry = task.get_retry_exception(exception=error, job=job) if error else None
    retry_at = retry.retry_decision.retry_at if retry else None
    with connection.cursor() as cursor:
        if retry:
            cursor.execute(
                "SELECT procrastinate_retry_job_v2(%s, %s, %s, %s, %s)",
                [
                    job.id,
                    retry_at,
                    retry.retry_decision.priority,
                    retry.retry_decision.queue,
                    retry.retry_decision.lock,
                ],
            )
        else:
            end = "failed" if error else "succeeded"
            cursor.execute("SELECT procrastinate_finish_job_v1(%s, %s, false)", [job.id, end])
    return Ran(
        job.task_name, job.task_kwargs, error, retry_at or (timezone.now() if retry else None)
    )
