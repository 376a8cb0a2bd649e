"""The first page tells finance what waits for it, and nobody else."""

import pytest
from django.utils import timezone

from donations import demo, demo_batches, months
from donations.models import Period
from donations.staff import waiting
from tests.people import person
from tests.roles import STAFF, acting_as

pytestmark = pytest.mark.role(STAFF)


def test_what_waits_for_finance_is_counted_with_a_query_each(
    db, run_jobs, quick_drawing, django_assert_max_num_queries
):
    demo.seed()
    demo_batches.seed(by=person(factor=False))
    run_jobs()
    months.sum_all_months(0)
    assert Period.objects.filter(begins_on__lt=timezone.localdate().replace(day=1)).count() > 10
    finance, editor = person("Finance"), person("Editor")
    finance.has_perm("x")  # reads what she may
    with acting_as(STAFF), django_assert_max_num_queries(4):
        told = [str(one.text) for one in waiting.books(finance)]
    assert told[:3] == [
        "1 gift without a receipt", "1 batch to be posted", "2 bank lines are not explained",
    ]  # fmt: skip
    assert "months to be closed" in told[3]
    with acting_as(STAFF):
        assert waiting.books(editor) == []
