"""What must hold when the tour is over: our books, Stripe's, and what donors were told."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg

from tests.tour.stage import Stage
from tests.tour.stories import Given


def counted(stage: Stage) -> dict[str, Any]:
    """The figures of the database that the checks and the summary rest on."""
    return {
        "gifts": dict(_pairs(stage, "SELECT status, count(*) FROM donations_donation GROUP BY 1")),
        "events": dict(_pairs(stage, "SELECT status, count(*) FROM donations_event GROUP BY 1")),
        "deliveries": stage.count("SELECT coalesce(sum(deliveries), 0) FROM donations_event"),
        "receipts": dict(_pairs(stage, "SELECT state, count(*) FROM donations_receipt GROUP BY 1")),
        "mails": dict(
            _pairs(
                stage, "SELECT template || ', ' || status, count(*) FROM donations_mail GROUP BY 1"
            )
        ),
        "jobs": dict(
            _pairs(stage, "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1")
        ),
        "by designation": dict(
            _pairs(
                stage,
                "SELECT g.name, sum(l.amount_minor)::bigint FROM donations_donationline l"
                " JOIN donations_donation d ON d.id = l.donation_id"
                " JOIN donations_designation g ON g.id = l.designation_id"
                " WHERE d.status = 'paid' GROUP BY g.name, g.position ORDER BY g.position",
            )
        ),
    }


def _pairs(stage: Stage, query: str) -> list[tuple[str, int]]:
    return [tuple(row.values()) for row in stage.rows(query)]  # type: ignore[misc]


def every_gift_is_as_the_donor_left_it(stage: Stage, all_given: Iterable[Given]) -> None:
    """Paid or not, how much, and for what, by the donors' own count."""
    rows = stage.rows(
        "SELECT d.reference, d.status, d.amount_minor, g.code, l.amount_minor AS line"
        " FROM donations_donation d JOIN donations_donationline l ON l.donation_id = d.id"
        " JOIN donations_designation g ON g.id = l.designation_id"
    )
    ours = {row["reference"]: row for row in rows}
    for given in all_given:
        row = ours[given.reference]
        where = f"donor {given.donor.number} ({given.donor.story})"
        assert (row["status"] == "paid") == bool(given.paid_minor), f"{where}: {row['status']}"
        if given.paid_minor:
            assert row["amount_minor"] == row["line"] == given.paid_minor, f"{where}: {row}"
            assert row["code"] == given.designation, f"{where}: {row}"


def stripe_agrees(stage: Stage, charges: list[dict[str, Any]]) -> int:
    """Each charge that succeeded is one paid gift of the same amount, and no gift is without."""
    theirs = {row["id"]: row["amount"] for row in charges if row["status"] == "succeeded"}
    paid = stage.rows(
        "SELECT charge_id, amount_minor FROM donations_donation WHERE status = 'paid'"
    )
    ours = {row["charge_id"]: row["amount_minor"] for row in paid}
    assert ours == theirs, f"{len(ours)} paid gifts, {len(theirs)} charges at Stripe"
    booked = stage.count(
        "SELECT -sum(amount_minor)::bigint FROM donations_posting WHERE account = 'contributions'"
    )
    assert booked == sum(theirs.values()), f"{booked} in the ledger, {sum(theirs.values())} charged"
    return booked


def inbox_is_done(stage: Stage) -> None:
    left = stage.rows(
        "SELECT id, kind, status, problem FROM donations_event"
        " WHERE status IN ('waiting', 'failed')"
    )
    assert not left, left
    failed = stage.rows(
        "SELECT id, task_name FROM procrastinate_jobs WHERE status = 'failed'"
        " AND queueing_lock IS NULL"
    )
    assert not failed, failed


def every_receipt_came_once(stage: Stage) -> None:
    """One receipt for each paid gift, and one mail with its link in the donor's mailbox."""
    wrong = stage.rows(
        "SELECT d.id, count(r.id) FROM donations_donation d"
        " LEFT JOIN donations_receipt r ON r.donation_id = d.id AND r.state = 'issued'"
        " WHERE d.status = 'paid' GROUP BY d.id HAVING count(r.id) <> 1"
    )
    assert not wrong, f"paid gifts with no or several receipts: {wrong}"
    wanted = Counter(
        (row["to"], row["label"])
        for row in stage.rows(
            'SELECT m."to", r.label FROM donations_mail m JOIN donations_receipt r'
            " ON r.id = m.receipt_id WHERE m.template LIKE 'receipt%%'"
        )
    )
    rows = stage.count("SELECT count(*) FROM donations_receipt")
    assert len(wanted) == rows == wanted.total(), f"{rows} receipts, {wanted.total()} mails"
    seen = Counter()
    for file in stage.mails:
        message = read_mail(file)
        text = body(message)
        for to, label in wanted:
            if str(message["To"]) == to and f"{label}," in text.replace("\n", " "):
                seen[to, label] += 1
    assert seen == wanted, f"mailed otherwise than owed: {(wanted - seen) + (seen - wanted)}"


def mails_sent(stage: Stage) -> int:
    return stage.count("SELECT count(*) FROM donations_mail WHERE status = 'sent'")


def every_mail_left_once(stage: Stage, *, besides: int = 0) -> int:
    unsent = stage.rows("SELECT id, template, status FROM donations_mail WHERE status <> 'sent'")
    assert not unsent, unsent
    sent = mails_sent(stage)
    left = len(stage.mails) - besides
    assert left == sent, f"{left} mails left, {sent} rows say so"
    return sent


def vault_refuses_the_public_site(stage: Stage) -> str:
    """PostgreSQL's own words to the public site's role at the vault's door."""
    databases = stage.stack.databases
    name = databases.vault.rpartition("/")[2]
    try:
        psycopg.connect(f"{databases.app.rpartition('/')[0]}/{name}", connect_timeout=5).close()
    except psycopg.OperationalError as error:
        return str(error).rpartition("FATAL:")[2].strip().splitlines()[0]
    raise AssertionError("the public role was let into the vault")


def file_is_the_one_issued(stage: Stage, label: str, data: bytes) -> None:
    wanted = stage.rows("SELECT sha256 FROM donations_receipt WHERE label = %s", label)
    assert hashlib.sha256(data).hexdigest() == wanted[0]["sha256"], f"{label} is another file"


def read_mail(file: Path) -> EmailMessage:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)  # by the policy
    return message


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    return str(part.get_content()) if part else ""
