"""What to buy next with the money of each wish: the same solver, over things not bought yet."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from gifts.buying.pools import Pool
from gifts.matching.problem import Ask, Partner, Problem, Thing
from gifts.matching.solving import solve
from gifts.models import Purpose, Region


@dataclass(frozen=True)
class Buy:
    """One wish's money: the needs it would serve, the most pressing first."""

    pool: Pool
    serves: Sequence[Ask]

    @property
    def wanted(self) -> list[tuple[tuple[int, str, str], int]]:
        """What exactly to buy: class, keyboard and voltage, how many; the most first.

        A course fee has none of the three, whatever the mains of whoever asks for it.
        """
        if not self.pool.wish.kind.is_device:
            return []
        found = Counter((ask.spec_class, ask.keyboard, ask.voltage) for ask in self.serves)
        return sorted(found.items(), key=lambda one: (-one[1], one[0]))


@dataclass(frozen=True)
class Advice:
    buys: Sequence[Buy]
    # For these there is no money that may be spent on them.
    unpaid: Sequence[Ask]


def advise(asks: Iterable[Ask], pools: Iterable[Pool], *, today: date) -> Advice:
    """No need counts twice: the money of all wishes is laid out together, as well as it can be.

    Bought is what is asked for, so of the rules only kind, purpose and region remain.

    Args:
        asks: open needs that nothing ready serves.
        pools: wishes with what can be bought of each; one of more money than needs shows the needs.
    """
    real = {ask.code: ask for ask in asks}
    by_wish = {str(pool.wish.pk): pool for pool in pools}
    plain = [replace(ask, spec_class=0, keyboard="", voltage="") for ask in real.values()]
    of_kind = Counter(ask.kind for ask in plain)
    things = [
        Thing(f"{key}:{number:05}", kind, for_purpose=purpose, for_region=region)
        for key, pool in by_wish.items()
        for kind, purpose, region in [_cell(pool)]
        for number in range(min(pool.can_buy, of_kind[kind]))
    ]
    partners = {ask.partner: Partner(ask.partner, ask.region) for ask in plain}
    plan = solve(Problem(things, plain, partners, today))
    serves: dict[str, list[Ask]] = {key: [] for key in by_wish}
    for pair in plan.pairs:
        serves[pair.thing.code.partition(":")[0]].append(real[pair.ask.code])
    buys = [Buy(pool, serves[key]) for key, pool in by_wish.items()]
    buys.sort(key=lambda buy: (-len(buy.serves), -buy.pool.can_buy, buy.pool.wish.pk))
    return Advice(buys, [real[ask.code] for ask in plan.unserved])


def _cell(pool: Pool) -> tuple[str, str, str]:
    wish = pool.wish
    return (
        wish.kind.code,
        "" if wish.purpose == Purpose.ANY else wish.purpose,
        "" if wish.region == Region.WORLD else wish.region,
    )
