"""What staff and case workers do in the tour with needs: one process, told by lines.

`python -m tests.tour.needs_staff` runs with the environment of the staff role: it alone of the
tour reaches both databases. Lines and acts are as in `things_staff`.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import django
from django.apps import apps

if not apps.ready:  # in a test that only loads it, they are
    django.setup()

from tests.tour import needs_ended, needs_matched, needs_stated, reports_staff

ACTS: dict[str, Callable[..., Any]] = {
    act.__name__: act
    for act in (
        *(needs_stated.enter_kinds, needs_stated.enter_partners, needs_stated.state_needs),
        *(needs_stated.verify_needs, needs_stated.publish_wishes, needs_stated.buy_for_wishes),
        *(needs_stated.sign_in_staff, needs_matched.propose, needs_matched.approve),
        *(needs_matched.send, needs_matched.arrive, needs_matched.confirm, needs_matched.lose),
        *(needs_matched.turn_up, needs_matched.restock, needs_matched.standing),
        *(needs_ended.end_partner, needs_ended.overdue, needs_ended.quarter_ends),
        *(needs_ended.verify, reports_staff.ask_again, reports_staff.buy_again),
        *(reports_staff.next_quarter, reports_staff.publish_report, reports_staff.refusals),
    )
}


def main() -> None:
    for line in sys.stdin:
        told = json.loads(line)
        print(json.dumps(ACTS[told.pop("do")](**told)), flush=True)


if __name__ == "__main__":
    main()
