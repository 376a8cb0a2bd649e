"""What a job defers is there when the job's own rows are, and not before."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from donations.plans.refresh import refresh_plan


def test_a_job_deferred_inside_a_worker_is_undone_with_its_transaction(db: None) -> None:
    before = ProcrastinateJob.objects.count()
    worker = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(worker):
        with transaction.atomic():
            refresh_plan.defer(plan_id=1)
            assert ProcrastinateJob.objects.count() == before + 1
            transaction.set_rollback(True)
        assert ProcrastinateJob.objects.count() == before
