"""Whom the mails and receipts of a plan name, and where they go."""

from django.db import transaction

from donations.models import Plan


def correct(plan: Plan, *, name: str, email: str, language: str) -> None:
    """From the next gift on. Links mailed to another address before are dead with that.

    The caller has made sure that the address is verified by whoever asks, or acts as staff.
    """
    with transaction.atomic():
        plan = Plan.objects.select_for_update().get(pk=plan.pk)
        plan.name, plan.email, plan.language = name, email, language
        plan.save(update_fields=["name", "email", "language"])
