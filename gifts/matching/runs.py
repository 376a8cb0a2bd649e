"""A matching run: proposed as a whole; then its matches are approved by a person, or dropped.

proposed → decided (once nothing of it is left to decide) | dropped (before anything was approved)

There is one proposal at a time, so none that can be approved is older than the newest. Nothing of
it counts before somebody approves. The vault is written first, and tells the everyday database by
its outbox.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from operator import attrgetter
from typing import Any

from django.db import IntegrityError, connections
from django.db.models import QuerySet
from django.utils import timezone

from core.memory import looked_through_later
from core.tokens import sha256
from gifts.delivery.outbox import carried
from gifts.matching import reading
from gifts.matching.comparing import compare
from gifts.matching.problem import Ask, Partner, Problem, Thing
from gifts.matching.reasons import Reasons
from gifts.matching.solving import Plan, solve
from gifts.models import Unit
from gifts.vault import needs, outbox
from gifts.vault.access import Reader
from gifts.vault.models import Match, MatchRun, Need, Purpose
from gifts.vault.transactions import vault_atomic

PLAIN = tuple(field.name for field in fields(Ask))
COLUMNS = attrgetter(*PLAIN)


class Refused(Exception):
    """Nothing was changed; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Decision:
    """What came of an approval: those that hold from now on, and those gone stale with why."""

    approved: list[Match]
    stale: list[tuple[Match, str]]


@looked_through_later()
def propose(*, by: Any) -> MatchRun:
    """The best plan for what is open and ready now; takes the place of a proposal not decided.

    What went into the proposal that lies there has not changed? Then that is the answer.

    Raises:
        Refused: meanwhile (a colleague's proposal came in between).
    """
    problem = reading.read(Reader.of(by, Purpose.MATCHING))
    fingerprint = _fingerprint(problem)
    plan = solve(problem)
    reasons = Reasons(plan)
    try:
        with vault_atomic():
            last = MatchRun.objects.select_for_update().filter(state="proposed").first()
            if last and last.input_sha256 == fingerprint:
                return last
            present = dict(last.matches.values_list("need__code", "unit_code")) if last else {}
            if last:
                _close(last, by=by)
            run = MatchRun.objects.create(
                user_id=by.pk,
                who=by.email,
                needs_read=len(problem.asks),
                things_read=len(problem.things),
                input_sha256=fingerprint,
                figures=_figures(plan, reasons, last, present),
            )
            _write(run, plan, reasons)
    except IntegrityError:
        # The database: one proposal at a time.
        raise Refused("meanwhile") from None
    return run


def _write(run: MatchRun, plan: Plan, reasons: Reasons) -> None:
    """Keep the matches, the most pressing first; in one piece, since there may be thousands."""
    rows = [
        {
            "place": place,
            "need": pair.ask.code,
            "thing": pair.thing.code,
            "cost": reasons.cost(pair),
            "reasons": reasons.why(pair),
        }
        for place, pair in enumerate(plan.pairs)
    ]
    with connections["vault"].cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO vault_match
                (run_id, need_id, unit_code, state, cost, reasons, decided_who, ended_why)
            SELECT %s, n.id, row.thing, %s, row.cost, row.reasons, '', ''
            FROM jsonb_to_recordset(%s::jsonb) AS row
                (place int, need text, thing text, cost bigint, reasons jsonb)
            JOIN vault_need n ON n.code = row.need
            ORDER BY row.place
            """,
            [run.pk, Match.State.PROPOSED, json.dumps(rows)],
        )


def approve(run: MatchRun, *, chosen: Collection[int] | None = None, by: Any) -> Decision:
    """Give these needs their things; the others of the run stay proposed.

    What went stale since it was proposed is dropped and named. What is approved already stays so.

    Args:
        chosen: keys of matches; none for all that are still proposed.

    Raises:
        Refused: dropped (a newer proposal took its place), nothing (none of them is of this run).
    """
    ready = _ready(run)
    with carried():
        run = MatchRun.objects.select_for_update().get(pk=run.pk)
        rows = run.matches.filter(state=Match.State.PROPOSED) if chosen is None else run.matches
        matches = list((rows if chosen is None else rows.filter(pk__in=chosen)).order_by("need_id"))
        if run.state == MatchRun.State.DROPPED:
            raise Refused(run.state)
        if not matches:
            raise Refused("nothing")
        # Nobody withdraws a need from here to the commit.
        locked = Need.objects.select_for_update(of=["self"]).order_by("pk")
        found = locked.select_related("partner").in_bulk([match.need_id for match in matches])
        given = _given(matches)
        fresh: list[Match] = []
        for match in matches:
            if match.state != Match.State.PROPOSED:
                continue
            match.ended_why = _stale(match, found[match.need_id], ready, given)
            if match.ended_why:
                run.matches.filter(pk=match.pk).update(ended_why=match.ended_why)
                _decide(run.matches.filter(pk=match.pk), Match.State.DROPPED, by=by)
            else:
                fresh.append(match)
        keys = [match.pk for match in fresh]
        _decide(run.matches.filter(pk__in=keys), Match.State.APPROVED, by=by)
        needs.move_each([found[match.need_id] for match in fresh], to=Need.State.MATCHED, by=by)
        outbox.tell_each([match.unit_code for match in fresh], to=Unit.State.MATCHED)
        left = run.matches.filter(state=Match.State.PROPOSED)
        if run.state == MatchRun.State.PROPOSED and not left.exists():
            _close(run, by=by)
    over = [match for match in matches if match.ended_why and match.state != Match.State.ENDED]
    return Decision(fresh, [(match, match.ended_why) for match in over])


def drop(run: MatchRun, *, by: Any) -> MatchRun:
    """Put aside what nobody approved; needs and things stay as they are. Safe to repeat."""
    with vault_atomic():
        run = MatchRun.objects.select_for_update().get(pk=run.pk)
        if run.state == MatchRun.State.PROPOSED:
            _close(run, by=by)
    return run


def _ready(run: MatchRun) -> set[str]:
    """Codes of the run's things that are still ready, by the everyday database."""
    codes = list(run.matches.values_list("unit_code", flat=True))
    ready = Unit.objects.filter(code__in=codes, state=Unit.State.READY)
    return set(ready.values_list("code", flat=True))


def _given(matches: list[Match]) -> set[str]:
    """Codes of the things that somebody was given meanwhile."""
    alive = Match.objects.filter(state=Match.State.APPROVED)
    codes = [match.unit_code for match in matches]
    return set(alive.filter(unit_code__in=codes).values_list("unit_code", flat=True))


def _stale(match: Match, need: Need, ready: set[str], given: set[str]) -> str:
    """Why a match no longer holds; empty if it does."""
    if need.state != Need.State.OPEN:
        return "need_gone"
    if not need.partner.takes_part:
        return "paused"
    if match.unit_code in given or match.unit_code not in ready:
        return "thing_gone"
    return ""


def _decide(rows: QuerySet[Match], state: str, *, by: Any) -> None:
    rows.update(state=state, decided_by=by.pk, decided_who=by.email, decided_at=timezone.now())


def _close(run: MatchRun, *, by: Any) -> None:
    """A run leaves its proposal; whatever of it nobody approved is dropped."""
    _decide(run.matches.filter(state=Match.State.PROPOSED), Match.State.DROPPED, by=by)
    kept = run.matches.filter(decided_at__isnull=False).exclude(state=Match.State.DROPPED)
    run.state = MatchRun.State.DECIDED if kept.exists() else MatchRun.State.DROPPED
    run.save(update_fields=["state"])


def _fingerprint(problem: Problem) -> str:
    """The same things, needs, partners and weights on the same day have the same."""

    def rows(of: Iterable[Any], kind: type[Any]) -> list[Any]:
        # Sorted by their code, which each begins with and no two share.
        return sorted(map(attrgetter(*(field.name for field in fields(kind))), of))

    asks, things = rows(problem.asks, Ask), rows(problem.things, Thing)
    partners = rows(problem.partners.values(), Partner)
    return sha256(repr((problem.today, problem.weights, asks, things, partners)))


def _figures(
    plan: Plan, reasons: Reasons, last: MatchRun | None, present: Mapping[str, str]
) -> dict[str, Any]:
    """What the screen shows beside the matches, as it was found when the run was made."""
    problem = plan.problem
    now = compare(problem, plan.by_ask, {})
    found: dict[str, Any] = {
        "today": problem.today.isoformat(),
        "cost": plan.cost,
        "before": asdict(now.before),
        "after": asdict(now.after),
        "kinds": [asdict(share) for share in now.kinds],
        "regions": [asdict(share) for share in now.regions],
        "partners": [asdict(share) for share in now.partners],
        "unserved": [[*_plain(ask), reasons.why_not(ask)] for ask in plan.unserved],
    }
    if last:
        asked = {ask.code for ask in problem.asks}
        against = compare(problem, plan.by_ask, {k: v for k, v in present.items() if k in asked})
        found["against"] = {
            "run": last.pk,
            "gained": against.gained,
            "lost": against.lost,
            "moved": against.moved,
        }
    return found


def _plain(ask: Ask) -> list[Any]:
    """A need by its plain columns, as JSON takes them."""
    return [v.isoformat() if isinstance(v, date) else v for v in COLUMNS(ask)]


def left(row: Sequence[Any]) -> dict[str, Any]:
    """By name, what a run kept of a need that it left without a thing."""
    return dict(zip((*PLAIN, "reasons"), row, strict=True))


def unserved(run: MatchRun) -> list[Ask]:
    """The needs that a run left without a thing, as it read them."""
    found = []
    for facts in map(left, run.figures["unserved"]):
        del facts["reasons"]
        facts["stated_on"] = date.fromisoformat(facts["stated_on"])
        facts["needed_by"] = facts["needed_by"] and date.fromisoformat(facts["needed_by"])
        found.append(Ask(**facts))
    return found
