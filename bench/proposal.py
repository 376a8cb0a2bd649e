"""A whole matching run against the two databases: rows read, solved, reasons told, all written."""

import json

from bench.ground import Ground
from bench.matching import NEEDS, THINGS
from bench.table import Table

ROUNDS = 5


def run(ground: Ground) -> Table:
    ground.worker(runs=False)
    ground.stack.manage("shell", "--no-imports", "-c", FILL)
    told = ground.stack.manage("shell", "--no-imports", "-c", TIME)
    took = json.loads(told.strip().splitlines()[-1])
    table = Table("Proposal", ["", "seconds"])
    for name, seconds in took.items():
        table.add(name, f"{seconds:.2f}")
    table.remarks.append(
        f"The {THINGS} things and {NEEDS} needs of “Matching” as rows of the two databases; "
        f"`gifts.matching.runs.propose` in one process, medians of {ROUNDS}, each after the one "
        "before it was put aside. Target: at most 2 s for the whole. The plain loop tells how "
        "fast the machine was just then."
    )
    return table


FILL = """
from datetime import datetime, time, timedelta
from django.utils import timezone
from accounts.models import User
from bench.matching import world
from gifts.models import ItemKind, Unit, UnitStep, Wish
from gifts.vault import partners, sealing
from gifts.vault.models import Assessment, Need, NeedStep, Partner, Recipient
from gifts.vault.transactions import vault_atomic
by, other = (User.objects.get_or_create(email=f"{n}@bench.example")[0] for n in ("one", "two"))
problem, today, now = world(), timezone.localdate(), timezone.now()
signed = {"first_by": by.pk, "first_who": by.email, "second_by": other.pk,
          "second_who": other.email, "second_at": now}
later = today - problem.today
kinds = {
    code: ItemKind.objects.get_or_create(code=code, defaults={"name": code, "name_es": code})[0]
    for code in {ask.kind for ask in problem.asks}
}
cells = {(one.kind, one.for_purpose, one.for_region) for one in problem.things}
wishes = {
    (kind, purpose, region): Wish.objects.create(
        slug=f"bench-{place}", kind=kinds[kind], purpose=purpose or "any", region=region or "world",
        written_by=by,
    )
    for place, (kind, purpose, region) in enumerate(sorted(cells))
}
units = Unit.objects.bulk_create(
    [Unit(
        code=one.code, kind=kinds[one.kind], origin="bought", state="ordered",
        wish=wishes[one.kind, one.for_purpose, one.for_region] if one.for_region else None,
        spec_class=one.spec_class, keyboard=one.keyboard, voltage=one.voltage, region=one.region,
    ) for one in problem.things],
    batch_size=1000,
)
for state in ("ordered", "received", "ready"):
    steps = [UnitStep(unit=one, state=state) for one in units]
    UnitStep.objects.bulk_create(steps, batch_size=100)
people = {}
with vault_atomic():
    for one in problem.partners.values():
        row = Partner(code=one.code, name=one.code, region=one.region, country="US")
        sealing.seal(row, office="1 Example Street")
        Assessment.objects.create(
            partner=row, made_on=today, agreement_on=today, review_on=today + timedelta(days=365),
            checklist={"Seen": True}, **signed,
        )
        for state in ("assessed", "active"):
            partners.move(row, to=state, by=by)
        person = Recipient(partner=row, code=f"R{one.code}")
        sealing.seal(person, name="Somebody")
        people[one.code] = person
    needs = Need.objects.bulk_create(
        [Need(
            partner=people[ask.partner].partner, recipient=people[ask.partner], code=ask.code,
            kind=ask.kind, purpose=ask.purpose, region=ask.region, spec_class=ask.spec_class,
            keyboard=ask.keyboard, voltage=ask.voltage, priority=ask.priority,
            needed_by=ask.needed_by and ask.needed_by + later, band="higher",
            sent_at=timezone.make_aware(datetime.combine(ask.stated_on + later, time(12))),
            say_asked=True, say_told=True, say_may_refuse=True, say_language="English",
            say_whose="adult", stated_by=by.pk, stated_who=by.email,
            verified_by=other.pk, verified_who=other.email, verified_at=now,
        ) for ask in problem.asks],
        batch_size=1000,
    )
    for state in ("verified", "open"):
        NeedStep.objects.bulk_create(
            [NeedStep(need=one, state=state) for one in needs], batch_size=100
        )
"""
TIME = f"""
import json, statistics, time
from accounts.models import User
from gifts.matching import reading, runs
from gifts.vault.access import Reader
from gifts.vault.models import Purpose
by = User.objects.get(email="one@bench.example")
def timed(work):
    took = []
    for _ in range({ROUNDS}):
        began = time.perf_counter()
        made = work()
        took.append(time.perf_counter() - began)
        if made is not None:
            assert made.needs_read == {NEEDS} and made.matches.count() > {THINGS} / 2
            runs.drop(made, by=by)
    return statistics.median(took)
reader = Reader.of(by, Purpose.MATCHING)
def read():
    reading.read(reader)
def loop():
    for n in range(5_000_000):
        n * n % 7
found = {{
    "the whole proposal": timed(lambda: runs.propose(by=by)), "of it reading": timed(read),
    "a plain loop of five million turns": timed(loop),
}}
print(json.dumps(found))
"""
