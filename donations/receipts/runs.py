"""A year's papers for all donors: counted, looked over, and issued exactly as they were counted.

ask ─→ job: count, every paper's facts and one fingerprint of all         (a dry run)
issue ─→ job: (1) count again under the gifts' locks: the same, or stopped and the rows named;
                  for receipts all numbers at once     (2) draw, a process for each core, no lock
              (3) each file once, with the mail it owes    (4) done
The job may die anywhere: the next start goes on where it was.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from core import pool
from core.retries import Patient
from core.tokens import sha256
from donations import mails, periods
from donations.models import (
    LegalEntity,
    Receipt,
    Statement,
    StatementFile,
    StatementRun,
)
from donations.receipts import annual, book, enclosing, gathering, yearly
from donations.receipts.document import Mark
from donations.receipts.gathering import Paper, Year
from donations.receipts.packs import PACKS
from donations.receipts.yearly import Yearly

State, Kind = StatementRun.State, StatementRun.Kind
BATCH = 500


class NotPossible(Exception):
    """It cannot be asked for or issued; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def year_of(run: StatementRun) -> Year:
    return Year(run.legal_entity, run.livemode, run.year)


def last_over(entity: LegalEntity) -> int:
    """The last tax year that is over for this organisation."""
    return yearly.year_of(entity.receipt_pack, periods.today_of(entity)) - 1


@transaction.atomic
def ask(
    kind: str, *, entity: LegalEntity, year: int, actor: Any, encloses: bool = False
) -> StatementRun:
    """Note what is wanted and have it counted: nothing leaves the house.

    Args:
        encloses: with statements, also what became of the gifts.

    Raises:
        NotPossible: no_words: the country's pack has no yearly papers; not_over: the year goes on;
            alone: nothing goes along with annual receipts.
    """
    if encloses and kind != Kind.STATEMENT:
        raise NotPossible("alone")
    if not PACKS[entity.receipt_pack].yearly:
        raise NotPossible("no_words")
    if year > last_over(entity):
        raise NotPossible("not_over")
    run = StatementRun.objects.create(
        kind=Kind(kind),
        legal_entity=entity,
        livemode=settings.STRIPE_LIVE,
        year=year,
        encloses=encloses,
        asked_by=actor,
    )
    count_run.defer(run_id=run.pk)
    return run


@app.task(queue="public", retry=Patient(OSError, tries=5))
def count_run(run_id: int) -> None:
    """Job: gather every paper of the year. All of it or nothing is stored; safe to repeat."""
    rows = StatementRun.objects.filter(pk=run_id, state=State.WAITING)
    rows.update(state=State.COUNTING)
    try:
        _count(run_id)
    except Exception:
        StatementRun.objects.filter(pk=run_id, state=State.COUNTING).update(state=State.FAILED)
        raise


@transaction.atomic
def _count(run_id: int) -> None:
    run = _locked(run_id)
    if run.state != State.COUNTING:
        return
    totals, count, prints = Counter[str](), Counter[str](), list[str]()
    batch: list[Statement] = []
    for paper in _complete(run, run.left_out):
        batch.append(_row(run, paper))
        totals[paper.facts.currency] += paper.facts.amount_minor
        count[paper.facts.currency] += 1
        prints.append(_line(paper))
        if len(batch) == BATCH:
            Statement.objects.bulk_create(batch)
            batch = []
    Statement.objects.bulk_create(batch)
    run.state, run.fingerprint = State.READY, _fingerprint(prints)
    run.count = len(prints)
    run.totals = [[code, count[code], totals[code]] for code in sorted(totals)]
    run.save(update_fields=["state", "fingerprint", "count", "totals", "left_out"])


def _row(run: StatementRun, paper: Paper) -> Statement:
    facts = paper.facts
    return Statement(
        run=run,
        donor_id=paper.donor_id,
        name=facts.receipt_name,
        email=paper.email,
        language=facts.language,
        postcode=paper.postcode,
        currency=facts.currency,
        amount_minor=facts.amount_minor,
        gifts=sum(row.kind == "gift" for row in facts.rows),
        facts=facts.to_dict(),
        facts_sha256=paper.sha256,
    )


def _papers(run: StatementRun) -> Iterator[Paper]:
    gather = gathering.receipts if run.kind == Kind.RECEIPT else gathering.statements
    return gather(year_of(run))


def _complete(run: StatementRun, left_out: list[Any]) -> Iterator[Paper]:
    """Papers with every fact they need; the others are named in `left_out`."""
    for paper in _papers(run):
        if lacking := yearly.missing(paper.facts):
            left_out.append([paper.facts.receipt_name, "; ".join(lacking)])
        else:
            yield paper


def _line(paper: Paper) -> str:
    donor_id, name, currency = paper.key
    return f"{donor_id}:{name}:{currency}:{paper.sha256}"


def _fingerprint(lines: Iterable[str]) -> str:
    return sha256("\n".join(sorted(lines)))


def _locked(run_id: int) -> StatementRun:
    rows = StatementRun.objects.select_for_update(of=("self",)).select_related("legal_entity")
    return rows.get(pk=run_id)


def issue(run: StatementRun, *, fingerprint: str, actor: Any) -> StatementRun:
    """Have a counted run issued, once, however many press the button.

    Args:
        fingerprint: of what this person looked over.

    Raises:
        NotPossible: not_ready, other (than what was looked over), under_way: another run of the
            same year.
    """
    try:
        with transaction.atomic():
            run = _locked(run.pk)
            if run.state in (State.ISSUING, State.DONE):
                return run
            if run.state != State.READY or not run.count:
                raise NotPossible("not_ready")
            if run.fingerprint != fingerprint:
                raise NotPossible("other")
            run.state, run.issued_by, run.issued_at = State.ISSUING, actor, timezone.now()
            run.save(update_fields=["state", "issued_by", "issued_at"])
            issue_run.defer(run_id=run.pk)
    except IntegrityError:
        raise NotPossible("under_way") from None
    return run


@app.task(queue="public", retry=Patient(OSError, tries=20))
def issue_run(run_id: int) -> None:
    """Job: fix the set, draw what is not drawn, say that it is done. Safe to repeat."""
    if not fix(run_id):
        return
    run = StatementRun.objects.select_related("legal_entity").get(pk=run_id)
    draw(run)
    StatementRun.objects.filter(pk=run_id, state=State.ISSUING).update(
        state=State.DONE, finished_at=timezone.now()
    )


def is_at_work(run: StatementRun) -> bool:
    """Whether a job that issues it waits for a worker or is with one."""
    jobs = ProcrastinateJob.objects.filter(task_name=issue_run.name, args__run_id=run.pk)
    return jobs.filter(status__in=["todo", "doing"]).exists()


@transaction.atomic
def fix(run_id: int) -> bool:
    """Step 1: exactly the set that was counted, numbered as a whole; or the run is stopped."""
    run = _locked(run_id)
    if run.state != State.ISSUING:
        return False
    if run.fixed_at:
        return True
    if run.kind == Kind.RECEIPT:
        # Nothing of these gifts moves until this is committed; everybody locks them in this order.
        gifts = gathering.paid_in(year_of(run)).order_by("pk").select_for_update(of=("self",))
        list(gifts.values_list("pk", flat=True))
    papers = list(_complete(run, []))
    if _fingerprint(map(_line, papers)) != run.fingerprint:
        run.state, run.changed = State.STOPPED, _differences(run, papers)
        run.save(update_fields=["state", "changed"])
        return False
    if run.kind == Kind.RECEIPT:
        receipts = annual.number(papers, year_of(run))
        found = run.statements.defer("facts")
        rows = {(row.donor_id, row.name, row.currency): row for row in found}
        for paper, receipt in zip(papers, receipts, strict=True):
            rows[paper.key].receipt = receipt
        Statement.objects.bulk_update(rows.values(), ["receipt"], batch_size=BATCH)
    run.fixed_at = timezone.now()
    run.save(update_fields=["fixed_at"])
    return True


def _differences(run: StatementRun, papers: list[Paper]) -> list[list[str]]:
    """Each row that is not what was counted: [name, changed, gone or new]."""
    now = {paper.key: paper.sha256 for paper in papers}
    rows = run.statements.values_list("donor_id", "name", "currency", "facts_sha256")
    then = {(donor, name, currency): digest for donor, name, currency, digest in rows}
    found = [
        [key[1], "gone" if key not in now else "changed"]
        for key, digest in then.items()
        if now.get(key) != digest
    ]
    return found + [[key[1], "new"] for key in now if key not in then]


def draw(run: StatementRun) -> None:
    """Steps 2 and 3: what has no file yet is drawn, a process for each core, and stored once."""
    undrawn = run.statements.filter(receipt__sha256=None, sha256=None).order_by("pk")
    keys = list(undrawn.values_list("pk", flat=True))
    sheets: dict[int, Any] = {}
    parts = (keys[start:][:50] for start in range(0, len(keys), 50))
    facts = (known for part in parts for known in _facts(run, part, sheets))
    for (key, _known), data in pool.each(yearly.drawn, facts, count=len(keys)):
        _store(key, data, enclosing.draw(sheets.pop(key, None)))


def _facts(
    run: StatementRun, keys: list[int], sheets: dict[int, Any]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Key and facts of each; into `sheets` goes what is drawn to go along with it."""
    rows = list(run.statements.filter(pk__in=keys).select_related("receipt").order_by("pk"))
    for row in rows:
        row.run = run
    if run.encloses:
        sheets |= enclosing.sheets(rows)
    for row in rows:
        yield row.pk, final_facts(run, row)


def final_facts(run: StatementRun, statement: Statement) -> dict[str, Any]:
    """What is printed: of a receipt its own facts, of a statement with the day it was issued."""
    if statement.receipt:
        facts: dict[str, Any] = statement.receipt.snapshot
        return facts
    at = run.issued_at or run.asked_at
    day = at.astimezone(year_of(run).zone).date()
    return Yearly.from_dict(statement.facts).issued(day).to_dict()


def _store(key: int, data: bytes, enclosed: bytes | None) -> None:
    """The file and the mail that it owes, both or neither; a second time nothing happens."""
    with transaction.atomic():
        statement = Statement.objects.select_related("receipt").defer("facts").get(pk=key)
        if statement.receipt:
            book.store(statement.receipt, data)
            return
        first = Statement.objects.filter(pk=key, sha256=None).update(sha256=sha256(data))
        if not first:
            return
        StatementFile.objects.create(statement=statement, data=data, enclosed=enclosed)
        if statement.email:
            mails.queue(
                "statement",
                to=statement.email,
                language=statement.language,
                cause=f"statement:{key}",
                about=f"statement:{key}",
            )


def drawn_count(run: StatementRun) -> int:
    """How many papers have their file."""
    count = run.statements.exclude(sha256=None).count()
    return count + Receipt.objects.filter(statement__run=run).exclude(sha256=None).count()


def stored_bytes(statement: Statement) -> bytes:
    """A paper's file as it was issued.

    Raises:
        DamagedReceipt: it is not what its fingerprint says; never handed out.
    """
    if statement.receipt:
        return book.stored_bytes(statement.receipt)
    data = bytes(statement.file.data)
    if sha256(data) != statement.sha256:
        raise book.DamagedReceipt(str(statement.pk))
    return data


def enclosed_bytes(statement: Statement) -> bytes | None:
    """What goes along with it: as it was posted, else as its donor would read it today."""
    if not statement.run.encloses:
        return None
    if statement.sha256 and statement.file.enclosed:
        return bytes(statement.file.enclosed)
    return enclosing.draw(enclosing.sheet(statement))


def sample(statement: Statement) -> bytes:
    """A paper as it will be, stamped so: for looking it over before anything is issued."""
    run = statement.run
    facts = Yearly.from_dict(final_facts(run, statement))
    return yearly.render(facts, mark=Mark.SAMPLE)
