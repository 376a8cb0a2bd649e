"""Mails to donors: a row with its cause in one transaction, sent by a job after the commit."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from procrastinate.contrib.django import app

from core import mail as core_mail
from core import money
from core.links import public_url
from core.retries import Patient
from donations import timeline, tracing
from donations.gift_aid.letters import of_declaration
from donations.models import (
    Donation,
    Mail,
    Plan,
    PlanStep,
    Receipt,
    Refund,
    Statement,
)
from donations.plans import letters
from donations.plans import links as plan_links
from donations.receipts import enclosing, links

Status = Mail.Status
# Only the mailed link proves the address; the review page's own address does not.
CONFIRM_SALT = "confirm-gift"
CONFIRM_TIME = timedelta(days=1)
# No hand-over takes this long: the worker died between it and noting the outcome.
STUCK = timedelta(minutes=10)
NotSentYet = core_mail.NotSentYet


def queue(
    template: str,
    *,
    to: str,
    language: str,
    cause: str,
    donation: Donation | None = None,
    receipt: Receipt | None = None,
    refund: Refund | None = None,
    plan: Plan | None = None,
    step: PlanStep | None = None,
    about: str = "",
) -> None:
    """Owe somebody a mail. The same cause twice is one mail; without an address there is none.

    Args:
        cause: names what justifies it, as "receipt:318".
        about: what an app above finds its facts by.
    """
    if not to:
        return  # gave by check: her receipt is printed
    mail = Mail(
        template=template,
        to=to,
        language=language,
        cause=cause,
        donation=donation,
        receipt=receipt,
        refund=refund,
        plan=plan,
        step=step,
        about=about,
    )
    with transaction.atomic():
        Mail.objects.bulk_create([mail], ignore_conflicts=True)
        send_mail.defer(mail_id=Mail.objects.values_list("pk", flat=True).get(cause=cause))


@app.task(queue="public", retry=Patient(NotSentYet))
def send_mail(mail_id: int) -> None:
    """Job: hand one mail to the mail server.

    The mail is marked "being sent" and committed before the hand-over: a crash between leaves it
    so, for staff to decide, rather than sending one mail twice.

    Raises:
        NotSentYet: the server is away; the job is tried again.
    """
    mail = _claim(mail_id)
    if mail is None:
        return
    try:
        message = core_mail.compose(mail.template, mail.to, context_of(mail), mail.language)
    except Exception as fault:
        _mark(mail, Status.WAITING, problem=type(fault).__name__)  # nothing has left yet
        raise
    try:
        mail.provider_id = core_mail.hand_over(message)
    except core_mail.NotSentYet as away:
        _mark(mail, Status.WAITING, problem=str(away))
        raise
    except core_mail.CameBack as refused:
        with transaction.atomic():
            _came_back(mail, Status.BOUNCED, problem=str(refused))
    else:
        mail.sent_at = timezone.now()
        _mark(mail, Status.SENT)


def context_of(mail: Mail, *, preview: bool = False) -> dict[str, Any]:
    """What the mail's template needs. A real mail gets a fresh link; a preview gets none."""
    return CONTEXTS[mail.template](mail, preview)


def confirmable(mailed: str) -> Donation | None:
    """The gift behind a confirmation link; None if the link is not ours or a day old."""
    try:
        reference = signing.loads(mailed, salt=CONFIRM_SALT, max_age=CONFIRM_TIME)
    except signing.BadSignature:
        return None
    return Donation.objects.filter(reference=reference).exclude(name="").first()


def confirm(donation: Donation) -> None:
    """The donor holds the mailbox that was typed: that is proof enough. Safe to repeat."""
    Donation.objects.filter(pk=donation.pk, confirmed_at=None).update(confirmed_at=timezone.now())


def record_bounce(*, provider_id: str, complained: bool, problem: str) -> bool:
    """Note what the mail provider tells of a mail we sent; false if we sent no such mail."""
    with transaction.atomic():
        mail = Mail.objects.select_for_update().filter(provider_id=provider_id).first()
        if mail is None or not provider_id:
            return False
        if mail.status == Status.SENT:
            back = Status.COMPLAINED if complained else Status.BOUNCED
            _came_back(mail, back, problem=problem)
    return True


def correct_and_resend(mail: Mail, *, to: str, actor: Any = None) -> None:
    """Staff found the right address: mail it there, and settle the bounce.

    The donation keeps the address as typed, with the correction beside it for later mails.
    """
    with transaction.atomic():
        mail = Mail.objects.select_for_update().get(pk=mail.pk)
        if mail.handled_at:
            return
        mail.handled_at = timezone.now()
        mail.save(update_fields=["handled_at"])
        if mail.receipt:
            links.revoke(mail.receipt)
        if mail.donation and mail.donation.email == mail.to:
            Donation.objects.filter(pk=mail.donation.pk).update(email=to)
            actor_id = actor.pk if actor else None
            timeline.note(mail.donation, "email_corrected", actor_id=actor_id)
        plan = mail.plan or (mail.donation.plan if mail.donation else None)
        if plan and plan.email == mail.to:
            Plan.objects.filter(pk=plan.pk).update(email=to)
        if mail.template in READDRESS:
            READDRESS[mail.template](mail, to)
        queue(
            mail.template,
            to=to,
            language=mail.language,
            cause=f"resend:{mail.pk}",
            donation=mail.donation,
            receipt=mail.receipt,
            refund=mail.refund,
            plan=mail.plan,
            step=mail.step,
            about=mail.about,
        )


def send_again(mail: Mail) -> None:
    """Staff send a mail once more: one that may never have left, or a copy of one that did.

    A copy leaves at most once an hour, however often the button is pressed.
    """
    with transaction.atomic():
        mail = Mail.objects.select_for_update().get(pk=mail.pk)
        if mail.status in (Status.SENDING, Status.SUPPRESSED):
            _mark(mail, Status.WAITING)
            send_mail.defer(mail_id=mail.pk)
        elif mail.status == Status.SENT:
            queue(
                mail.template,
                to=mail.to,
                language=mail.language,
                cause=f"again:{mail.pk}:{timezone.now():%Y%m%d%H}",
                donation=mail.donation,
                receipt=mail.receipt,
                refund=mail.refund,
                plan=mail.plan,
                step=mail.step,
                about=mail.about,
            )


def leave_it(mail: Mail) -> None:
    """Staff decided that nothing more is to be done about a mail that did not arrive."""
    Mail.objects.filter(pk=mail.pk, handled_at=None).update(handled_at=timezone.now())


def unsettled() -> QuerySet[Mail]:
    """The work list: mails that came back, and mails of which nobody knows whether they left."""
    stuck = Q(status=Status.SENDING, created_at__lt=timezone.now() - STUCK)
    back = Q(status__in=[Status.BOUNCED, Status.COMPLAINED])
    return Mail.objects.filter(back | stuck, handled_at=None)


def _claim(mail_id: int) -> Mail | None:
    with transaction.atomic():
        mail = Mail.objects.select_for_update().get(pk=mail_id)
        if mail.status != Status.WAITING:
            return None
        mail.status = Status.SENDING
        mail.attempts += 1
        mail.save(update_fields=["status", "attempts"])
    return mail


def _came_back(mail: Mail, status: Status, *, problem: str) -> None:
    _mark(mail, status, problem=problem)
    if mail.donation:
        timeline.note(mail.donation, f"mail_{status.value}", mail=mail.template)
    if mail.template in CAME_BACK:
        CAME_BACK[mail.template](mail)


def _mark(mail: Mail, status: Status, *, problem: str = "") -> None:
    mail.status, mail.problem = status, problem[:200]
    mail.save(update_fields=["status", "problem", "sent_at", "provider_id"])


def _gift(mail: Mail, preview: bool) -> dict[str, Any]:
    donation = mail.donation
    assert donation is not None  # each of these mails is queued with its donation
    entity = donation.legal_entity
    with translation.override(mail.language):
        lines = [
            {
                "designation": line.designation.public_name,
                "amount": money.display(line.amount_minor, donation.currency, mail.language),
            }
            for line in donation.lines.select_related("designation")
        ]
    return {
        "name": donation.name,
        "amount": money.display(donation.amount_minor, donation.currency, mail.language),
        "organisation": entity.short_name,
        "statement_descriptor": entity.statement_descriptor,
        "help_email": entity.email,
        "lines": lines,
        # A standing gift can be changed from every mail about one of its payments.
        "manage_link": (
            plan_links.new_link(donation.plan, language=mail.language)
            if donation.plan and not preview
            else ""
        ),
    }


def _receipt(mail: Mail, preview: bool) -> dict[str, Any]:
    receipt = mail.receipt
    assert receipt is not None  # queued with it
    assert receipt.donation is not None  # one for a year has a mail of its own
    link = "…" if preview else links.new_link(receipt, language=mail.language)
    return {
        **_gift(mail, preview),
        "receipt_number": receipt.label,
        "replaced_number": receipt.replaces.label if receipt.replaces else "",
        "link": link,
        "link_days": links.LINK_DAYS,
        "trace_link": (
            "" if preview else tracing.new_link(receipt.donation, language=mail.language)
        ),
    }


def _receipt_of_year(mail: Mail, preview: bool) -> dict[str, Any]:
    receipt = mail.receipt
    assert receipt is not None  # queued with it
    return {
        **_paper_of_year(mail, preview, receipt, receipt.snapshot),
        "receipt_number": receipt.label,
        "replaced_number": receipt.replaces.label if receipt.replaces else "",
    }


def _statement(mail: Mail, preview: bool) -> dict[str, Any]:
    rows = Statement.objects.select_related("run")
    statement = rows.get(pk=mail.about.removeprefix("statement:"))
    enclosed = enclosing.link(statement, language=mail.language)
    return {
        **_paper_of_year(mail, preview, statement, statement.facts),
        "enclosed_link": "…" if enclosed and preview else enclosed,
    }


def _paper_of_year(
    mail: Mail, preview: bool, paper: Receipt | Statement, facts: dict[str, Any]
) -> dict[str, Any]:
    entity = facts["entity"]
    return {
        "name": facts["receipt_name"],
        "year": str(facts["year"]),
        "amount": money.display(facts["amount_minor"], facts["currency"], mail.language),
        "organisation": entity["name"],
        "help_email": entity["email"],
        "link": "…" if preview else links.new_link(paper, language=mail.language),
        "link_days": links.LINK_DAYS,
    }


def _readdress_statement(mail: Mail, to: str) -> None:
    statement = Statement.objects.get(pk=mail.about.removeprefix("statement:"))
    links.revoke(statement)
    Statement.objects.filter(pk=statement.pk).update(email=to)


def _tribute(mail: Mail, preview: bool) -> dict[str, Any]:
    donation = mail.donation
    assert donation is not None  # queued with it
    return {
        "recipient_name": donation.tribute_recipient_name,
        "donor_name": donation.name,
        "tribute_kind": donation.tribute_kind,
        "tribute_name": donation.tribute_name,
        "message": donation.tribute_message,
        "organisation": donation.legal_entity.short_name,
        "help_email": donation.legal_entity.email,
    }


def _confirm(mail: Mail, preview: bool) -> dict[str, Any]:
    donation = mail.donation
    assert donation is not None  # queued with it
    proof = signing.dumps(donation.reference, salt=CONFIRM_SALT)
    link = public_url("confirm_gift", proof, language=mail.language)
    return {**_gift(mail, preview), "link": "…" if preview else link}


def _failed(mail: Mail, preview: bool) -> dict[str, Any]:
    donation = mail.donation
    assert donation is not None  # queued with it
    # The reference is the donor's own secret: whoever has it may go on with the same gift.
    link = public_url("give", query=f"change={donation.reference}", language=mail.language)
    return {**_gift(mail, preview), "give_link": "…" if preview else link}


def _refunded(mail: Mail, preview: bool) -> dict[str, Any]:
    refund = mail.refund
    assert refund is not None  # queued with it
    back = money.display(refund.amount_minor, refund.currency, mail.language)
    return {
        **_gift(mail, preview),
        "refunded": back,
        "whole": refund.donation.amount_minor == refund.amount_minor,
        "remains": refund.donation.kept_minor > 0,
        "on_its_way": refund.status == Refund.Status.PENDING,
    }


# Apps above add theirs when they are ready, here and below.
CONTEXTS: dict[str, Callable[[Mail, bool], dict[str, Any]]] = {
    "receipt": _receipt,
    "receipt_again": _receipt,
    "receipt_replaced": _receipt,
    "receipt_of_year": _receipt_of_year,
    "statement": _statement,
    "gift_arrived": _gift,
    "tribute_notice": _tribute,
    "gift_processing": _gift,
    "gift_failed": _failed,
    "confirm_gift": _confirm,
    "gift_refunded": _refunded,
    "plan": letters.of_plan,
    "gift_aid_confirmation": of_declaration,
}
# Called when a mail came back which no donor waits for.
CAME_BACK: dict[str, Callable[[Mail], None]] = {}
# Called when staff correct the address of a mail, so that later ones go there too.
READDRESS: dict[str, Callable[[Mail, str], None]] = {"statement": _readdress_statement}
