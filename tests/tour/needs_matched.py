"""Things are matched with needs, packed, sent and confirmed: for `tests.tour.needs_staff`."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from gifts import units
from gifts.delivery import batches, confirming
from gifts.matching import runs, words
from gifts.models import Purpose, Region, Unit
from gifts.vault.models import Batch, Match, MatchRun, Need, Parcel, Partner
from tests.tour.needs_people import HOUSES
from tests.tour.needs_stated import house, who, workers_of

Facts = dict[str, tuple[str, int, Any]]


# --- Matching -------------------------------------------------------------------------------------
def propose() -> dict[str, Any]:
    """The same again while nothing has changed, and the same anew once it was put aside."""
    by = who("gifts")
    run = runs.propose(by=by)
    assert runs.propose(by=who("second-gifts")).pk == run.pk
    first = _facts(run)
    runs.drop(run, by=by)
    run = runs.propose(by=by)
    assert _facts(run) == first, "the same things and needs were matched otherwise"
    assert first
    assert all(reasons for _unit, _cost, reasons in first.values())
    unserved = runs.unserved(run)
    assert all(runs.left(row)["reasons"] for row in run.figures["unserved"])
    assert len(first) + len(unserved) == run.needs_read
    return {
        **{"run": run.pk, "matches": len(first), "without": len(unserved)},
        **{"needs": run.needs_read, "things": run.things_read},
        "said": words.sentence(first[min(first)][2][0], kind="thing"),
    }


def _facts(run: MatchRun) -> Facts:
    rows = run.matches.select_related("need")
    return {row.need.code: (row.unit_code, row.cost, row.reasons) for row in rows}


def approve(run: int, leave_out: int = 0) -> dict[str, Any]:
    """All, or all but every so-and-so-many-th, which stay proposed."""
    proposal = MatchRun.objects.get(pk=run)
    rows = list(proposal.matches.filter(state="proposed").order_by("need__made_at"))
    chosen = [row.pk for number, row in enumerate(rows) if not leave_out or number % leave_out]
    decision = runs.approve(proposal, chosen=chosen if leave_out else None, by=who("second-gifts"))
    assert not decision.stale, decision.stale
    assert len(decision.approved) == len(chosen)
    left = proposal.matches.filter(state="proposed").count()
    proposal.refresh_from_db()
    assert left == len(rows) - len(chosen)
    assert proposal.state == ("proposed" if left else "decided")
    broken = list(_broken())
    assert not broken, broken
    return {"approved": len(chosen), "left": left, "by_partner": _by_partner()}


def _by_partner() -> dict[str, list[str]]:
    """Codes of needs that have a thing, by partner."""
    names = {one.name: one.key for one in HOUSES}
    found: dict[str, list[str]] = {one.key: [] for one in HOUSES}
    rows = Need.objects.filter(state=Need.State.MATCHED).order_by("code")
    for name, code in rows.values_list("partner__name", "code"):
        found[names[name]].append(code)
    return found


def _broken() -> Iterable[str]:
    """Matches that break a rule, told from the rows themselves and not by the solver."""
    living = Match.objects.filter(state=Match.State.APPROVED).select_related("need__partner")
    things = Unit.objects.select_related("kind", "wish").in_bulk(
        [row.unit_code for row in living], field_name="code"
    )
    for match in living:
        need, thing = match.need, things[match.unit_code]
        wish = thing.wish
        kept = {
            "kind": thing.kind.code == need.kind,
            "class": (thing.spec_class or 0) >= need.spec_class,
            "keyboard": need.keyboard in ("", thing.keyboard),
            "voltage": not need.voltage or thing.voltage in ("", need.voltage),
            "purpose": wish is None or wish.purpose in (Purpose.ANY, need.purpose),
            "region": wish is None or wish.region in (Region.WORLD, need.region),
            "partner": need.partner.takes_part,
            "state": thing.state == Unit.State.MATCHED and need.state == Need.State.MATCHED,
        }
        if match.parcels.exists():
            continue
        yield from (f"{match.unit_code}: {rule}" for rule, holds in kept.items() if not holds)


# --- On the way -----------------------------------------------------------------------------------
def send() -> dict[str, Any]:
    """What travels leaves in one batch for each partner; the rest is handed over on the spot."""
    by, today = who("gifts"), timezone.localdate()
    sent: dict[str, Any] = {}
    routes: Counter[str] = Counter()
    names = {one.name: one.key for one in HOUSES}
    for partner, there in batches.waiting().items():
        travels = [one.unit.code for one in there if one.travels]
        stays = [one.unit.code for one in there if not one.travels]
        for one in there:
            given = one.unit.origin == Unit.Origin.GIVEN
            routes["given in kind" if given else one.unit.kind.route] += 1
        if stays:
            batches.hand_over(partner, codes=stays, by=by)
        told: dict[str, Any] = {"spot": stays, "sent": travels}
        if travels:
            batch = batches.pack(partner, codes=travels, by=by)
            told["batch"] = batch.pk
            batches.ship(batch, carrier="Post", expected_on=today + timedelta(days=9), by=by)
        sent[names[partner.name]] = told
    assert not batches.waiting()
    return {"sent": sent, "routes": dict(routes)}


def arrive(missing: list[str], but: str = "") -> int:
    """Batches lie at their partners' offices, but for what was missing, or one partner's."""
    rows = Batch.objects.filter(state=Batch.State.SHIPPED)
    if but:
        rows = rows.exclude(partner=house(but))
    return len([batches.arrive(row, missing=missing, by=who("gifts")) for row in rows])


def confirm() -> dict[str, int]:
    """All that lies with partners is in use: by their own word, every fifth by telephone."""
    told: Counter[str] = Counter()
    for one in HOUSES:
        rows = Parcel.objects.filter(partner=house(one.key), state=Parcel.State.ARRIVED)
        for number, parcel in enumerate(rows.order_by("pk")):
            phones = number % 5 == 4
            confirming.confirm(
                parcel.unit_code,
                partner=parcel.partner,
                by=who("gifts") if phones else _herself(one.key),
                outcome="received",
                by_phone=phones,
            )
            told["by telephone" if phones else "by themselves"] += 1
    return dict(told)


def _herself(key: str) -> User:
    return User.objects.get(pk=workers_of(key)[0].user_id)


def lose(unit: str) -> str:
    """The carrier has lost it: its need is open again."""
    parcel = Parcel.objects.filter(unit_code=unit).latest("pk")
    confirming.write_off(parcel, to="lost", by=who("gifts"), note="The carrier has lost it.")
    return Need.objects.get(matches__parcels=parcel).state


def turn_up(unit: str) -> str:
    """What was missing in a batch lay at the bottom of the next one."""
    parcel = Parcel.objects.filter(unit_code=unit).latest("pk")
    return confirming.turn_up(parcel, by=who("gifts"), note="It lay in another box.").state


def restock() -> int:
    """What we bought and came back is received, looked over and ready once more."""
    rows = list(Unit.objects.filter(state=Unit.State.RETURNED, origin=Unit.Origin.BOUGHT))
    for unit in rows:
        for state in (Unit.State.RECEIVED, Unit.State.READY):
            units.move(unit, to=state, by=who("second-gifts"))
    return len(rows)


def standing(code: str = "") -> dict[str, Any]:
    """Needs, parcels and things by their states; of one need alone its own and its thing's."""
    if code:
        need = Need.objects.get(code=code)
        match = need.matches.exclude(state=Match.State.DROPPED).latest("pk")
        unit = Unit.objects.get(code=match.unit_code)
        return {"need": need.state, "match": match.state, "unit": unit.code, "thing": unit.state}
    thirty = Need.objects.filter(partner=house("thirty"))
    return {
        "needs": dict(Counter(Need.objects.values_list("state", flat=True))),
        "parcels": dict(Counter(Parcel.objects.values_list("state", flat=True))),
        "partners": dict(Counter(Partner.objects.values_list("state", flat=True))),
        "thirty": dict(Counter(thirty.values_list("state", flat=True))),
    }
