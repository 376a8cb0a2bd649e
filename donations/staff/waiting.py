"""What of the money part waits for somebody, and the gifts of the last days, for the home page."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from donations import disputes, inbox, ledger, periods
from donations.bank import matching
from donations.models import (
    BooksMonth,
    Donation,
    GiftBatch,
    Plan,
    Receipt,
    ReceiptVoiding,
    Refund,
    StaffNote,
)
from donations.models.months import UNRECEIPTED
from donations.staff.cells import Notice, amount, moment
from donations.staff.inbox import failed_count, silence
from donations.staff.mails import unsettled_count
from donations.staff.reconciliation import alarms
from donations.staff.windows import open_now
from donations.staff.words import LEAVING, leaving

DAYS = 7
# Stripe tells only the next try: one that is near, or comes no more, is worth a call now.
SOON = timedelta(days=3)


@dataclass(frozen=True)
class Day:
    """The gifts of one day in one currency; `share` is of the best day, 0 to 100."""

    day: date
    count: int
    total: str
    share: int


def waiting(user: Any) -> list[Notice]:
    """What waits, as far as this person may see it."""
    found: list[Notice] = []
    if user.has_perm("donations.view_event"):
        found += silence(inbox.silent_since())
        if text := failed_count():
            found.append(Notice(text, f"{reverse('inbox:index')}?status=failed", "bad"))
    if user.has_perm("donations.view_reconciliation"):
        found += alarms()
    if user.has_perm("donations.view_mail") and (text := unsettled_count()):
        found.append(Notice(text, f"{reverse('mails:index')}?work=on", "warn"))
    found += receipts(user)
    found += books(user)
    if user.has_perm("donations.view_plan"):
        found += regular_gifts()
    if user.has_perm("donations.view_staffnote"):
        due = StaffNote.objects.filter(done_at=None, due_on__lte=timezone.localdate()).count()
        if due:
            words = ngettext("%(n)d task is due", "%(n)d tasks are due", due)
            found.append(Notice(words % {"n": due}, reverse("tasks:index"), "warn"))
    found += afterwards(user)
    if user.has_perm("donations.view_eventwindow"):
        for window in open_now():
            text = gettext("Event window open until %(time)s: %(note)s")
            told = {"time": moment(window.ends_at), "note": window.note}
            url = reverse("windows:inspect", args=[window.pk])
            found.append(Notice(text % told, url, "good"))
    return found


def receipts(user: Any) -> list[Notice]:
    """Those whose file is not made, and those that somebody wants void."""
    found: list[Notice] = []
    if user.has_perm("donations.view_receipt"):
        late = timezone.now() - timedelta(minutes=10)
        count = Receipt.objects.filter(sha256=None, issued_at__lt=late).count()
        if count:
            words = ngettext("%(n)d receipt without a file", "%(n)d receipts without a file", count)
            url = f"{reverse('receipts:index')}?undrawn=true"
            found.append(Notice(words % {"n": count}, url, "bad"))
    if user.has_perm("donations.void_receipt"):
        count = ReceiptVoiding.objects.filter(state=ReceiptVoiding.State.ASKED).count()
        if count:
            words = ngettext(
                "%(n)d receipt waits for a second person",
                "%(n)d receipts wait for a second person",
                count,
            )
            url = f"{reverse('receipts:index')}?second=on"
            found.append(Notice(words % {"n": count}, url, "warn"))
    return found


def books(user: Any) -> list[Notice]:
    """What waits for finance: receipts, batches, bank lines, payouts, months; a query each."""
    found: list[Notice] = []

    def add(count: int, words: str, where: str, query: str = "") -> None:
        if count:
            url = f"{reverse(f'{where}:index')}{query}"
            found.append(Notice(words % {"n": count}, url, "warn"))

    live = settings.STRIPE_LIVE
    if user.has_perm("donations.issue_receipt"):
        # As summed every ten minutes: counting all gifts takes too long for a first page.
        known = BooksMonth.objects.filter(account=UNRECEIPTED, livemode=live)
        count = known.aggregate(found=Sum("count", default=0))["found"]
        words = ngettext("%(n)d gift without a receipt", "%(n)d gifts without a receipt", count)
        add(count, words, "unreceipted")
    if user.has_perm("donations.post_giftbatch"):
        count = GiftBatch.objects.filter(livemode=live, state=GiftBatch.State.OPEN).count()
        words = ngettext("%(n)d batch to be posted", "%(n)d batches to be posted", count)
        add(count, words, "offline", "?state=open")
    if user.has_perm("donations.match_bankline"):
        count = matching.open_lines().count()
        words = ngettext(
            "%(n)d bank line is not explained", "%(n)d bank lines are not explained", count
        )
        add(count, words, "bank_lines", "?unmatched=on")
    if user.has_perm("donations.close_period"):
        count = periods.over_and_open().count()
        words = ngettext("%(n)d month to be closed", "%(n)d months to be closed", count)
        add(count, words, "periods", "?state=open&state=reopened")
    return found


def regular_gifts() -> list[Notice]:
    """Plans whose payment fails, those near the end of it, and who left this week and why."""
    found: list[Notice] = []
    plans, now = Plan.objects.filter(livemode=settings.STRIPE_LIVE), timezone.now()
    near = Q(retry_at=None) | Q(retry_at__lt=now + SOON)
    failing = plans.filter(status=Plan.Status.PAST_DUE)
    count = failing.aggregate(all=Count("pk"), near=Count("pk", filter=near))
    url = reverse("plans_at_risk:index")
    if number := count["all"]:
        words = ngettext(
            "%(n)d regular gift has a payment that fails",
            "%(n)d regular gifts have a payment that fails",
            number,
        )
        found.append(Notice(words % {"n": number}, url, "warn"))
    if number := count["near"]:
        words = ngettext(
            "%(n)d of them: next try within three days, or none left",
            "%(n)d of them: next try within three days, or none left",
            number,
        )
        found.append(Notice(words % {"n": number}, url, "bad"))
    gone = plans.filter(ended_at__gte=now - timedelta(days=DAYS))
    rows = gone.values("status", "canceled_by", "cancel_reason").annotate(n=Count("pk"))
    reasons = Counter[str]()
    for row in rows.order_by():
        reasons[leaving(row["status"], row["canceled_by"], row["cancel_reason"])] += row["n"]
    if total := reasons.total():
        words = ngettext(
            "%(n)d regular gift ended this week: %(why)s",
            "%(n)d regular gifts ended this week: %(why)s",
            total,
        )
        why = ", ".join(f"{LEAVING[code]} {number}" for code, number in reasons.most_common())
        found.append(Notice(words % {"n": total, "why": why}, reverse("leaving:index")))
    return found


def afterwards(user: Any) -> list[Notice]:
    """Refunds for a second person, those that failed lately, disputes, warnings, shortfalls."""
    found: list[Notice] = []

    def add(count: int, words: str, desk: str, query: str, tone: str) -> None:
        if count:
            found.append(Notice(words % {"n": count}, f"{reverse(f'{desk}:index')}?{query}", tone))

    if user.has_perm("donations.approve_refund"):
        count = Refund.objects.filter(status=Refund.Status.PROPOSED).count()
        words = ngettext(
            "%(n)d refund waits for a second person",
            "%(n)d refunds wait for a second person",
            count,
        )
        add(count, words, "refunds", "status=proposed", "warn")
    if user.has_perm("donations.view_refund"):
        back = (Refund.Status.FAILED, Refund.Status.REFUSED)
        since = timezone.now() - timedelta(days=DAYS)
        count = Refund.objects.filter(status__in=back, created_at__gte=since).count()
        words = ngettext(
            "%(n)d refund did not reach the donor",
            "%(n)d refunds did not reach the donor",
            count,
        )
        add(count, words, "refunds", "status=failed&status=refused", "bad")
    if user.has_perm("donations.view_dispute") and (first := disputes.to_answer().first()):
        count = disputes.to_answer().count()
        words = ngettext("%(n)d dispute to answer", "%(n)d disputes to answer", count)
        when = gettext("the first by %(day)s") % {"day": moment(first.answer_by)}
        query = "status=needs_response&status=warning_needs_response"
        add(count, f"{words}, {when}", "disputes", query, "bad")
    if user.has_perm("donations.view_riskalert"):
        count = disputes.open_alerts().count()
        words = ngettext("%(n)d fraud warning", "%(n)d fraud warnings", count)
        add(count, words, "alerts", "work=on", "bad")
    if user.has_perm("donations.view_entry"):
        for currency, lacking in ledger.shortfalls().items():
            text = gettext("%(amount)s to be covered: given back after it was spent")
            url = f"{reverse('gifts:index')}?covered=on"
            found.append(Notice(text % {"amount": amount(lacking, currency)}, url, "warn"))
    return found


def last_days() -> list[tuple[str, list[Day]]]:
    """For each currency in use, gifts paid on each of the last seven days, today last."""
    today = timezone.localdate()
    first = today - timedelta(days=DAYS - 1)
    paid = Donation.objects.filter(
        livemode=settings.STRIPE_LIVE,
        paid_at__gte=timezone.now() - timedelta(days=DAYS),
    ).annotate(day=TruncDate("paid_at"))
    rows = paid.values("currency", "day").annotate(count=Count("pk"), total=Sum("amount_minor"))
    sums = {(row["currency"], row["day"]): (row["count"], row["total"]) for row in rows}
    charts = []
    for currency in sorted({currency for currency, _day in sums}):
        best = max(total for (of, _day), (_count, total) in sums.items() if of == currency)
        days = []
        for offset in range(DAYS):
            day = first + timedelta(days=offset)
            count, total = sums.get((currency, day), (0, 0))
            days.append(Day(day, count, amount(total, currency), 100 * total // best))
        charts.append((currency, days))
    return charts
